import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually
from tests.sandbox.functions import Functions
from tests.sandbox.machines import Machines, Table


@pytest.fixture
def machines(engine: Engine, account: str) -> Machines:
    return Machines(engine, account)


@pytest.fixture
def table(engine: Engine, account: str) -> Table:
    return Table(engine, account)


def waiting(table: Table, **more: object) -> dict[str, Any]:
    """The state that stores its token unless the lease has recovered."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
        "Parameters": {
            "TableName": table.name,
            "Key": {"pk": {"S.$": "$.lease"}},
            "UpdateExpression": "SET #token = :token",
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(recovered)",
            "ExpressionAttributeNames": {"#token": "token"},
            "ExpressionAttributeValues": {":token": {"S.$": "$$.Task.Token"}},
        },
        "TimeoutSecondsPath": "$.seconds",
        "ResultPath": "$.answer",
        **more,
    }


def await_recovery(machines: Machines, table: Table) -> str:
    catch = [
        {"ErrorEquals": ["DynamoDb.ConditionalCheckFailedException"], "ResultPath": "$.e", "Next": "Early"},
        {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.e", "Next": "Late"},
    ]
    return machines.create(
        StartAt="Await",
        States={
            "Await": waiting(table, Catch=catch, Next="Told"),
            "Told": {"Type": "Pass", "Parameters": {"way": "told", "answer.$": "$.answer"}, "End": True},
            "Early": {"Type": "Pass", "Parameters": {"way": "early"}, "End": True},
            "Late": {"Type": "Pass", "Parameters": {"way": "late"}, "End": True},
        },
    )


def test_a_wait_ends_when_its_stored_token_is_answered(machines: Machines, table: Table) -> None:
    table.put("lease-1")
    execution = machines.start(await_recovery(machines, table), {"lease": "lease-1", "seconds": 30})
    machines.states.send_task_success(taskToken=table.token("lease-1"), output='{"recovered": true}')
    ended = machines.end(execution)
    assert json.loads(ended["output"]) == {"way": "told", "answer": {"recovered": True}}


def test_a_wait_whose_condition_fails_is_caught_as_a_failed_conditional_check(
    machines: Machines, table: Table
) -> None:
    table.put("lease-1", recovered="2026-10-01T00:00:00Z")
    assert machines.output(await_recovery(machines, table), {"lease": "lease-1", "seconds": 30}) == {
        "way": "early"
    }


def test_a_wait_that_nobody_answers_is_caught_as_a_timeout(machines: Machines, table: Table) -> None:
    table.put("lease-1")
    assert machines.output(await_recovery(machines, table), {"lease": "lease-1", "seconds": 1}) == {
        "way": "late"
    }
    with pytest.raises(ClientError, match="TaskTimedOut"):
        machines.states.send_task_success(taskToken=table.token("lease-1"), output="{}")


def test_a_token_counts_once_and_later_answers_are_told_that_the_task_timed_out(
    machines: Machines, table: Table
) -> None:
    table.put("lease-1")
    execution = machines.start(await_recovery(machines, table), {"lease": "lease-1", "seconds": 30})
    token = table.token("lease-1")
    machines.states.send_task_success(taskToken=token, output="{}")
    machines.end(execution)
    with pytest.raises(ClientError, match="TaskTimedOut"):
        machines.states.send_task_success(taskToken=token, output="{}")


def test_a_token_that_no_task_had_is_invalid(machines: Machines) -> None:
    with pytest.raises(ClientError, match="InvalidToken"):
        machines.states.send_task_success(taskToken="no-such-token", output="{}")


def test_a_token_s_failure_carries_its_error_and_its_cause(machines: Machines, table: Table) -> None:
    table.put("lease-1")
    machine = machines.create(StartAt="Await", States={"Await": waiting(table, End=True)})
    execution = machines.start(machine, {"lease": "lease-1", "seconds": 30})
    machines.states.send_task_failure(taskToken=table.token("lease-1"), error="Broken", cause="the reason")
    ended = machines.end(execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Broken", "the reason")


def test_an_execution_that_waits_for_a_token_is_aborted_at_once_with_error_and_cause(
    machines: Machines, table: Table
) -> None:
    table.put("lease-1")
    execution = machines.start(await_recovery(machines, table), {"lease": "lease-1", "seconds": 600})
    token = table.token("lease-1")
    machines.states.stop_execution(executionArn=execution, error="Stopped", cause="by hand")
    stopped = machines.states.describe_execution(executionArn=execution)
    assert (stopped["status"], stopped["error"], stopped["cause"]) == ("ABORTED", "Stopped", "by hand")
    assert stopped["stopDate"] >= stopped["startDate"]
    with pytest.raises(ClientError, match="TaskTimedOut"):
        machines.states.send_task_success(taskToken=token, output="{}")

    def last_event() -> bool:
        history = machines.states.get_execution_history(
            executionArn=execution, reverseOrder=True, maxResults=1
        )
        return bool(history["events"][0]["type"] == "ExecutionAborted")

    assert eventually(last_event)
    assert machines.end(execution)["status"] == "ABORTED"


def test_stopping_an_ended_execution_leaves_it_as_it_is(machines: Machines) -> None:
    execution = machines.start(machines.one_state(Type="Pass"))
    ended = machines.end(execution)
    assert machines.states.stop_execution(executionArn=execution)["stopDate"] == ended["stopDate"]
    assert machines.end(execution)["status"] == "SUCCEEDED"


def test_a_machine_past_its_time_limit_is_timed_out_with_a_stop_date(machines: Machines) -> None:
    machine = machines.create(
        StartAt="Wait", TimeoutSeconds=1, States={"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}
    )
    execution = machines.start(machine)
    ended = machines.end(execution)
    assert (ended["status"], "stopDate" in ended) == ("TIMED_OUT", True)
    listed = machines.states.list_executions(stateMachineArn=machine, statusFilter="TIMED_OUT")["executions"]
    assert [(item["executionArn"], "stopDate" in item) for item in listed] == [(execution, True)]


def test_tasks_act_in_the_account_and_region_of_their_machine(machines: Machines, table: Table) -> None:
    table.put("lease-1", owner="hub")
    machine = machines.one_state(
        Type="Task",
        Resource="arn:aws:states:::aws-sdk:dynamodb:getItem",
        Parameters={"TableName": table.name, "Key": {"pk": {"S": "lease-1"}}},
    )
    assert machines.output(machine)["Item"]["owner"] == {"S": "hub"}


def test_a_task_with_credentials_acts_in_that_role_s_account(
    machines: Machines, engine: Engine, fresh_account: Callable[[], str]
) -> None:
    other = fresh_account()
    elsewhere = Table(engine, other)
    elsewhere.put("lease-1", owner="other")
    machine = machines.one_state(
        Type="Task",
        Resource="arn:aws:states:::aws-sdk:dynamodb:getItem",
        Parameters={"TableName": elsewhere.name, "Key": {"pk": {"S": "lease-1"}}},
        Credentials={"RoleArn": f"arn:aws:iam::{other}:role/target"},
    )
    assert machines.output(machine)["Item"]["owner"] == {"S": "other"}


def test_an_unnamed_execution_gets_a_name_of_its_own_each_time(machines: Machines) -> None:
    machine = machines.one_state(Type="Pass")
    first, second = machines.start(machine), machines.start(machine)
    assert first != second
    assert "None" not in first


def test_the_same_name_and_input_starts_one_execution_while_it_runs(machines: Machines) -> None:
    machine = machines.one_state(Type="Wait", Seconds=600)
    first = machines.start(machine, {"a": 1}, name="only")
    assert machines.start(machine, {"a": 1}, name="only") == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.start(machine, {"a": 2}, name="only")
    machines.states.stop_execution(executionArn=first)
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.start(machine, {"a": 1}, name="only")


def test_camel_case_parameters_reach_the_api_and_times_come_back_as_text(machines: Machines) -> None:
    inner = machines.one_state(Type="Pass")
    machine = machines.one_state(
        Type="Task",
        Resource="arn:aws:states:::states:startExecution",
        Parameters={"StateMachineArn": inner, "Input": {"from": "outer"}},
    )
    answer = machines.output(machine)
    assert answer["ExecutionArn"].startswith("arn:aws:states:")
    assert dt.datetime.fromisoformat(answer["StartDate"]).tzinfo is not None
    assert json.loads(machines.end(answer["ExecutionArn"])["input"]) == {"from": "outer"}


def test_the_context_object_names_execution_and_state_with_times_in_utc(machines: Machines) -> None:
    machine = machines.one_state(
        Type="Pass",
        Parameters={
            "id.$": "$$.Execution.Id",
            "started.$": "$$.Execution.StartTime",
            "entered.$": "$$.State.EnteredTime",
            "state.$": "$$.State.Name",
        },
    )
    execution = machines.start(machine)
    output = json.loads(machines.end(execution)["output"])
    assert (output["id"], output["state"]) == (execution, "Only")
    for text in (output["started"], output["entered"]):
        assert dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007 - the Z is the point
        assert len(text) == len("2026-03-26T20:14:13.192Z")


def test_history_comes_in_either_order_and_in_pages(machines: Machines) -> None:
    execution = machines.start(machines.one_state(Type="Pass"))
    machines.end(execution)
    whole = machines.states.get_execution_history(executionArn=execution)["events"]
    assert [event["type"] for event in whole] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    last = machines.states.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=1)
    assert [event["type"] for event in last["events"]] == ["ExecutionSucceeded"]
    pages = machines.states.get_paginator("get_execution_history").paginate(
        executionArn=execution, PaginationConfig={"PageSize": 3}
    )
    assert [[event["id"] for event in page["events"]] for page in pages] == [[1, 2, 3], [4]]


def test_a_lost_heartbeat_is_a_heartbeat_timeout(machines: Machines, table: Table) -> None:
    table.put("lease-1")
    caught = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Lost"}]
    machine = machines.create(
        StartAt="Await",
        States={
            "Await": waiting(table, HeartbeatSeconds=1, Catch=caught, End=True),
            "Lost": {"Type": "Pass", "Result": {"way": "lost"}, "End": True},
        },
    )
    assert machines.output(machine, {"lease": "lease-1", "seconds": 60}) == {"way": "lost"}


def test_a_lost_heartbeat_is_caught_as_a_timeout_too(machines: Machines, table: Table) -> None:
    table.put("lease-1")
    state = waiting(
        table, HeartbeatSeconds=1, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Lost"}], End=True
    )
    del state["TimeoutSecondsPath"]
    lost = {"Type": "Pass", "Result": {"way": "lost"}, "End": True}
    machine = machines.create(StartAt="Await", States={"Await": state, "Lost": lost})
    assert machines.output(machine, {"lease": "lease-1"}) == {"way": "lost"}


def test_a_missing_path_fails_the_execution_whatever_is_caught(machines: Machines, table: Table) -> None:
    machine = machines.create(
        StartAt="Await",
        States={
            "Await": waiting(table, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}], End=True),
            "Caught": {"Type": "Pass", "End": True},
        },
    )
    ended = machines.run(machine, {"seconds": 5})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_two_hundred_executions_wait_at_once_and_all_end(machines: Machines, table: Table) -> None:
    machine = await_recovery(machines, table)
    for number in range(200):
        table.put(f"lease-{number}")
    given = [{"lease": f"lease-{number}", "seconds": 120} for number in range(200)]
    executions = [machines.start(machine, one) for one in given]
    for number in range(200):
        machines.states.send_task_success(taskToken=table.token(f"lease-{number}"), output="{}")
    assert {machines.end(execution, within=60)["status"] for execution in executions} == {"SUCCEEDED"}
    listed = machines.states.get_paginator("list_executions").paginate(
        stateMachineArn=machine, statusFilter="SUCCEEDED"
    )
    assert sum(len(page["executions"]) for page in listed) == 200


@pytest.fixture
def functions(engine: Engine, account: str) -> Functions:
    return Functions(engine, account)


CLOSE = """
    class FlowLogsRemain(Exception):
        pass
    tries = []
    def handler(event, context):
        tries.append(event)
        if len(tries) <= event["failures"]:
            raise FlowLogsRemain(f"{len(tries)} tried")
        return {"state": "closed", "execution": event["execution"]}
"""


def close_recording(machines: Machines, function: str, **more: object) -> str:
    return machines.create(
        StartAt="Close",
        States={
            "Close": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {
                    "FunctionName": f"arn:aws:lambda:eu-west-1:{machines.account}:function:{function}",
                    "Payload": {"failures.$": "$.failures", "execution.$": "$$.Execution.Id"},
                },
                "ResultSelector": {"recording.$": "$.Payload"},
                "ResultPath": "$.closed",
                "End": True,
                **more,
            },
            "Stuck": {"Type": "Pass", "End": True},
        },
    )


def test_a_function_s_answer_is_selected_from_its_payload(machines: Machines, functions: Functions) -> None:
    machine = close_recording(machines, functions.create(CLOSE))
    execution = machines.start(machine, {"failures": 0})
    output = json.loads(machines.end(execution)["output"])
    assert output["closed"] == {"recording": {"state": "closed", "execution": execution}}


def test_a_function_s_error_is_caught_by_the_name_of_its_exception(
    machines: Machines, functions: Functions
) -> None:
    catch = [{"ErrorEquals": ["FlowLogsRemain"], "ResultPath": "$.ended", "Next": "Stuck"}]
    machine = close_recording(machines, functions.create(CLOSE), Catch=catch)
    ended = machines.output(machine, {"failures": 9})["ended"]
    assert ended["Error"] == "FlowLogsRemain"
    assert json.loads(ended["Cause"])["errorMessage"] == "1 tried"


def test_a_function_that_fails_is_retried_as_often_as_the_state_says(
    machines: Machines, functions: Functions
) -> None:
    retry = [{"ErrorEquals": ["FlowLogsRemain"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}]
    machine = close_recording(machines, functions.create(CLOSE), Retry=retry)
    assert machines.output(machine, {"failures": 2})["closed"]["recording"]["state"] == "closed"


def test_a_function_slower_than_its_state_allows_is_a_timeout(
    machines: Machines, functions: Functions
) -> None:
    function = functions.create("import time\ndef handler(event, context): time.sleep(5)")
    catch = [{"ErrorEquals": ["States.Timeout"], "ResultPath": "$.ended", "Next": "Stuck"}]
    machine = close_recording(machines, function, Catch=catch, TimeoutSeconds=1)
    assert machines.output(machine, {"failures": 0})["ended"]["Error"] == "States.Timeout"


def test_an_unknown_function_fails_with_the_error_of_the_lambda_service(machines: Machines) -> None:
    ended = machines.run(close_recording(machines, "no-such-function"), {"failures": 0})
    assert ended["error"] == "Lambda.ResourceNotFoundException"
