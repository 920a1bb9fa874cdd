from typing import Any

import pytest
from pydantic import ValidationError

from orgconfig.models import OrgConfig
from tests.orgconfig.documents import config


def loaded(**fields: object) -> OrgConfig:
    return OrgConfig.model_validate(config(**fields))


def places(**fields: object) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        loaded(**fields)
    return {".".join(map(str, found["loc"])) for found in refused.value.errors()}


def test_only_organization_targets_and_tiers_must_be_given() -> None:
    filled = loaded()
    assert filled.recording.max_duration == 15 * 60
    assert filled.quotas.organization.delivered.month == 500 * 10**9
    assert filled.tiers["standard"].period == 60
    assert filled.iam.role_path == "/natrec/"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 2), ("version", "1"), ("version", True), ("version", None),
        ("namespace", "n"), ("namespace", "Natrec"), ("namespace", "1natrec"), ("namespace", "n" * 21),
        ("namespace", "aws-natrec"), ("namespace", "na_trec"), ("namespace", "natrec\n"),
        ("organization__id", "exampleorgid"), ("organization__id", "o-Example"),
        ("organization__management_account", 111111111111), ("organization__management_account", "1111"),
        ("organization__hub__account", "22222222222\uff12"), ("organization__hub__region", "europe"),
        ("organization__hub__region", "eu-west"), ("organization__archive__bucket", "Acme"),
        ("organization__archive__bucket", "a"), ("organization__archive__bucket", "acme.natrec"),
        ("organization__archive__retention", "36h"), ("organization__archive__retention", "0d"),
        ("organization__archive__kms", "mine"),
        ("targets__ous", []), ("targets__ous", "r-ab12"), ("targets__regions", []),
        ("targets__include_management_account", "yes"),
        ("tiers", {}), ("tiers__standard__threshold", 0), ("tiers__standard__threshold", "0 GB"),
        ("tiers__standard__period", "90s"), ("tiers__standard__period", "30s"),
        ("tiers__standard__period", "0m"), ("tiers__standard__datapoints", "6 of 5"),
        ("tiers__standard__datapoints", "1 of 181"),
        ("recording__enabled", "true"), ("recording__max_duration", "forever"),
        ("recording__max_duration", "0s"), ("recording__hard_limit", "8d"), ("recording__cooldown", 30),
        ("recording__max_per__day", -1), ("recording__max_per__day", True), ("recording__max_per__day", "3"),
        ("quotas__organization__active", 1.0), ("quotas__organization__delivered__month", "much"),
        ("notify__email", ["nobody"]), ("notify__email", ["a@b"]), ("notify__email", "a@b.com"),
        ("notify__slack__webhook_secret", "https://hooks.slack.com/x"),
        ("iam__role_path", "natrec"), ("iam__role_path", "/natrec"), ("iam__role_path", "//"),
        ("iam__permissions_boundary", "boundary"),
        ("prices__nat_gb", "0.05"), ("prices__nat_gb", -0.01), ("prices__nat_gb", True),
        ("prices__nat_gb", float("nan")), ("prices__nat_gb", 10_000), ("prices__moon_gb", 1),
        ("tags__allow_tier", None), ("mute", [{"cron": "0 2 * * 6", "duration": "1h", "reason": ""}]),
    ],
)  # fmt: skip
def test_a_value_that_is_not_allowed_is_refused_at_its_own_field(field: str, value: object) -> None:
    dotted = field.replace("__", ".")
    assert any(place.startswith(dotted) for place in places(**{field: value}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organization__hub__region", "us-gov-west-1"), ("organization__hub__region", "ap-southeast-10"),
        ("organization__archive__account", "222222222222"), ("organization__archive__kms", "none"),
        ("organization__archive__kms", "arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/1234abcd-12ab"),
        ("targets__ous", ["ou-ab12-payments", "r-ab12"]),
        ("tiers__standard__datapoints", "180 of 180"), ("tiers__standard__threshold", 1),
        ("recording__max_duration", "until_recovery"), ("recording__max_duration", "5s"),
        ("recording__cooldown", "0s"), ("recording__delivery_wait", "0s"),
        ("quotas__organization__delivered__month", 0), ("iam__role_path", "/"), ("iam__role_path", "/a/b/"),
        ("iam__permissions_boundary", "arn:aws:iam::111111111111:policy/team/boundary"),
        ("notify__email", ["first.last+nat@sub.example.co"]),
        ("notify__slack__webhook_secret", "natrec/slack"),
        ("access__role", "org/platform/natrec-deployer"), ("access__profiles__hub", "acme hub"),
    ],
)  # fmt: skip
def test_what_aws_allows_is_allowed(field: str, value: object) -> None:
    assert loaded(**{field: value})


@pytest.mark.parametrize("name", ["custom", "custom-a", "Heavy", "a_b", "-a", "a-", "a" * 31])
def test_a_tier_must_not_be_named_so_that_its_alarms_could_be_taken_for_others(name: str) -> None:
    assert places(tiers={"standard": {"threshold": 1}, name: {"threshold": 1}})


def test_tiers_that_differ_in_hyphens_only_are_refused() -> None:
    assert places(tiers={"standard": {"threshold": 1}, "stand-ard": {"threshold": 1}}) == {"tiers"}


def test_there_are_no_more_tiers_than_a_region_has_room_for_alarms() -> None:
    tiers: dict[str, Any] = {
        "standard": {"threshold": 1},
        **{f"t{n}": {"threshold": n + 1} for n in range(49)},
    }
    assert loaded(tiers=tiers)
    assert places(tiers={**tiers, "one-more": {"threshold": 1}}) == {"tiers"}


def test_the_default_datapoints_are_checked_against_the_period_too() -> None:
    assert places(tiers__standard={"threshold": 1, "period": "1h"}) == {"tiers.standard.datapoints"}


def test_the_tier_of_recordings_and_overrides_must_be_there() -> None:
    override = {"match": {"account": "444444444444"}, "set": {"tier": "nope"}}
    found = places(recording__tier="heavy", overrides=[override])
    assert found == {"recording.tier", "overrides.0.set.tier"}


def test_parts_that_disagree_are_told_even_when_something_else_is_wrong() -> None:
    assert places(recording__tier="heavy", namespace="N") == {"recording.tier", "namespace"}


def test_a_recording_does_not_outlive_its_hard_limit() -> None:
    assert places(recording__max_duration="9h") == {"recording.max_duration"}
    assert places(recording__hard_limit="5m") == {"recording.hard_limit"}
    assert loaded(recording__max_duration="until_recovery", recording__hard_limit="5m")


def test_an_override_is_measured_against_what_it_does_not_change() -> None:
    override = {"match": {"gateway": "nat-0123456789abcdef0"}, "set": {"max_duration": "7h"}}
    assert places(overrides=[override]) == {"overrides.0.set.max_duration"}
    assert loaded(overrides=[override], recording__hard_limit="8h")


@pytest.mark.parametrize(
    "match",
    [
        {},
        {"ou": "ou-ab12-payments", "account": "444444444444"},
        {"gateway": "nat-1"},
        {"tag": {}},
        {"tag": {"team": 5}},
        {"account": "44"},
        {"vpc": "vpc-1"},
    ],
)
def test_an_override_matches_in_exactly_one_way(match: dict[str, Any]) -> None:
    assert places(overrides=[{"match": match, "set": {"enabled": False}}])


def test_an_override_must_change_something() -> None:
    assert places(overrides=[{"match": {"account": "444444444444"}, "set": {}}]) == {"overrides.0.set"}


def test_only_what_an_override_says_is_kept_of_it() -> None:
    override = {"match": {"account": "444444444444"}, "set": {"max_duration": "1h"}}
    assert loaded(overrides=[override]).document()["overrides"] == [override]


def test_a_mute_window_is_either_repeated_or_once() -> None:
    once = {"from": "2026-11-27T00:00:00Z", "until": "2026-11-28T00:00:00+01:00", "reason": "load test"}
    weekly = {"cron": "0 2,14 1-7 */3 6", "duration": "4h", "reason": "backup"}
    assert loaded(mute=[once, weekly])
    assert places(mute=[{**once, "cron": "0 2 * * 6"}]) == {"mute.0"}
    assert places(mute=[{**once, "until": once["from"]}]) == {"mute.0"}


@pytest.mark.parametrize(
    "cron", ["0 2 * *", "60 2 * * 6", "0 24 * * *", "0 2 5-3 * *", "a b c d e", "@daily", "*/0 * * * *"]
)
def test_a_cron_that_never_fires_or_cannot_be_read_is_refused(cron: str) -> None:
    assert places(mute=[{"cron": cron, "duration": "1h", "reason": "x"}]) == {"mute.0.cron"}


def test_the_document_of_a_config_is_read_back_as_the_same_config() -> None:
    filled = loaded(recording__max_duration="until_recovery", tiers__standard__threshold="4 GiB")
    assert OrgConfig.model_validate(filled.document()) == filled


def test_a_config_is_never_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError):
        loaded().recording.tier = "heavy"  # type: ignore[misc] # that is the point
