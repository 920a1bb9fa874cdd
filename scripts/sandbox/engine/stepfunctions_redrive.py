"""RedriveExecution: an execution that ended badly goes on from the state that it ended in.

Source: AWS Step Functions, "Restarting state machine executions with redrive" (a Task state is scheduled
again, a Fail state fails again, states before are not run again) and API reference, RedriveExecution.
"""

import datetime as dt
import json
from typing import Any

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.responses import StepFunctionResponse

from scripts.sandbox.engine.seams import add

_UNSUCCESSFUL = frozenset({ExecutionStatus.FAILED, ExecutionStatus.ABORTED, ExecutionStatus.TIMED_OUT})


class ExecutionNotRedrivableError(AWSError):
    """It runs, or succeeded (RedriveExecution, Errors)."""

    TYPE = "ExecutionNotRedrivable"


def install() -> None:
    """Add the operation."""
    add(StepFunctionResponse, "redrive_execution", _redrive_execution)


class _Redriven(ExecutionWorker):
    """Begins in one state, with the input that it had; the history goes on."""

    def __init__(self, before: Any, state: str, given: Any) -> None:
        super().__init__(
            before._evaluation_details,
            before._execution_communication,
            before._cloud_watch_logging_session,
            before._activity_store,
        )
        self._before, self._state, self._given = before.env, state, given

    def _get_evaluation_entrypoint(self) -> Any:
        program: Any = super()._get_evaluation_entrypoint()
        program.start_at.start_at_name = self._state  # a copy of its own
        return program

    def _get_evaluation_environment(self) -> Any:
        environment = super()._get_evaluation_environment()
        environment.states.reset(self._given)
        environment.event_manager = self._before.event_manager
        return environment

    def _execution_logic(self) -> None:
        program = self._get_evaluation_entrypoint()
        self.env = environment = self._get_evaluation_environment()
        environment.event_manager.add_event(
            context=environment.event_history_context, event_type=HistoryEventType.ExecutionRedriven
        )
        program.eval(environment)
        self._execution_communication.terminated()


def _redrive_execution(request: Any) -> ActionResult:
    execution = request.stepfunction_backend.describe_execution(request._get_param("executionArn"))
    if execution.exec_status not in _UNSUCCESSFUL:
        raise ExecutionNotRedrivableError(f"Execution is not redrivable: '{execution.execution_arn}'")
    events = execution.to_history_output()["events"]
    last = [each for each in events if "stateEnteredEventDetails" in each][-1]["stateEnteredEventDetails"]
    worker: Any = _Redriven(execution.exec_worker, last["name"], json.loads(last["input"]))
    execution.exec_worker = worker
    execution.error = execution.cause = execution.stop_date = None
    execution.exec_status = ExecutionStatus.RUNNING
    worker.start()
    return ActionResult({"redriveDate": dt.datetime.now(tz=dt.UTC)})
