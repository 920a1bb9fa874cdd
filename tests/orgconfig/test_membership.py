from datetime import UTC, datetime

import pytest

from orgconfig.members import Members
from orgconfig.membership import not_a_member
from orgconfig.refusing import refused
from orgconfig.resolution import resolve
from orgconfig.subjects import Subject
from tests.orgconfig.documents import Document
from tests.orgconfig.policies import ACCOUNT, GATEWAY, PAYMENTS, ROOT, WORKLOADS, override, policy, subject

MANAGEMENT = "111111111111"
INCLUDED = "targets.include_management_account"
OUTSIDE = "ou-ab12-sandboxes"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MEMBERS = Members(
    ous={ROOT: None, WORKLOADS: ROOT, PAYMENTS: WORKLOADS, OUTSIDE: ROOT},
    accounts={ACCOUNT: PAYMENTS, "555555555555": OUTSIDE, "666666666666": PAYMENTS, MANAGEMENT: ROOT},
    suspended=frozenset({"666666666666"}),
)


@pytest.mark.parametrize(
    ("fields", "who", "why"),
    [
        ({}, Subject(ACCOUNT, "eu-west-1"), None),
        ({}, Subject(ACCOUNT, "ap-south-1"),
         "region ap-south-1 is not among targets.regions: eu-west-1"),
        ({"targets__exclude_accounts": [ACCOUNT]}, Subject(ACCOUNT, "eu-west-1"),
         f"account {ACCOUNT} is in targets.exclude_accounts"),
        ({}, Subject("666666666666", "eu-west-1"), "account 666666666666 is suspended in the organization"),
        ({}, Subject("777777777777", "eu-west-1"),
         "account 777777777777 is not in organization o-exampleorgid"),
        ({"targets__ous": [WORKLOADS]}, Subject(ACCOUNT, "eu-west-1"), None),
        ({"targets__ous": [WORKLOADS, PAYMENTS]}, Subject("555555555555", "eu-west-1"),
         f"account 555555555555 ({ROOT}/{OUTSIDE}) is below none of targets.ous: {WORKLOADS}, {PAYMENTS}"),
        ({}, Subject(MANAGEMENT, "eu-west-1"),
         f"account {MANAGEMENT} is the management account, and {INCLUDED} (default) is false"),
        ({"targets__include_management_account": True, "targets__ous": [WORKLOADS]},
         Subject(MANAGEMENT, "eu-west-1"), None),
    ],
)  # fmt: skip
def test_only_accounts_and_regions_of_the_targets_are_covered(
    fields: Document, who: Subject, why: str | None
) -> None:
    assert not_a_member(policy(**fields), MEMBERS, who) == why


def test_an_organization_that_is_not_known_yet_refuses_nobody_but_whom_the_policy_names() -> None:
    org = policy(targets__ous=[WORKLOADS], targets__exclude_accounts=["555555555555"])
    assert not_a_member(org, Members(), Subject(ACCOUNT, "eu-west-1")) is None
    assert not_a_member(org, Members(), Subject("555555555555", "eu-west-1"))
    assert not_a_member(org, Members(), Subject(ACCOUNT, "us-east-1"))


@pytest.mark.parametrize(
    ("fields", "who", "reason", "text"),
    [
        ({}, subject(), None, ""),
        ({"recording__enabled": False}, subject(region="us-east-1"), "not_a_member", "region us-east-1"),
        ({"recording__enabled": False}, subject(), "disabled",
         "recording is switched off for this gateway (recording.enabled)"),
        ({"overrides": [override({"enabled": False}, gateway=GATEWAY)]},
         subject(), "disabled",
         f"recording is switched off for this gateway (overrides[0] (gateway {GATEWAY}))"),
        ({}, subject(tags={"natrec:record": "never"}), "opted_out",
         "its owner opted the gateway out: tag natrec:record=never on it"),
        ({"mute": [{"from": "2026-11-27T00:00:00Z", "until": "2026-11-28T00:00:00Z", "reason": "test"}]},
         subject(), "muted", "muted by mute[0]: test; until 2026-11-28 00:00 UTC"),
    ],
)  # fmt: skip
def test_the_policy_refuses_for_one_reason_and_says_where_it_is_set(
    fields: Document, who: Subject, reason: str | None, text: str
) -> None:
    org = policy(**fields)
    found = refused(org, MEMBERS, who, resolve(org, who), NOW)
    assert (found.reason if found else None) == reason
    assert (found.text if found else "").startswith(text)
