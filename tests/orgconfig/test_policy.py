import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from msgspec import structs

from orgconfig.compiling import compile_policy
from orgconfig.models import OrgConfig
from orgconfig.policy import PolicyError, policy_of, read_policy
from tests.orgconfig.documents import Document, config


def compiled(**fields: object) -> Document:
    return compile_policy(OrgConfig.model_validate(config(**fields)))


def test_the_policy_holds_seconds_and_bytes() -> None:
    policy = policy_of(json.dumps(compiled(tiers__standard__datapoints="2 of 4")))
    assert structs.asdict(policy.tiers["standard"]) == {
        "threshold": 10**9,
        "period": 60,
        "to_alarm": 2,
        "out_of": 4,
    }
    assert policy.recording.cooldown == 1800
    assert policy.quotas.organization.delivered.month == 500 * 10**9


def test_an_unchanged_config_is_an_unchanged_policy() -> None:
    assert compiled()["version"] == compiled(recording__max_duration="900s")["version"]


def test_where_a_value_is_set_is_told_and_is_no_new_version() -> None:
    assert compiled()["where"] == {
        "file": "",
        "lines": {"targets.ous": 0, "targets.regions": 0, "tiers.standard": 0, "tiers.standard.threshold": 0},
    }
    assert "recording.max_duration" in compiled(recording__max_duration="900s")["where"]["lines"]


def test_every_change_is_another_version() -> None:
    changes: list[Document] = [
        {},
        {"recording__cooldown": "1m"},
        {"notify__email": ["a@b.com"]},
        {"targets__ous": ["r-ab13"]},
    ]
    versions = {compiled(**change)["version"] for change in changes}
    assert len(versions) == len(changes)


def test_an_override_holds_only_what_it_changes() -> None:
    override = {"match": {"tag": {"team": "data"}}, "set": {"max_duration": "until_recovery"}}
    (found,) = compiled(overrides=[override])["overrides"]
    assert found == {"match": {"tag": {"team": "data"}}, "change": {"max_duration": "until_recovery"}}


def test_the_policy_names_secrets_and_windows_without_models() -> None:
    document = compiled(
        notify__slack__webhook_secret="natrec/slack",
        notify__routes=[{"match": {"account": "444444444444"}, "email": ["a@b.com"]}],
        mute=[{"from": "2026-11-27T00:00:00Z", "until": "2026-11-28T00:00:00Z", "reason": "load test"}],
    )
    policy = policy_of(json.dumps(document))
    assert policy.notify.slack_secret == "natrec/slack"
    assert policy.notify.routes[0].email == ("a@b.com",)
    assert policy.mute[0].begins == datetime(2026, 11, 27, tzinfo=UTC)


def test_fields_of_a_newer_natrec_are_passed_over() -> None:
    assert policy_of(json.dumps({**compiled(), "later": 1})).names.bus == "natrec"


def test_a_recording_until_recovery_lasts_its_hard_limit_at_most() -> None:
    policy = policy_of(
        json.dumps(compiled(recording__max_duration="until_recovery", recording__hard_limit="2h"))
    )
    assert policy.recording.longest == 7200
    assert policy_of(json.dumps(compiled())).recording.longest == 900


def test_the_hub_loads_the_policy_without_the_models_of_the_config() -> None:
    code = "import sys, orgconfig.policy; sys.exit('orgconfig.models' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def broken(**changed: object) -> str:
    with pytest.raises(PolicyError) as refused:
        read_policy(json.dumps({**compiled(), **changed}))
    assert "natrec apply" in refused.value.next
    return refused.value.what


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"format": 2}, "this natrec reads format 1 of the policy, not 2"),
        ({"recording": {**compiled()["recording"], "tier": "huge"}},
         "recording names tier `huge`, which does not exist; there are standard"),
        ({"overrides": [{"match": {"account": "4"}, "change": {"tier": "huge"}}]},
         "overrides[0] names tier `huge`"),
        ({"overrides": [{"match": {"account": "4"}, "change": {"cooldown": "soon"}}]},
         "overrides.0.change.cooldown"),
        ({"overrides": [{"match": {}, "change": {}}]}, "exactly one of ou, account, tag, gateway"),
        ({"mute": [{"reason": "x"}]}, "either cron and duration, or begins and until"),
        ({"mute": [{"reason": "x", "cron": "0 25 * * *", "duration": 60}]}, "five fields"),
        ({"mute": [{"reason": "x", "begins": "2026-11-27T00:00:00", "until": "2026-11-28T00:00:00"}]},
         "mute.0.begins"),
        ({"tiers": {}}, "recording names tier `standard`"),
    ],
)  # fmt: skip
def test_a_policy_that_contradicts_itself_is_refused_with_the_reason(changed: Document, said: str) -> None:
    assert said in broken(**changed)


@pytest.mark.parametrize("document", ["", "{}", "[]", "null", '{"format": 1}', "not JSON", b"\xff"])
def test_what_is_no_policy_is_refused_in_words(document: str | bytes) -> None:
    with pytest.raises(PolicyError, match="the policy cannot be used: "):
        read_policy(document)
