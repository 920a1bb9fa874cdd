from datetime import UTC, datetime
from typing import Any

import pytest

from stacksets.inspection.instances import Asked, Instance, counted, instances, of_stack
from stacksets.inspection.targets import Place, only, places, sampled
from stacksets.skipping import Skipping

HERE = Place("444444444444", "eu-west-1")


def summary(status: str = "CURRENT", detailed: str = "SUCCEEDED", **more: object) -> dict[str, Any]:
    where = {"Account": HERE.account, "Region": HERE.region}
    return {**where, "Status": status, "StackInstanceStatus": {"DetailedStatus": detailed}, **more}


def of(
    *listed: dict[str, Any], closed: frozenset[str] = frozenset(), disabled: frozenset[str] = frozenset()
) -> Instance:
    [found] = instances([HERE], listed, Skipping(closed, disabled))
    return found


def test_a_target_without_an_instance_is_missing_and_one_that_is_suspended_is_skipped() -> None:
    assert of().status == "missing"
    assert of(closed=frozenset({HERE.account})).status == "skipped"


def test_a_region_that_the_administrator_has_not_enabled_is_skipped_unless_an_instance_is_there() -> None:
    disabled = frozenset({HERE.region})
    found = of(disabled=disabled)
    assert (found.status, "not enabled" in found.reason, "Enable it" in found.advice) == (
        "skipped",
        True,
        True,
    )
    assert of(summary(), disabled=disabled).status == "current"


@pytest.mark.parametrize(
    ("listed", "status", "words"),
    [
        (summary(), "current", ""),
        (summary("OUTDATED", "PENDING"), "outdated", "under way"),
        (summary("OUTDATED", "RUNNING"), "outdated", "under way"),
        (summary("OUTDATED", "CANCELLED"), "outdated", "cancelled"),
        (
            summary("OUTDATED", "FAILED", StatusReason="natrec-worker already exists"),
            "failed",
            "exists there already: natrec-worker",
        ),
        (summary("OUTDATED", "FAILED"), "failed", "gave no reason"),
        (summary("INOPERABLE", "INOPERABLE"), "failed", ""),
        (summary("INOPERABLE", "SUCCEEDED"), "failed", ""),
        (summary("OUTDATED", "SKIPPED_SUSPENDED_ACCOUNT"), "skipped", "suspended"),
        (summary(DriftStatus="IN_SYNC"), "current", ""),
        (summary(DriftStatus="NOT_CHECKED"), "current", ""),
    ],
)
def test_an_instance_is_told_in_one_word_and_why(listed: dict[str, Any], status: str, words: str) -> None:
    found = of(listed)
    assert found.status == status
    assert words in found.reason
    assert bool(found.reason) is (status != "current")


def test_an_account_that_is_not_enrolled_or_suspended_is_skipped() -> None:
    told = "Account 4 should have 'stacksets-exec-1' role with trust relationship to the StackSets service"
    failed = of(summary("OUTDATED", "FAILED", StatusReason=told))
    assert (failed.status, bool(failed.advice)) == ("skipped", True)
    assert of(summary(), closed=frozenset({HERE.account})).status == "skipped"


@pytest.mark.parametrize(
    ("status", "same", "expected"),
    [
        ("CREATE_COMPLETE", True, "current"),
        ("UPDATE_COMPLETE", False, "outdated"),
        ("UPDATE_IN_PROGRESS", True, "outdated"),
        ("ROLLBACK_COMPLETE", True, "failed"),
        ("UPDATE_ROLLBACK_COMPLETE", True, "failed"),
    ],
)
def test_a_plain_stack_is_told_as_an_instance(status: str, same: bool, expected: str) -> None:  # noqa: FBT001
    assert of_stack(HERE, {"StackStatus": status}, same=same).status == expected
    assert of_stack(HERE, None, same=False).status == "missing"


def test_drift_is_told_with_the_time_it_was_seen() -> None:
    seen = datetime(2026, 11, 23, 6, 10, tzinfo=UTC)
    found = of(summary(DriftStatus="DRIFTED", LastDriftCheckTimestamp=seen))
    assert (found.status, found.reason) == (
        "drifted",
        "changed by hand when CloudFormation last looked, 2026-11-23 06:10",
    )


def test_an_instance_that_is_no_target_any_more_is_left_over() -> None:
    found = instances([], [summary()])
    assert [(each.place, each.status) for each in found] == [(HERE, "leftover")]


def test_an_alarm_that_is_gone_is_a_drift_that_cloudformation_does_not_see() -> None:
    found = of(summary()).told(Asked(2, 3, ("natrec-standard-upload-zonal",)))
    assert (found.status, found.reason) == ("drifted", "1 of 4 alarms are gone: natrec-standard-upload-zonal")
    assert found.document()["missing_alarms"] == ["natrec-standard-upload-zonal"]


def test_what_was_not_asked_is_null_and_not_zero() -> None:
    assert of(summary()).document()["gateways"] is None
    assert of(summary()).told(Asked(0, 4)).document()["gateways"] == 0


def test_every_status_is_counted_also_those_that_there_are_not() -> None:
    assert counted([Instance(HERE, "failed", "why")])["failed"] == 1
    assert counted([])["current"] == 0


ACCOUNTS = [f"{number:012}" for number in range(800)]
REGIONS = [f"eu-west-{number}" for number in range(1, 18)]
OUS = {account: f"ou-{int(account) % 23:02}" for account in ACCOUNTS}


def test_a_sample_of_a_large_organization_meets_every_ou_and_every_region() -> None:
    whole = places(ACCOUNTS, REGIONS)
    chosen = sampled(whole, OUS, 50)
    assert len(whole) == 13_600
    assert len(set(chosen)) == 50
    assert {OUS[each.account] for each in chosen} == set(OUS.values())
    assert {each.region for each in chosen} == set(REGIONS)
    assert len({each.account for each in chosen}) == 50


def test_a_sample_of_a_small_one_is_all_of_it() -> None:
    whole = places(ACCOUNTS[:4], REGIONS[:2])
    assert sampled(whole, {}, 50) == whole
    assert sampled([], {}, 50) == []


def test_targets_are_chosen_by_account_and_region() -> None:
    whole = places(ACCOUNTS[:4], REGIONS[:2])
    assert only(whole, ACCOUNTS[1], None) == [
        Place(ACCOUNTS[1], "eu-west-1"),
        Place(ACCOUNTS[1], "eu-west-2"),
    ]
    assert only(whole, ACCOUNTS[1], "eu-west-2") == [Place(ACCOUNTS[1], "eu-west-2")]
    assert only(whole, None, "eu-north-1") == []
