"""How tasks of an execution end: stopped, late, without a heartbeat, and which errors a state may catch."""

from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import Heartbeat
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import Timeout, TimeoutSeconds
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callbacks,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import HeartbeatTimeoutError
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut

from scripts.sandbox.engine.seams import replace

LOST = StatesErrorName(typ=StatesErrorNameType.StatesHeartbeatTimeout)
LATE = StatesErrorName(typ=StatesErrorNameType.StatesTimeout)
UNCATCHABLE = (
    StatesErrorName(typ=StatesErrorNameType.StatesRuntime),
    StatesErrorName(typ=StatesErrorNameType.StatesStatesDataLimitExceeded),
)


def install() -> None:
    """Let tasks end as AWS ends them."""
    _end_waits_when_stopped()
    _repair_heartbeats()
    _name_errors_as_aws()


def _end_waits_when_stopped() -> None:
    """A task that waits for its token ends with its execution, and its end does not count as a failure.

    Source: AWS Step Functions API, StopExecution. moto keeps the execution RUNNING until the task's own time
    limit, then calls it FAILED.
    """
    replace(Environment, "set_stop", _waking_waits)
    replace(Environment, "set_timed_out", _waking_waits)
    replace(Environment, "set_error", _unless_ended)
    replace(ExecutionState, "_evaluate_with_timeout", _failing_only_while_running)


def _waking_waits(original: Callable[..., None]) -> Callable[..., None]:
    def end(env: Any, *args: Any, **kwargs: Any) -> None:
        original(env, *args, **kwargs)
        if not env.is_frame():
            for endpoint in list(env.callback_pool_manager._pool.values()):
                endpoint.interrupt_all()

    return end


def _unless_ended(original: Callable[..., None]) -> Callable[..., None]:
    def set_error(env: Any, error: Any) -> None:
        if not isinstance(env.program_state(), ProgramStopped | ProgramTimedOut):
            original(env, error)

    return set_error


def _failing_only_while_running(original: Callable[..., None]) -> Callable[..., None]:
    def evaluate(state: Any, env: Any) -> None:
        try:
            original(state, env)
        except Exception:
            if env.is_running():
                raise

    return evaluate


def _repair_heartbeats() -> None:
    """A lost heartbeat is `States.HeartbeatTimeout`, and a heartbeat alone puts no limit on the task.

    Source: AWS Step Functions, "Handling errors in Step Functions workflows" and "Task workflow state"
    (`TimeoutSeconds` defaults to 99999999). moto assumes 60 seconds.
    """

    def from_props(original: Callable[..., None]) -> Callable[..., None]:
        def made(state: Any, state_props: Any) -> None:
            original(state, state_props)
            if state_props.get(Heartbeat) is not None and state_props.get(Timeout) is None:
                state.timeout = TimeoutSeconds(TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS, is_default=True)

        return made

    def from_error(original: Callable[..., Any]) -> Callable[..., Any]:
        def event(state: Any, env: Any, ex: Exception) -> Any:
            failure = original(state, env, ex)
            if not isinstance(ex, HeartbeatTimeoutError):
                return failure
            failure.event_details["taskTimedOutEventDetails"]["error"] = LOST.error_name
            return FailureEvent(env, LOST, failure.event_type, failure.event_details)

        return event

    replace(ExecutionState, "from_state_props", from_props)
    replace(callbacks.StateTaskServiceCallback, "_from_error", from_error)


def _name_errors_as_aws() -> None:
    """`States.Timeout` covers a lost heartbeat; `States.ALL` neither a runtime error nor too much data.

    Source: AWS Step Functions, "Handling errors in Step Functions workflows" ("A retry or catch on States.ALL
    won't catch States.Runtime errors"; DataLimitExceeded: "can't be caught by the States.ALL error type").
    """

    def matches(original: Callable[..., None]) -> Callable[..., None]:
        def evaluated(decl: Any, env: Any) -> None:
            error = env.stack[-1]
            if error in UNCATCHABLE and error not in decl.error_names:
                env.stack[-1] = False
                return
            if error == LOST and LATE in decl.error_names:
                env.stack[-1] = LATE
            original(decl, env)

        return evaluated

    replace(ErrorEqualsDecl, "_eval_body", matches)
