"""The story of one recording: what its execution, the functions' logs and the table say, in order of time."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from hub.adapters.told import TableTold
from hub.calls import message
from orgconfig.names import Names
from scripts.cli.deploying import Ways
from stacksets.functions import FUNCTIONS
from stacksets.loading import load_config

Document = Mapping[str, Any]

# Logs begin with the event that started it, and end when nothing may come any more.
# How a line of metrics begins (CloudWatch User Guide, "Embedded metric format"): it counts what others tell.
_METRICS = '{"_aws":'
_BEFORE, _AFTER = timedelta(minutes=15), timedelta(days=2)
_TIMES = {
    "onset_at": "onset",
    "first_at": "first refused",
    "opened_at": "opened",
    "flow_logs_at": "flow logs on",
    "suspected_at": "suspects looked for",
    "recovered_at": "recovered",
    "closed_at": "closed",
    "last_at": "last refused",
}
# Of a function's line, what tells most beside its message; the rest is in the log.
_TELLING = (
    "finding",
    "by",
    "alarm",
    "still_in_alarm",
    "kind",
    "destination",
    "why",
    "attempt",
    "problem",
    "problems",
)
# Local time with its offset (Powertools for AWS Lambda, Logger, "Standard structured keys").
_STAMP = "%Y-%m-%d %H:%M:%S,%f%z"


@dataclass(frozen=True)
class Moment:
    """One thing that happened.

    Attributes:
        at: When.
        source: `table`, `execution`, `log` or `notice`.
        what: In a line.

    """

    at: datetime
    source: str
    what: str

    def document(self) -> dict[str, str]:
        """As JSON."""
        return {"at": _shown(self.at), "source": self.source, "what": self.what}


@dataclass
class Trace:
    """What could be read, and what could not."""

    moments: list[Moment] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def read(self, what: str, moments: Callable[[], Iterable[Moment]], *, missing: tuple[str, ...]) -> None:
        """Read one source; that it denies or is gone is told, and keeps nothing else back.

        Args:
            what: The source.
            moments: Reads it.
            missing: Codes of AWS that say that there is nothing to read.

        """
        try:
            self.moments += moments()
        except ClientError as problem:
            code = problem.response["Error"]["Code"]
            self.unread.append(f"{what}: {'not there, or no longer' if code in missing else problem}")

    def document(self) -> dict[str, object]:
        """As JSON, in order of time; of one time, as the sources were read."""
        ordered = sorted(self.moments, key=lambda each: each.at)
        return {"trace": [each.document() for each in ordered], "unread": self.unread}


@dataclass(frozen=True)
class Sources:
    """Where the hub keeps what it did."""

    states: Any
    logs: Any
    told: TableTold
    names: Names

    def trace(self, document: Document, now: datetime) -> Trace:
        """Put the story of one recording together.

        Args:
            document: The recording, as the history has it.
            now: The time.

        """
        trace = Trace()
        trace.moments += _of_table(document)
        identity, execution = document["id"], document.get("execution")
        if execution is None:
            return trace
        gone = ("ExecutionDoesNotExist",)
        trace.read(f"execution {execution}", lambda: self._execution(execution, ""), missing=gone)
        following = f"{execution.rpartition(':')[0]}:report-{identity}"
        if document["ended_by"] == "lost":
            trace.read(
                f"execution {following}",
                lambda: self._execution(following, "report, "),
                missing=gone,
            )
        trace.moments += self._notices(identity)
        since = datetime.fromisoformat(document["onset_at"]) - _BEFORE
        until = (datetime.fromisoformat(document["closed_at"]) if document["closed_at"] else now) + _AFTER
        for function in FUNCTIONS:
            self._log(trace, function.name, identity, (since, until))
        return trace

    def _execution(self, execution: str, prefix: str) -> Iterator[Moment]:
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=execution)
        for event in (event for page in pages for event in page["events"]):
            told = _of_event(event)
            if told:
                yield Moment(event["timestamp"].astimezone(UTC), "execution", prefix + told)

    def _notices(self, identity: str) -> Iterator[Moment]:
        for told, at in self.told.times(identity).items():
            kind, _, destination = told.partition("#")
            yield Moment(at, "notice", f"{kind} delivered to {destination}")

    def _log(self, trace: Trace, name: str, identity: str, span: tuple[datetime, datetime]) -> None:
        group = f"/aws/lambda/{self.names.function(name)}"

        def lines() -> Iterator[Moment]:
            pages = self.logs.get_paginator("filter_log_events").paginate(
                logGroupName=group,
                # In quotes it is found anywhere (CloudWatch Logs User Guide, "Filter pattern syntax").
                filterPattern=f'"{identity}"',
                startTime=int(span[0].timestamp() * 1000),
                endTime=int(span[1].timestamp() * 1000),
            )
            for event in (event for page in pages for event in page["events"]):
                if not event["message"].startswith(_METRICS):
                    yield _of_line(name, event)

        trace.read(f"log {group}", lines, missing=("ResourceNotFoundException",))


def sources(config: Path, ways: Ways) -> Sources:
    """Those of the hub that a config names.

    Raises:
        NatrecError: The config or the credentials cannot be used.

    """
    loaded = load_config(config)
    hub, accounts = loaded.organization.hub, ways.accounts(loaded)

    def client(service: str) -> Any:  # noqa: ANN401 - any service's client
        return accounts(hub.account, hub.region, service)

    told = TableTold(client("dynamodb"), loaded.names.table)
    return Sources(client("stepfunctions"), client("logs"), told, loaded.names)


def as_text(trace: Trace) -> str:
    """A line for each moment, with its date where that is another day's."""
    lines = [
        f"{each['at']}  {each['source']:<9}  {each['what']}"
        for each in trace.document()["trace"]  # type: ignore[attr-defined] # a list of documents
    ]
    return "\n".join([*lines, *(f"not read: {each}" for each in trace.unread)])


def _of_table(document: Document) -> Iterator[Moment]:
    for name, what in _TIMES.items():
        if document.get(name):
            yield Moment(datetime.fromisoformat(document[name]), "table", f"{what}{_detail(name, document)}")


def _detail(name: str, document: Document) -> str:
    if name == "opened_at":
        return f", {document['opened_by']}"
    if name == "closed_at":
        return f": {document['reason']}"
    if name == "last_at":
        return f", {document['times']} times: {document['text']}"
    return f" of {', '.join(document['alarms'])}" if name == "onset_at" else ""


def _of_event(event: Mapping[str, Any]) -> str | None:
    """What an event of an execution says; most of them say nothing that its states do not.

    Source: Step Functions API reference, HistoryEvent.
    """
    kind = event["type"]
    if kind.endswith("StateEntered"):
        return f"{event['stateEnteredEventDetails']['name']} begins"
    if kind.startswith("Execution"):
        return f"execution {kind.removeprefix('Execution').lower()}{_fault(event)}"
    return f"{kind}{_fault(event)}" if kind.endswith(("Failed", "TimedOut")) else None


def _fault(event: Mapping[str, Any]) -> str:
    for name, details in event.items():
        if name.endswith("EventDetails") and {"error", "cause"} & details.keys():
            cause = " ".join(message(details.get("cause", "")).split())
            return f": {': '.join(filter(None, (details.get('error'), cause)))}"
    return ""


def _of_line(function: str, event: Mapping[str, Any]) -> Moment:
    """A function's own time is that of the line; the log's may be that of its delivery."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    try:
        line = json.loads(event["message"])
        words = f"{line['level']} {line['message']}"
    except (ValueError, KeyError, TypeError):
        return Moment(at, "log", f"{function}: {' '.join(event['message'].split())}")
    with contextlib.suppress(ValueError, KeyError, TypeError):
        at = datetime.strptime(line["timestamp"], _STAMP).astimezone(UTC)
    more = "".join(f", {name.replace('_', ' ')} {_words(line[name])}" for name in _TELLING if line.get(name))
    return Moment(at, "log", f"{function}: {words}{more}{_answer(line.get('answer'))}")


def _answer(answer: object) -> str:
    """What became of a recording; another onset that was refused for this one has its line here."""
    if not isinstance(answer, Mapping):
        return ""
    return f", {': '.join(filter(None, (answer.get('state'), answer.get('reason'))))}"


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _shown(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
