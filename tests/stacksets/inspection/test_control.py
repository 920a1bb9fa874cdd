from collections.abc import Iterator
from typing import Any

import pytest

from stacksets.inspection.control import Attached, Control, Level, rule
from stacksets.inspection.statements import Asked

ACCOUNT = "444444444444"
ASKED = Asked(f"arn:aws:iam::{ACCOUNT}:role/worker", "ec2:DeleteFlowLogs", "*", {})
FULL = ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
DENY = ({"Effect": "Deny", "Action": "ec2:*", "Resource": "*"},)
UNCLEAR = ({**DENY[0], "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},)


def level(target: str, *policies: tuple[dict[str, Any], ...]) -> Level:
    return Level(
        target, tuple(Attached(target, f"p-{n}", f"policy-{n}", each) for n, each in enumerate(policies))
    )


def test_where_no_policies_apply_everything_is_allowed() -> None:
    assert rule([], ASKED).outcome == "allowed"


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_deny_at_any_level_denies_and_is_named(at: int) -> None:
    levels = [level("r-1", FULL), level("ou-1", FULL), level(ACCOUNT, FULL)]
    levels[at] = level(levels[at].target, FULL, DENY)
    ruling = rule(levels, ASKED)
    assert (ruling.outcome, str(ruling.policy)) == ("denied", f"policy-1 (p-1) on {levels[at].target}")


def test_every_level_must_allow() -> None:
    ruling = rule(
        [level("r-1", FULL), level("ou-1", ({**FULL[0], "Action": "s3:*"},)), level(ACCOUNT, FULL)], ASKED
    )
    assert (ruling.outcome, ruling.target, ruling.policy) == ("denied", "ou-1", None)


def test_a_deny_that_cannot_be_told_is_no_allow_and_one_that_can_be_wins() -> None:
    assert rule([level("r-1", FULL, UNCLEAR)], ASKED).outcome == "unclear"
    assert rule([level("r-1", FULL, UNCLEAR), level(ACCOUNT, FULL, DENY)], ASKED).outcome == "denied"


class FakeOrganizations:
    """Counts what is asked; pages of one policy each."""

    def __init__(self, *, enabled: bool) -> None:
        self.asked: list[str] = []
        self._types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}] if enabled else []

    def list_roots(self) -> dict[str, Any]:
        return {"Roots": [{"Id": "r-1", "PolicyTypes": self._types}]}

    def describe_organization(self) -> dict[str, Any]:
        return {"Organization": {"MasterAccountId": "111111111111"}}

    def list_parents(self, *, ChildId: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"Parents": [{"Id": "r-1" if ChildId.startswith("ou-") else "ou-1"}]}

    def describe_policy(self, *, PolicyId: str) -> dict[str, Any]:  # noqa: N803 - as above
        self.asked.append(PolicyId)
        return {"Policy": {"Content": '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'}}

    def get_paginator(self, operation: str) -> "FakeOrganizations":
        assert operation == "list_policies_for_target"
        return self

    def paginate(self, *, TargetId: str, Filter: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - as above
        assert Filter == "SERVICE_CONTROL_POLICY"
        self.asked.append(TargetId)
        yield {"Policies": [{"Id": "p-1", "Name": "one"}]}
        yield {"Policies": [{"Id": "p-2", "Name": "two"}]}


def test_every_level_and_page_is_read_once_for_all_accounts() -> None:
    client = FakeOrganizations(enabled=True)
    control = Control(client)
    assert [each.target for each in control.levels(ACCOUNT)] == ["r-1", "ou-1", ACCOUNT]
    assert [each.name for each in control.levels(ACCOUNT)[0].policies] == ["one", "two"]
    control.levels("555555555555")
    assert sorted(client.asked) == sorted(["p-1", "p-2", "r-1", "ou-1", ACCOUNT, "555555555555"])


def test_they_do_not_apply_where_they_are_off_nor_to_the_management_account() -> None:
    assert Control(FakeOrganizations(enabled=False)).levels(ACCOUNT) == ()
    assert Control(FakeOrganizations(enabled=True)).levels("111111111111") == ()
