"""What `status` costs and tells in a large organization, over answers that come in pages."""

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from scripts.cli.overview import overview
from stacksets.administration import Administrator
from stacksets.inspection.asking import NotAskedError
from stacksets.inspection.installation import Installation
from stacksets.inspection.instances import Instance
from stacksets.inspection.standing import Standing, stand
from stacksets.inspection.targets import Covered, Place
from stacksets.loading import parse_config
from stacksets.rendering import ROOT

ACCOUNTS = [f"{number:012}" for number in range(800)]
REGIONS = [f"eu-west-{number}" for number in range(1, 18)]
PAGE = 100
WHO = Administrator("222222222222", "DELEGATED_ADMIN")


class NotThereError(Exception):
    pass


class Aws:
    """One stack set in every account and region but the last account, and a hub; nothing else answers."""

    class exceptions:  # noqa: N801 - boto3's name
        StackSetNotFoundException = NotThereError
        StateMachineDoesNotExist = NotThereError

    class meta:  # noqa: N801 - boto3's name
        partition = "aws"

    def __init__(self, template: str) -> None:
        self.calls: Counter[str] = Counter()
        self._template = template

    def __call__(self, account: str, region: str, service: str) -> "Aws":
        if service not in ("cloudformation", "stepfunctions") and (account, service) != (WHO.account, "ec2"):
            raise NatrecError(f"{service} of {account} {region} was asked")
        return self

    def describe_stack_set(self, *, StackSetName: str, CallAs: str) -> dict[str, Any]:  # noqa: N803 - AWS's
        assert CallAs == WHO.call_as
        self.calls["DescribeStackSet"] += 1
        return {"StackSet": {"StackSetName": StackSetName, "TemplateBody": self._template}}

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - as above
        self.calls["DescribeStacks"] += 1
        return {"Stacks": [{"StackName": StackName, "StackStatus": "UPDATE_COMPLETE"}]}

    def describe_regions(self, *, AllRegions: bool) -> dict[str, Any]:  # noqa: N803 - as above
        assert AllRegions
        self.calls["DescribeRegions"] += 1
        return {"Regions": [{"RegionName": each, "OptInStatus": "opted-in"} for each in REGIONS]}

    def list_executions(self, **_: object) -> dict[str, Any]:
        self.calls["ListExecutions"] += 1
        return {"executions": []}

    def get_paginator(self, _: str) -> "Aws":
        return self

    def paginate(self, *, CallAs: str, **_: object) -> Iterator[dict[str, Any]]:  # noqa: N803 - as above
        assert CallAs == WHO.call_as
        whole = [
            {
                "Account": account,
                "Region": region,
                "Status": "CURRENT",
                "StackInstanceStatus": {"DetailedStatus": "SUCCEEDED"},
            }
            for account in ACCOUNTS[:-1]
            for region in REGIONS
        ]
        for start in range(0, len(whole), PAGE):
            self.calls["ListStackInstances"] += 1
            yield {"Summaries": whole[start : start + PAGE]}


@pytest.fixture(scope="module")
def config() -> OrgConfig:
    example = parse_config((ROOT / "orgconfig" / "example.yaml").read_text()).document()
    return OrgConfig.model_validate({**example, "targets": {**example["targets"], "regions": REGIONS}})


def installation(config: OrgConfig, aws: Aws) -> Installation:
    return Installation(config, aws, "", WHO, Covered(frozenset(ACCOUNTS)))


def test_thirteen_thousand_targets_are_a_page_per_hundred_and_none_is_asked_itself(config: OrgConfig) -> None:
    aws = Aws("template")
    document = stand(installation(config, aws)).document()
    assert len(document["instances"]) == 13_600
    assert document["counts"]["missing"] == len(REGIONS)
    assert document["gateways"] is None
    assert aws.calls == {
        "DescribeRegions": 1,
        "DescribeStackSet": 1,
        "DescribeStacks": 1,
        "ListExecutions": 1,
        "ListStackInstances": 136,
    }


def test_a_target_that_cannot_be_asked_says_so_and_keeps_its_status(config: OrgConfig) -> None:
    account = ACCOUNTS[0]
    standing = stand(installation(config, Aws("template")), account=account, ask=True)
    told = [each for each in standing.document()["instances"] if each["account"] == account]
    assert {each["status"] for each in told} == {"current"}
    assert told[0]["not_asked"] == f"ec2 of {account} eu-west-1 was asked"
    assert told[0]["gateways"] is None


def test_a_stack_set_of_another_template_is_outdated(config: OrgConfig) -> None:
    examined = installation(config, Aws("template"))
    assert stand(examined).stack_set == "outdated"
    assert stand(installation(config, Aws(examined.spoke_text))).stack_set == "current"


def test_a_hub_that_cannot_be_asked_is_words_and_not_a_traceback(config: OrgConfig) -> None:
    def nobody(account: str, _region: str, _service: str) -> Any:  # noqa: ANN401 - a client
        raise NatrecError(f"no way into {account}", next="Use another role.")

    with pytest.raises(NotAskedError, match="no way into"):
        stand(Installation(config, nobody, "", WHO, Covered(frozenset(ACCOUNTS))))


def _standing(hub: str | None, stack_set: str = "current", unasked: str = "") -> Standing:
    one = Instance(Place(ACCOUNTS[0], "eu-west-1"), "current", unasked=unasked)
    return Standing((one,), stack_set, hub, {})


@pytest.mark.parametrize(
    "hub", ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", None]
)
def test_a_hub_that_failed_or_was_rolled_back_is_not_whole(hub: str | None) -> None:
    assert not _standing(hub).whole


@pytest.mark.parametrize("hub", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_a_hub_that_stands_or_is_being_changed_is(hub: str) -> None:
    assert _standing(hub).whole


def test_a_stack_set_that_is_not_as_the_config_says_is_not_whole() -> None:
    assert not _standing("UPDATE_COMPLETE", "outdated").whole
    assert not _standing("UPDATE_COMPLETE", "missing").whole


def test_targets_that_could_not_be_asked_are_told_so_with_the_reason() -> None:
    console = Console(file=io.StringIO(), width=200)
    console.print(overview(_standing("UPDATE_COMPLETE", unasked="no way into it"), {}))
    told = console.file.getvalue()  # type: ignore[attr-defined] # it is what was given
    assert "1 target could not be asked: no way into it" in told
    assert "--ask" not in told
