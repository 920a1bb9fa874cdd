"""The state machine's shape: what cfn-lint does not look at, and what we ask beyond AWS."""

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.checks.definitions import State, machines, targets

_ENDINGS = frozenset({"Succeed", "Fail"})


def findings(definition: Mapping[str, Any]) -> Iterator[str]:
    """Targets that do not exist, states nobody reaches, and tasks without a net; inside of Maps too."""
    for machine in machines(definition):
        yield from _machine(machine)
    if "TimeoutSeconds" not in definition:
        yield "the execution has no time limit"


def _machine(definition: Mapping[str, Any]) -> Iterator[str]:
    states: Mapping[str, State] = definition["States"]
    if definition["StartAt"] not in states:
        yield f"StartAt names {definition['StartAt']}, which does not exist"
    for name, state in states.items():
        yield from (
            f"{name} goes to {each}, which does not exist" for each in targets(state) if each not in states
        )
        yield from _ends(name, state)
        if state["Type"] == "Task":
            yield from _net(name, state)
    unreached = set(states) - reachable(definition["StartAt"], states)
    yield from (f"{name} is never reached" for name in states if name in unreached)


def reachable(start: str, states: Mapping[str, State]) -> set[str]:
    """Every state that a path leads to."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in states and name not in seen:
            seen.add(name)
            waiting.extend(targets(states[name]))
    return seen


def _ends(name: str, state: State) -> Iterator[str]:
    """Every state but a Choice and an ending goes on or says End, and not both."""
    ways = ("Next" in state) + bool(state.get("End"))
    if state["Type"] in _ENDINGS and ways:
        yield f"{name} is an ending and goes on"
    if state["Type"] not in {*_ENDINGS, "Choice"} and ways != 1:
        yield f"{name} needs Next or End, and one of them only"
    if state["Type"] == "Choice" and "Default" not in state:
        yield f"{name} has no Default: a choice that fits nothing fails the execution"


def _net(name: str, state: State) -> Iterator[str]:
    """A task has a time limit, tries again, and hands every error on.

    A Fail state, redriven, fails again; so a task may leave errors uncaught where a redrive shall begin, and
    says so in its comment.
    """
    if not {"TimeoutSeconds", "TimeoutSecondsPath"} & set(state):
        yield f"{name} has no time limit"
    if not state.get("Retry"):
        yield f"{name} never tries again"
    caught = [catcher["ErrorEquals"] for catcher in state.get("Catch", ())]
    redriven = caught and "redrive begins here" in state.get("Comment", "")
    if not redriven and (not caught or caught[-1] != ["States.ALL"]):
        yield f"{name} does not catch every error: its last Catch must be States.ALL"
