"""The state machine's own definition, run step by step: Retry, Catch and Choice as the language says.

Source: Amazon States Language specification, "Errors", "Retrying after error", "Fallback states"; AWS Step
Functions Developer Guide, "Handling errors in Step Functions workflows".
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes import ManualClock

State = Mapping[str, Any]
Context = Mapping[str, Any]


class TaskFailed(Exception):  # noqa: N818 - named as the language names it
    """A task ended with an error."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


Task = Callable[[str, State, dict[str, Any], Context], Any]


@dataclass
class Run:
    """One execution: what it went through, and how it ended."""

    arn: str
    started: str
    data: dict[str, Any]
    path: list[str] = field(default_factory=list)
    status: Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"] = "RUNNING"
    error: str | None = None

    def context(self, token: str | None = None, retried: int = 0) -> Context:
        """The context object."""
        execution = {"Id": self.arn, "StartTime": self.started}
        return {"Execution": execution, "Task": {"Token": token}, "State": {"RetryCount": retried}}


@dataclass(frozen=True)
class Interpreter:
    """Runs one definition; every task is handed to `task`, with its parameters filled in."""

    definition: Mapping[str, Any]
    task: Task
    clock: ManualClock

    def run(self, run: Run) -> None:
        """Until it ends; `TaskFailed` ends it as FAILED."""
        self._go(self.definition["StartAt"], run)

    def redrive(self, run: Run) -> None:
        """Once more from where it failed; states before are not run again, a Fail state fails again."""
        run.status, run.error = "RUNNING", None
        self._go(run.path[-1], run)

    def _go(self, name: str | None, run: Run) -> None:
        while name is not None and run.status == "RUNNING":
            run.path.append(name)
            name = self._step(name, self.definition["States"][name], run)

    def _step(self, name: str, state: State, run: Run) -> str | None:
        match state["Type"]:
            case "Task":
                return self._task(name, state, run)
            case "Choice":
                met = (rule["Next"] for rule in state["Choices"] if _holds(rule, run.data))
                following: str = next(met, state["Default"])
                return following
            case "Wait":
                self.clock.turn(seconds=read(state["SecondsPath"], run.data))
                return str(state["Next"])
            case "Pass":
                _place(state["ResultPath"], run.data, read(state["InputPath"], run.data))
                return str(state["Next"])
            case "Succeed":
                run.status = "SUCCEEDED"
            case "Fail":
                run.status = "FAILED"
                run.error = state.get("Error") or read(state["ErrorPath"], run.data)
            case other:
                raise NotImplementedError(other)
        return None

    def _task(self, name: str, state: State, run: Run) -> str | None:
        tried: Counter[int] = Counter()
        while True:
            attempt = sum(tried.values())
            context = run.context(f"{run.arn}/{name}/{attempt}", attempt)
            try:
                result = self.task(name, state, run.data, context)
            except TaskFailed as failed:
                if self._again(state, failed, tried):
                    continue
                return self._caught(state, failed, run)
            if "ResultSelector" in state:
                result = filled(state["ResultSelector"], {"Payload": result, **_mapping(result)}, {})
            _place(state.get("ResultPath", "$"), run.data, result)
            if state.get("End"):
                run.status = "SUCCEEDED"
                return None
            return str(state["Next"])

    def _again(self, state: State, failed: TaskFailed, tried: Counter[int]) -> bool:
        for index, retry in enumerate(state.get("Retry", ())):
            if not _matches(retry["ErrorEquals"], failed.error):
                continue
            if tried[index] >= retry.get("MaxAttempts", 3):
                return False
            pause = retry.get("IntervalSeconds", 1) * retry.get("BackoffRate", 2.0) ** tried[index]
            self.clock.turn(seconds=min(pause, retry.get("MaxDelaySeconds", pause)) / 2)
            tried[index] += 1
            return True
        return False

    def _caught(self, state: State, failed: TaskFailed, run: Run) -> str | None:
        for catch in state.get("Catch", ()):
            if _matches(catch["ErrorEquals"], failed.error):
                told = {"Error": failed.error, "Cause": failed.cause}
                _place(catch.get("ResultPath", "$"), run.data, told)
                return str(catch["Next"])
        run.status, run.error = "FAILED", failed.error
        return None


def _matches(names: list[str], error: str) -> bool:
    if error in names:
        return True
    tasks = "States.TaskFailed" in names and error != "States.Timeout"
    return tasks or ("States.ALL" in names and error not in {"States.Runtime", "States.DataLimitExceeded"})


def _holds(rule: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    found = read(rule["Variable"], data)
    if "NumericGreaterThan" in rule:
        return bool(found > rule["NumericGreaterThan"])
    return bool(found == rule["StringEquals"])


def _mapping(result: object) -> dict[str, Any]:
    return dict(result) if isinstance(result, Mapping) else {}


def _place(path: str | None, data: dict[str, Any], value: object) -> None:
    if path is None:
        return
    if not path.startswith("$.") or "." in path[2:]:
        raise NotImplementedError(path)
    data[path[2:]] = json.loads(json.dumps(value))


def read(path: str, data: Any, context: Context | None = None) -> Any:  # noqa: ANN401 - any JSON
    """What a reference path names.

    Raises:
        TaskFailed: States.Runtime, for it names nothing.

    """
    found, names = (context, path[2:]) if path.startswith("$$") else (data, path[1:])
    for name in filter(None, names.split(".")):
        if not isinstance(found, Mapping) or name not in found:
            raise TaskFailed("States.Runtime", f"{path} is not there")
        found = found[name]
    return found


def filled(template: Any, data: Mapping[str, Any], context: Context) -> Any:  # noqa: ANN401 - JSON
    """A payload template with its paths and its one intrinsic function resolved."""
    if not isinstance(template, Mapping):
        return template
    return {
        name.removesuffix(".$"): _resolved(value, data, context)
        if name.endswith(".$")
        else filled(value, data, context)
        for name, value in template.items()
    }


def _resolved(expression: str, data: Mapping[str, Any], context: Context) -> Any:  # noqa: ANN401 - JSON
    if not expression.startswith("States.Format("):
        return read(expression, data, context)
    text, *paths = (each.strip() for each in expression[len("States.Format(") : -1].split(","))
    return text.strip("'").format(*(read(path, data, context) for path in paths))
