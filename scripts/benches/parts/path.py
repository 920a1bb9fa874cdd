"""The critical path: calls, state transitions and invocations of one recording in a running sandbox.

Beside them stand those of the state machine of natrec's ancestor, counted in its definition: six states on a
gateway's first alarm and eight on a later one until its flow log is created, four after it, and no report.
"""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.benches.calls import (
    INVOKE,
    Call,
    before_flow_logs,
    beside,
    read,
    states,
    story,
    to_flow_logs,
    until_flow_logs,
)
from scripts.benches.findings import Figure, Findings
from scripts.benches.options import Options
from scripts.benches.running import Say
from scripts.benches.targets import CALLS, STATES_A_RECORDING
from scripts.sandbox.remote import ask_at
from scripts.stories import witnesses
from scripts.stories.places import Document, Organization, eventually
from scripts.stories.running import sandbox
from scripts.stories.sweeps import paused

# States until the flow log is created, on the first alarm of a gateway and on later ones; and after it.
ANCESTOR, ANCESTOR_AFTER = (6, 8), 4
_SPIKE = {"mbps": 800, "seconds": 5, "direction": "download"}
_PATIENCE = 120


@dataclass(frozen=True)
class Counted:
    """One recording, counted.

    Attributes:
        calls: Every call of natrec's roles, from the rise of the traffic to the last notice.
        entered: The states that the execution entered.
        invocations: How often each function ran.

    """

    calls: Sequence[Call]
    entered: Sequence[str]
    invocations: Mapping[str, int]


def measure(_: Options, say: Say) -> Findings:
    """One recording with cold functions, its report included."""
    say("starting a sandbox")
    with sandbox() as running, tempfile.TemporaryDirectory() as work:
        organization, file = Organization(running.line), Path(work) / "calls.jsonl"
        before = _invocations(organization)
        with paused(organization):
            say("one recording, from its spike to its report")
            execution = _record(organization, file)
        calls = tuple(read(file.read_text().splitlines()))
        history = organization.hub("stepfunctions").get_execution_history(
            executionArn=execution, maxResults=1000
        )
        invocations = _invocations(organization) - before
    counted = Counted(calls, states(history["events"]), invocations)
    return Findings(figures(counted), details=_details(counted))


def _record(organization: Organization, file: Path) -> str:
    """Make a spike; answers the ARN of its execution when all is over."""
    endpoint, gateway = organization.line["endpoint"], organization.line["gateways"][0]
    ask_at(endpoint, "access", {"file": str(file)})
    place = {"account": gateway["account"], "region": gateway["region"], "gateway": gateway["id"]}
    ask_at(endpoint, "traffic", {**place, **_SPIKE})
    ended = eventually(lambda: _ended(organization), _PATIENCE, every=0.5)
    organization.notices_are_delivered()
    ask_at(endpoint, "access", {"file": None})
    return str(ended[0]["executionArn"])


def _ended(organization: Organization) -> list[Document]:
    return [each for each in witnesses.executions(organization) if each["status"] != "RUNNING"]


def _invocations(organization: Organization) -> Counter[str]:
    """How often each function has run, as its log tells."""
    logs, found = organization.hub("logs"), Counter[str]()
    for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
        name = group["logGroupName"]
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
        events = (each["message"] for page in pages for each in page["events"])
        found[name.rpartition("/")[2]] = sum(each.startswith("START RequestId") for each in events)
    return found


def figures(counted: Counted) -> tuple[Figure, ...]:
    """What is promised of the way to the flow log, and of the whole recording."""
    path, before, whole = to_flow_logs(counted.calls), before_flow_logs(counted.entered), len(counted.entered)
    invoked = sum(each.operation == INVOKE for each in until_flow_logs(counted.calls))
    total = sum(counted.invocations.values())
    calls = len(counted.calls)
    first, later = ANCESTOR
    return (
        Figure(
            "onset",
            f"{_many(len(before), 'transition')}, {_many(invoked, 'invocation')}, {_many(len(path), 'call')}",
            f"{len(before)} to the ancestor's {first} to {later} transitions",
            len(before) == 1 and invoked == 1 and len(path) <= CALLS,
        ),
        Figure(
            "recording",
            f"{_many(whole, 'transition')}; {_many(total, 'invocation')}, {_many(calls, 'call')}",
            f"{whole} to the ancestor's {first + ANCESTOR_AFTER} to {later + ANCESTOR_AFTER}",
            whole <= STATES_A_RECORDING,
        ),
    )


def _many(count: int, of: str) -> str:
    return f"{count} {of}" + ("s" if count != 1 else "")


def _details(counted: Counted) -> dict[str, object]:
    return {
        "to_flow_logs": [str(each) for each in to_flow_logs(counted.calls)],
        "story": [str(each) for each in story(counted.calls)],
        "beside": {who: [each.operation for each in calls] for who, calls in beside(counted.calls).items()},
        "states": list(counted.entered),
        "invocations": {name: count for name, count in sorted(counted.invocations.items()) if count},
    }
