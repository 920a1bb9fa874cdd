"""What `natrec explain` foretells is what the hub says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.adapters.policy import CompiledRules
from hub.domain.admission import refuse_by_rule
from orgconfig.members import Members
from orgconfig.refusing import refused
from orgconfig.resolution import resolve
from tests import factories
from tests.orgconfig.policies import ACCOUNT, PAYMENTS, ROOT, WORKLOADS, override, policy, subject

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WINDOW = {"from": "2026-11-27T00:00:00Z", "until": "2026-11-28T00:00:00Z", "reason": "load test"}
NEVER = {"natrec:record": "never"}
OFF = {"overrides": [override({"enabled": False}, account=ACCOUNT)]}


@pytest.mark.parametrize(
    ("fields", "tags"),
    [
        ({}, {}),
        ({"targets__exclude_accounts": [ACCOUNT]}, {}),
        ({"mute": [WINDOW]}, {}),
        (OFF, {}),
        ({}, NEVER),
        ({**OFF, "mute": [WINDOW]}, NEVER),
        (OFF, NEVER),
        ({**OFF, "targets__regions": ["us-east-1"]}, NEVER),
    ],
)
def test_the_hub_refuses_for_the_reason_and_in_the_words_that_were_explained(
    fields: dict[str, Any], tags: dict[str, str]
) -> None:
    org, who = policy(**fields), subject(tags=tags)
    members = Members({ROOT: None, WORKLOADS: ROOT, PAYMENTS: WORKLOADS}, {ACCOUNT: PAYMENTS})
    explained = refused(org, members, who, resolve(org, who), NOW)

    rules, place = CompiledRules(org, members), factories.gateway_ref()
    said = (
        rules.refusal(place)
        or rules.mute(place, tags, NOW)
        or refuse_by_rule(factories.transition(place), rules.terms(place, tags), org.namespace)
    )
    assert (explained and tuple(explained)) == (said and (said.reason, said.text, said.until))
