"""The calls of AWS that a recording comes to, from the sandbox's access log: what the SDK really sends.

A call that IAM is asked about in several parts, such as a transaction, is one call.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_ROLE = re.compile(r":role/(?:.+/)?natrec-(?:hub-)?(.+)$")
_WORKER = re.compile(r"worker-.+")
_OPENING, _SPOKE = "open-recording", "worker"
CREATION, INVOKE = "ec2:CreateFlowLogs", "lambda:InvokeFunction"
_MACHINE = "recording"
# Step Functions itself asks how a query goes, as often as it likes.
_POLL = "athena:GetQueryExecution"
# What one recording's execution goes through, one after the other; all else goes on beside it.
_STORY = (_MACHINE, _OPENING, _SPOKE, "tell-started", "close-recording", "write-report", "tell")
_BESIDE = ("onset", "note-recovery", "deliver-notice")


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        who: The role, without natrec's prefixes: a function, a state machine, a rule, or a spoke's worker.
        operation: As the SDK names it, as in `dynamodb:TransactWriteItems`.

    """

    who: str
    operation: str

    def __str__(self) -> str:
        return f"{self.who}: {self.operation}"


def read(lines: Iterable[str]) -> Iterator[Call]:
    """Every call of natrec's own roles, in the order in which they arrived.

    Args:
        lines: Of the access log.

    """
    seen = set()
    for line in map(json.loads, lines):
        role = _ROLE.search(line["principal"])
        if role and line["call"] not in seen:
            seen.add(line["call"])
            yield Call(_WORKER.sub(_SPOKE, role[1]), line["operation"])


def story(calls: Iterable[Call]) -> list[Call]:
    """What the execution's own steps call, in order, without Step Functions' own polls."""
    return [each for each in calls if each.who in _STORY and each != Call(_MACHINE, _POLL)]


def beside(calls: Iterable[Call]) -> dict[str, list[Call]]:
    """What goes on beside it, by who calls."""
    found = list(calls)
    return {who: [each for each in found if each.who == who] for who in _BESIDE}


def until_flow_logs(calls: Iterable[Call]) -> list[Call]:
    """Everything from the onset's arrival at the hub until CreateFlowLogs, AWS's own calls of natrec too.

    Raises:
        ValueError: No flow log was created.

    """
    found = list(calls)
    made = [at for at, each in enumerate(found) if each.operation == CREATION]
    if not made:
        raise ValueError(f"{CREATION} is not among {len(found)} calls")
    return found[: made[0] + 1]


def to_flow_logs(calls: Iterable[Call]) -> list[Call]:
    """Those of them that natrec's code makes; raises as `until_flow_logs` does."""
    return [each for each in until_flow_logs(calls) if each.who in {_OPENING, _SPOKE}]


def states(history: Sequence[dict[str, object]]) -> list[str]:
    """The states that an execution entered, as its history tells: each is a transition that is paid.

    Source: aws.amazon.com/step-functions/pricing, "each time a step of your workflow is executed".
    """
    entered = (each.get("stateEnteredEventDetails") for each in history)
    return [str(each["name"]) for each in entered if isinstance(each, dict)]


def before_flow_logs(entered: Sequence[str]) -> list[str]:
    """Those until flow logs are created: the function that does it answers nothing before."""
    return list(entered[: entered.index("OpenRecording") + 1])
