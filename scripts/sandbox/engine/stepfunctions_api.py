"""What clients see of executions: names, ends, history and task tokens, answered as AWS answers."""

import datetime as dt
import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackEndpoint,
    CallbackOutcome,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError, ProgramStopped
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from scripts.sandbox.engine import service_metrics
from scripts.sandbox.engine.seams import replace

HISTORY_PAGE = 100  # GetExecutionHistory: "The default is 100 and the maximum allowed page size is 1000."
_start_lock = threading.Lock()
_token_lock = threading.Lock()


class TaskTimedOutError(AWSError):
    """The token's task is over: expired, answered before, or ended with its execution (SendTaskSuccess)."""

    TYPE = "TaskTimedOut"


class InvalidTokenError(AWSError):
    """No task ever had this token, or no page (SendTaskSuccess and GetExecutionHistory, Errors)."""

    TYPE = "InvalidToken"


class InvalidOutputError(AWSError):
    """The output of a task is not JSON (SendTaskSuccess, Errors)."""

    TYPE = "InvalidOutput"


def install() -> None:
    """Replace what moto answers about executions and tokens."""
    replace(StepFunctionsParserBackend, "start_execution", _start_execution)
    replace(StepFunctionsParserBackend, "_get_executions", _evaluating)
    replace(Execution, "status", lambda _original: property(_status))
    replace(BaseExecutionWorkerCommunication, "terminated", _terminated)
    replace(StepFunctionResponse, "stop_execution", lambda _original: _stop_execution)
    replace(StepFunctionResponse, "get_execution_history", lambda _original: _get_execution_history)
    replace(StepFunctionResponse, "describe_execution", _describe_execution)
    replace(StepFunctionResponse, "list_executions", _list_executions)
    replace(StepFunctionResponse, "send_task_success", lambda _original: _send_task_success)
    replace(StepFunctionResponse, "send_task_failure", lambda _original: _send_task_failure)
    replace(StepFunctionResponse, "send_task_heartbeat", lambda _original: _send_task_heartbeat)


def _start_execution(original: Callable[..., Any]) -> Callable[..., Any]:
    """A name is made up where none is given, and of two starts with one name only one starts.

    Source: AWS Step Functions API, StartExecution (idempotent for the same name and input while running).
    """

    def start(
        backend: Any,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        **rest: Any,
    ) -> Any:
        if name:
            backend._validate_name(name)
        with _start_lock:
            return original(backend, state_machine_arn, name or str(uuid.uuid4()), execution_input, **rest)

    return start


def _evaluating(original: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Leave out executions whose thread has not begun: they have no environment to look into yet."""
    return lambda backend, *status: [
        e for e in original(backend, *status) if e.exec_worker and e.exec_worker.env
    ]


def _status(execution: Any) -> str:
    return str((execution.exec_status or ExecutionStatus.RUNNING).value)


def _terminated(original: Callable[[Any], None]) -> Callable[[Any], None]:
    """Set output, error and cause before the status that promises them; a stopped execution stays stopped."""

    def end(communication: Any) -> None:
        execution = communication.execution
        if execution.exec_status == ExecutionStatus.ABORTED:
            return
        environment = execution.exec_worker.env
        state = environment.program_state()
        if isinstance(state, ProgramEnded):
            execution.output = environment.states.get_input()
        elif isinstance(state, ProgramError):
            details = state.error or {}
            execution.error, execution.cause = details.get("error"), details.get("cause")
        original(communication)

    return end


def _stop_execution(request: Any) -> ActionResult:
    """ABORTED at once, with the error and cause given; an ended execution is left as it is."""
    execution = request.stepfunction_backend.describe_execution(request._get_param("executionArn"))
    now = dt.datetime.now(tz=dt.UTC)
    error, cause = request._get_param("error"), request._get_param("cause")
    _await_environment(execution)
    if _status(execution) == "RUNNING":
        environment = execution.exec_worker.env
        environment.set_stop(stop_date=now, error=error, cause=cause)
        if isinstance(environment.program_state(), ProgramStopped):
            execution.error, execution.cause, execution.stop_date = error, cause, now
            execution.exec_status = ExecutionStatus.ABORTED
            service_metrics.count_end(execution)
    return ActionResult({"stopDate": execution.stop_date or now})


def _await_environment(execution: Any) -> None:
    """Wait until the execution's thread has begun, which takes as long as parsing its definition."""
    for _ in range(1000):
        environment = execution.exec_worker and execution.exec_worker.env
        if environment and environment.program_state() is not None:
            return
        threading.Event().wait(0.01)
    raise RuntimeError(f"{execution.execution_arn} did not begin within 10 seconds")


def _get_execution_history(request: Any) -> ActionResult:
    """Events in either order, page by page; the token is the place of the next event."""
    execution = request.stepfunction_backend.describe_execution(request._get_param("executionArn"))
    events = list(execution.to_history_output()["events"])
    if request._get_param("reverseOrder"):
        events.reverse()
    token = request._get_param("nextToken") or "0"
    if not token.isdecimal():
        raise InvalidTokenError(f"Invalid Token: '{token}'")
    first = int(token)
    end = first + int(request._get_param("maxResults") or HISTORY_PAGE)
    answer: dict[str, Any] = {"events": events[first:end]}
    if end < len(events):
        answer["nextToken"] = str(end)
    return ActionResult(answer)


def _describe_execution(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Add the end of a timed out execution, which moto leaves out."""

    def describe(request: Any) -> Any:
        answer = original(request)
        execution = request.stepfunction_backend.describe_execution(request._get_param("executionArn"))
        if execution.stop_date and _status(execution) == "TIMED_OUT":
            answer.result["stopDate"] = execution.stop_date
        return answer

    return describe


def _list_executions(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Add the ends of timed out executions, which moto leaves out."""

    def listed(request: Any) -> Any:
        answer = original(request)
        for item in answer.result["executions"]:
            if item["status"] == "TIMED_OUT":
                execution = request.stepfunction_backend.describe_execution(item["executionArn"])
                item["stopDate"] = execution.stop_date
        return answer

    return listed


def _send_task_success(request: Any) -> ActionResult:
    token, output = request._get_param("taskToken"), request._get_param("output")
    try:
        json.loads(output)
    except (TypeError, ValueError) as fault:
        raise InvalidOutputError(f"Invalid Output: '{fault}'") from fault
    _answer(request, token, CallbackOutcomeSuccess(callback_id=token, output=output))
    return EmptyResult()


def _send_task_failure(request: Any) -> ActionResult:
    token = request._get_param("taskToken")
    error, cause = request._get_param("error"), request._get_param("cause")
    _answer(request, token, CallbackOutcomeFailure(callback_id=token, error=error, cause=cause))
    return EmptyResult()


def _send_task_heartbeat(request: Any) -> ActionResult:
    _waiting(request, request._get_param("taskToken")).notify_heartbeat()
    return EmptyResult()


def _answer(request: Any, token: str, outcome: CallbackOutcome) -> None:
    with _token_lock:
        _waiting(request, token).notify(outcome=outcome)


def _waiting(request: Any, token: str) -> CallbackEndpoint:
    """The task that waits for `token`; only the first answer to it counts."""
    for execution in request.stepfunction_backend._get_executions():
        endpoint: CallbackEndpoint | None = execution.exec_worker.env.callback_pool_manager.get(token)
        if endpoint is None:
            continue
        # Set by the first answer and when the task ends in any other way.
        if endpoint._notify_event.is_set() or _status(execution) != "RUNNING":
            raise TaskTimedOutError("Task Timed Out: 'Provided task does not exist anymore'")
        return endpoint
    raise InvalidTokenError("Invalid Token: 'Invalid token'")
