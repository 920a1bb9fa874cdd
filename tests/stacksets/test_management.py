"""The management account's own spokes: a region that takes its credentials for none stops no other."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from orgconfig.models import OrgConfig
from stacksets.administration import Administrator
from stacksets.leaving import Leaving
from stacksets.management import Management
from stacksets.outcomes import Outcome
from stacksets.own_spokes import own_outcomes
from stacksets.skipping import OWN
from stacksets.stacks import Stacks
from stacksets.steps import Change, Step
from tests.orgconfig.documents import config

HOME, AWAY = "eu-west-1", "us-east-1"
WHO = Administrator("111111111111", "SELF")
SKIPPED = Change("none", f"skipped: {OWN}")


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeStacks")


NOT_ACCEPTED = [
    refusal("AuthFailure"),
    refusal("InvalidClientTokenId"),
    refusal("UnrecognizedClientException"),
    EndpointConnectionError(endpoint_url="https://cloudformation.us-east-1.amazonaws.com"),
]
each_refusal = pytest.mark.parametrize("problem", NOT_ACCEPTED, ids=lambda each: str(each)[:40])


class Region:
    """CloudFormation in a region: refuses, or has one stack."""

    class exceptions:  # noqa: N801 - boto3's name
        ClientError = ClientError

    def __init__(self, problem: Exception | None) -> None:
        self._problem = problem

    def describe_stacks(self, **_: object) -> dict[str, Any]:
        if self._problem:
            raise self._problem
        return {"Stacks": [{"StackName": "natrec-spoke", "StackStatus": "CREATE_COMPLETE"}]}


def regions(problem: Exception) -> Callable[[str], Stacks]:
    clients: dict[str, Any] = {HOME: Region(None), AWAY: Region(problem)}
    return lambda region: Stacks(clients[region], region)


def wanted(regions: tuple[str, ...] = (HOME, AWAY), *, included: bool = True) -> OrgConfig:
    given = config(targets__regions=list(regions), targets__include_management_account=included)
    return OrgConfig.model_validate(given)


def management(
    problem: Exception, chosen: OrgConfig | None = None, disabled: tuple[str, ...] = ()
) -> Management:
    reach, chosen = regions(problem), chosen or wanted()

    def made(name: str, region: str, _: str) -> Step:
        reach(region).find(name)
        return Step(f"stack {name}", WHO.account, region, Change("create", "it is not there"), lambda: None)

    def nobody(*_: str) -> Any:  # noqa: ANN401 - a client
        raise AssertionError

    leaving = Leaving(chosen, nobody, print)
    return Management(chosen, WHO, reach, made, lambda _: None, leaving, lambda: disabled)


def changes(steps: list[Step]) -> dict[str, Change]:
    return {step.region: step.change for step in steps}


@each_refusal
def test_a_region_that_takes_no_credentials_is_skipped_and_the_others_are_planned(problem: Exception) -> None:
    found = changes([*management(problem).spokes("template")])
    assert (found[HOME].action, found[AWAY]) == ("create", SKIPPED)


def test_a_region_that_is_known_to_be_disabled_is_not_even_asked() -> None:
    never = AssertionError("it was asked")
    assert changes([*management(never, disabled=(AWAY,)).spokes("template")])[AWAY] == SKIPPED


@each_refusal
def test_a_spoke_that_was_left_in_such_a_region_is_told_and_stops_nothing(problem: Exception) -> None:
    left_out = wanted((AWAY,), included=False)
    assert changes([*management(problem, left_out).leftovers({}, ())]) == {AWAY: SKIPPED}


def test_any_other_refusal_is_not_taken_for_a_disabled_region() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        list(management(refusal("AccessDenied")).spokes("template"))


@each_refusal
def test_what_became_of_it_says_the_same(problem: Exception) -> None:
    found = [*own_outcomes(wanted(), WHO, regions(problem))]
    assert found == [Outcome(WHO.account, HOME, "done"), Outcome(WHO.account, AWAY, "skipped", OWN)]
