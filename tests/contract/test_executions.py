"""Executions as Step Functions has them."""

import json

import pytest

from hub.adapters.steps import StepFunctions
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.contract.worlds import REGION, EngineSessions
from tests.sandbox.eventually import eventually
from tests.sandbox.machines import Machines, Table

GONE = "arn:aws:states:eu-west-1:222222222222:execution:natrec-recording:gone"


class Waiting:
    """A machine whose executions wait for their token."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.machines = Machines(engine, account)
        self.table = Table(engine, account)
        self.table.put("lease")
        self.machine = self.machines.one_state(
            Type="Task",
            Resource="arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
            Parameters={
                "TableName": self.table.name,
                "Key": {"pk": {"S": "lease"}},
                "UpdateExpression": "SET #token = :token",
                "ExpressionAttributeNames": {"#token": "token"},
                "ExpressionAttributeValues": {":token": {"S.$": "$$.Task.Token"}},
            },
            TimeoutSeconds=60,
        )

    def start(self) -> tuple[str, str]:
        execution = self.machines.start(self.machine)
        return execution, self.table.token("lease")


@pytest.fixture
def waiting(engine: Engine, account: str) -> Waiting:
    return Waiting(engine, account)


@pytest.fixture
def executions(engine: Engine, account: str, waiting: Waiting) -> StepFunctions:
    return StepFunctions(EngineSessions(engine, account), waiting.machine)


def test_a_waiting_execution_runs_until_it_is_woken(waiting: Waiting, executions: StepFunctions) -> None:
    execution, token = waiting.start()
    assert executions.is_running(execution)
    executions.wake(token)
    ended = waiting.machines.end(execution)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"ended": "recovered"})
    assert not executions.is_running(execution)


def test_an_execution_learns_when_its_gateway_recovered(waiting: Waiting, executions: StepFunctions) -> None:
    execution, token = waiting.start()
    executions.wake(token, factories.NOW)
    ended = waiting.machines.end(execution)
    assert json.loads(ended["output"]) == {"ended": "recovered", "recovered_at": factories.NOW.isoformat()}


def test_waking_twice_is_no_failure(waiting: Waiting, executions: StepFunctions) -> None:
    execution, token = waiting.start()
    executions.wake(token)
    ended = waiting.machines.end(execution)
    executions.wake(token)
    again = waiting.machines.end(execution)
    assert (again["status"], again["stopDate"]) == ("SUCCEEDED", ended["stopDate"])


def test_waking_one_that_never_was_is_no_failure_and_wakes_no_other(
    waiting: Waiting, executions: StepFunctions
) -> None:
    execution, _ = waiting.start()
    executions.wake("AAAAKgAAAAIAAAAAAAAAAf")
    assert executions.is_running(execution)


def test_one_that_was_stopped_runs_no_more(waiting: Waiting, executions: StepFunctions) -> None:
    execution, token = waiting.start()
    waiting.machines.states.stop_execution(executionArn=execution)
    assert eventually(lambda: not executions.is_running(execution))
    executions.wake(token)


def test_one_that_step_functions_has_forgotten_runs_no_more(executions: StepFunctions, account: str) -> None:
    assert not executions.is_running(GONE.replace("222222222222", account).replace("eu-west-1", REGION))


def test_what_runs_is_listed(waiting: Waiting, executions: StepFunctions) -> None:
    execution, token = waiting.start()
    assert executions.running() == {execution}
    executions.wake(token)
    assert eventually(lambda: not executions.running())


def test_a_name_starts_one_execution_only(waiting: Waiting, executions: StepFunctions) -> None:
    event = {"detail": {"alarmName": "a"}}
    executions.start("offer-1", event)
    executions.start("offer-1", event)
    (started,) = executions.running()
    assert started.endswith(":offer-1")
    assert json.loads(waiting.machines.states.describe_execution(executionArn=started)["input"]) == event
    executions.wake(waiting.table.token("lease"))
    assert eventually(lambda: not executions.running())
    assert not executions.start("offer-1", event)
    assert not executions.start("offer-1", {"detail": {}})
    assert not executions.running()
