"""Executions as Step Functions provides them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.adapters.sessions import Sessions
from hub.domain.errors import RecordingFault

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# Step Functions API reference, SendTaskSuccess: the wait is over already.
_WAITS_NO_MORE = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


@dataclass(frozen=True)
class StepFunctions:
    """The executions of the state machine.

    Attributes:
        sessions: Makes the client.
        machine: ARN of the state machine.

    """

    sessions: Sessions
    machine: str

    @property
    def _client(self) -> "SFNClient":
        client: SFNClient = self.sessions.hub("stepfunctions")
        return client

    @calls("waiting executions", "states:SendTaskSuccess")
    def wake(self, task_token: str, recovered_at: datetime | None = None) -> None:
        """End the wait of an execution; it learns when its gateway recovered, where that is known."""
        known = {"recovered_at": recovered_at.isoformat()} if recovered_at else {}
        output = json.dumps({"ended": "recovered", **known})
        with told_as(RecordingFault, "waking the execution"):
            try:
                self._client.send_task_success(taskToken=task_token, output=output)
            except ClientError as error:
                if code_of(error) not in _WAITS_NO_MORE:
                    raise

    @calls("executions", "states:DescribeExecution")
    def is_running(self, execution: str) -> bool:
        """Whether it is running; one that Step Functions has forgotten is not."""
        with told_as(RecordingFault, f"describing {execution}"):
            try:
                status = self._client.describe_execution(executionArn=execution)["status"]
            except ClientError as error:
                if code_of(error) != "ExecutionDoesNotExist":
                    raise
                return False
        return status in {"RUNNING", "PENDING_REDRIVE"}

    @calls("list of executions", "states:ListExecutions")
    def running(self) -> frozenset[str]:
        """Every execution that runs, from a list that is a moment old (API reference, ListExecutions)."""
        with told_as(RecordingFault, "listing executions"):
            pages = self._client.get_paginator("list_executions").paginate(
                stateMachineArn=self.machine, statusFilter="RUNNING"
            )
            return frozenset(each["executionArn"] for page in pages for each in page["executions"])

    @calls("state machine", "states:StartExecution")
    def start(self, name: str, event: Mapping[str, object]) -> bool:
        """Start an execution (API reference, StartExecution: with a name that was used, nothing starts).

        Started twice with one input, a running execution answers as if it had been started now.
        """
        with told_as(RecordingFault, f"starting {name}"):
            try:
                self._client.start_execution(
                    stateMachineArn=self.machine, name=name, input=json.dumps(event, sort_keys=True)
                )
            except ClientError as error:
                if code_of(error) != "ExecutionAlreadyExists":
                    raise
                return False
        return True
