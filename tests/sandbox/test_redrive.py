import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.machines import Machines, Table


@pytest.fixture(scope="module")
def machines(engine: Engine, fresh_account: Callable[[], str]) -> Machines:
    return Machines(engine, fresh_account())


@pytest.fixture
def table(machines: Machines) -> Table:
    return Table(machines.engine, machines.account)


def redriven(machines: Machines, execution: str) -> dict[str, Any]:
    machines.states.redrive_execution(executionArn=execution)
    return machines.end(execution)


def noting(table: Table) -> dict[str, object]:
    """A machine whose second state fails until the table has its item."""
    return {
        "StartAt": "Prepare",
        "States": {
            "Prepare": {"Type": "Pass", "Result": "prepared", "ResultPath": "$.before", "Next": "Note"},
            "Note": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:updateItem",
                "Parameters": {
                    "TableName": table.name,
                    "Key": {"pk": {"S": "lease"}},
                    "UpdateExpression": "SET noted = :yes",
                    "ConditionExpression": "attribute_exists(pk)",
                    "ExpressionAttributeValues": {":yes": {"S": "yes"}},
                },
                "ResultPath": None,
                "End": True,
            },
        },
    }


def entered(machines: Machines, execution: str) -> list[str]:
    history = machines.states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    assert [each["id"] for each in history] == list(range(1, len(history) + 1))
    return [
        each["stateEnteredEventDetails"]["name"] if "stateEnteredEventDetails" in each else str(each["type"])
        for each in history
        if "stateEnteredEventDetails" in each or each["type"] == "ExecutionRedriven"
    ]


def test_a_redriven_execution_goes_on_in_the_state_that_failed_with_what_it_had(
    machines: Machines, table: Table
) -> None:
    execution = machines.start(machines.create(**noting(table)), {"given": 1})
    assert machines.end(execution)["status"] == "FAILED"
    table.put("lease")
    ended = redriven(machines, execution)
    assert json.loads(ended["output"]) == {"given": 1, "before": "prepared"}
    assert "error" not in ended
    assert entered(machines, execution) == ["Prepare", "Note", "ExecutionRedriven", "Note"]


def test_a_redriven_execution_may_fail_again_and_be_redriven_again(machines: Machines, table: Table) -> None:
    execution = machines.start(machines.create(**noting(table)))
    machines.end(execution)
    assert redriven(machines, execution)["status"] == "FAILED"
    table.put("lease")
    assert redriven(machines, execution)["status"] == "SUCCEEDED"


def test_a_fail_state_fails_again(machines: Machines) -> None:
    machine = machines.create(StartAt="No", States={"No": {"Type": "Fail", "Error": "Never"}})
    execution = machines.start(machine)
    machines.end(execution)
    ended = redriven(machines, execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "Never")


def test_an_execution_that_succeeded_is_not_redriven(machines: Machines) -> None:
    execution = machines.start(machines.one_state(Type="Pass"))
    machines.end(execution)
    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        machines.states.redrive_execution(executionArn=execution)
