"""The state machine's own checks, and faults that they must find."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.checks import integrations, structure
from stacksets.functions import FUNCTIONS
from stacksets.rendering import render_state_machine, render_sweep_machine

Definition = dict[str, Any]
# Where an error is let pass on purpose: a notice never holds up a recording, and a wait that fails is over.
LET_PASS = {"TellStarted", "AwaitRecovery"}
# Where it is too, for the step that could not be told of fails in its own right.
REPEATED = {"TellUnreported", "TellStuck"}


@pytest.fixture
def machine() -> Definition:
    definition: Definition = json.loads(render_state_machine())
    return definition


def _findings(machine: Definition) -> list[str]:
    return [*structure.findings(machine), *integrations.findings(machine["States"])]


def _misspelt_target(states: Definition) -> None:
    states["OpenRecording"]["Next"] = "Openned?"


def _misspelt_catch(states: Definition) -> None:
    states["CloseRecording"]["Catch"][0]["Next"] = "TellStuk"


def _no_default(states: Definition) -> None:
    del states["Opened?"]["Default"]


def _no_time_limit(states: Definition) -> None:
    del states["AwaitRecovery"]["TimeoutSecondsPath"]


def _catches_some(states: Definition) -> None:
    states["AwaitRecovery"]["Catch"] = states["AwaitRecovery"]["Catch"][:1]


def _misspelt_parameter(states: Definition) -> None:
    parameters = states["AwaitRecovery"]["Parameters"]
    parameters["ConditionExpresion"] = parameters.pop("ConditionExpression")


def _no_token(states: Definition) -> None:
    states["AwaitRecovery"]["Parameters"]["ExpressionAttributeValues"][":token"] = {"S": "token"}


def _missing_parameter(states: Definition) -> None:
    del states["TellStarted"]["Parameters"]["FunctionName"]


def _unknown_action(states: Definition) -> None:
    states["AwaitRecovery"]["Resource"] = "arn:aws:states:::aws-sdk:dynamodb:updateItems"


def _no_path(states: Definition) -> None:
    states["OpenRecording"]["Parameters"]["Qualifier.$"] = "latest"


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (_misspelt_target, "Openned?"),
        (_misspelt_catch, "TellStuk"),
        (_no_default, "no Default"),
        (_no_time_limit, "no time limit"),
        (_catches_some, "does not catch every error"),
        (_misspelt_parameter, "knows no ConditionExpresion"),
        (_no_token, "never passes on"),
        (_missing_parameter, "needs FunctionName"),
        (_unknown_action, "UpdateItems"),
        (_no_path, "must be a path"),
    ],
)
def test_a_planted_fault_is_found(
    machine: Definition, plant: Callable[[Definition], None], found: str
) -> None:
    broken = copy.deepcopy(machine)
    plant(broken["States"])
    assert any(found in finding for finding in _findings(broken))


def test_the_machine_itself_has_none(machine: Definition) -> None:
    assert _findings(machine) == []


def test_the_sweeps_machine_has_none_and_faults_inside_its_map_are_found() -> None:
    sweep: Definition = json.loads(render_sweep_machine())
    assert _findings(sweep) == []
    inside = sweep["States"]["EachBatch"]["ItemProcessor"]["States"]["SweepBatch"]
    del inside["TimeoutSeconds"], inside["Retry"], inside["Catch"], inside["Parameters"]["FunctionName"]
    found = "; ".join(_findings(sweep))
    for fault in ("no time limit", "never tries again", "does not catch every error", "needs FunctionName"):
        assert fault in found


def test_a_sweeps_task_may_run_longer_than_its_function() -> None:
    states: Definition = json.loads(render_sweep_machine())["States"]
    tasks = states | states["EachBatch"]["ItemProcessor"]["States"]
    timeouts = {each.logical_id: each.timeout for each in FUNCTIONS}
    for task, function in (
        ("Plan", "SweepPlan"),
        ("SweepBatch", "SweepBatch"),
        ("Summarize", "SweepSummary"),
    ):
        assert tasks[task]["TimeoutSeconds"] > timeouts[function]


def test_no_error_is_swallowed(machine: Definition) -> None:
    states: Definition = machine["States"]
    for name, state in states.items():
        for catcher in state.get("Catch", []):
            went_well = catcher["Next"] == state.get("Next")
            passed = name in LET_PASS | REPEATED
            assert not went_well or passed or states[catcher["Next"]]["Type"] == "Fail"


def test_what_fails_does_so_where_a_redrive_can_mend_it(machine: Definition) -> None:
    """Source: Step Functions, "Redrive behavior of individual states": a Fail state fails again."""
    states: Definition = machine["States"]
    caught = {
        (name, error, catcher["Next"])
        for name, state in states.items()
        for catcher in state.get("Catch", [])
        for error in catcher["ErrorEquals"]
        if states[catcher["Next"]]["Type"] == "Fail"
    }
    assert {error for _, error, _ in caught} == {"LookupError", "States.DataLimitExceeded"}


def test_a_task_that_fails_in_place_says_so(machine: Definition) -> None:
    machine["States"]["RepeatReport"]["Comment"] = "Once more."
    assert [each for each in _findings(machine) if "RepeatReport" in each]


def test_whatever_may_have_created_a_flow_log_passes_the_close(machine: Definition) -> None:
    states: Definition = machine["States"]
    for name in ("OpenRecording", "AwaitRecovery"):
        assert states[name]["Catch"][-1] == {
            "ErrorEquals": ["States.ALL"],
            "ResultPath": "$.ended",
            "Next": "CloseRecording",
        }


def test_a_task_may_run_longer_than_its_function(machine: Definition) -> None:
    limits = {
        name: state["TimeoutSeconds"]
        for name, state in machine["States"].items()
        if "TimeoutSeconds" in state
    }
    assert limits["OpenRecording"] > 60
    assert limits["CloseRecording"] > 120
    assert limits["WriteReport"] > 120
    assert all(limit > 45 for name, limit in limits.items() if name.startswith("Tell"))
