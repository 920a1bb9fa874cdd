"""What the state machine hands to its functions, and what they answer; `recording.asl.json` reads both."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from msgspec import Meta, Struct, field

from hub.domain.notices import AboutRecording
from hub.domain.recordings import Ending, Recording, as_document, ending_of, recording_id
from hub.domain.sweeping import FINDINGS
from hub.domain.sweeping import Kind as SweepKind
from hub.reporting.question import question
from orgconfig.names import Names
from orgconfig.reading import Text, read


class _Call(Struct, frozen=True, kw_only=True):
    @classmethod
    def read(cls, document: object) -> Self:
        """The call that arrived.

        Raises:
            ReadingError: It is no such call; nothing of it is repeated.

        """
        return read(cls, document)


class _OfExecution(_Call, frozen=True, kw_only=True):
    """What started the execution: an alarm's event, or a recording that was lost."""

    event: Mapping[str, Any]
    execution: str
    started: datetime

    @property
    def lost(self) -> str | None:
        """The recording that this execution carries on."""
        return self.event.get("lost")

    @property
    def identity(self) -> str:
        """The recording that it carries on, or would open."""
        return self.lost or recording_id(self.execution, self.started)


class Opening(_OfExecution, frozen=True, kw_only=True):
    """OpenRecording."""


def message(cause: str) -> str:
    """The message alone: a function's error is JSON (Step Functions Developer Guide, "Error handling")."""
    try:
        document = json.loads(cause)
    except ValueError:
        return cause
    message = document.get("errorMessage") if isinstance(document, Mapping) else None
    return message if isinstance(message, str) else cause


class _Ended(_Call, frozen=True, kw_only=True):
    error: str | None = field(default=None, name="Error")
    told: str | None = field(default=None, name="Cause")
    recovered_at: datetime | None = None

    @property
    def cause(self) -> str | None:
        """What happened, as a person reads it."""
        return None if self.told is None else message(self.told)

    def in_words(self) -> str | None:
        """Error and cause as one sentence."""
        return ": ".join(filter(None, (self.error, self.cause))) or None


class Closing(_OfExecution, frozen=True, kw_only=True):
    """CloseRecording: the same, and how the wait ended; `gone` where its spoke and flow logs are."""

    ended: _Ended
    gone: bool = False

    def ending(self) -> tuple[Ending, str | None]:
        """What ended the recording, and more words for people."""
        was_open = "opened" in self.event
        return ending_of(self.ended.error, self.ended.cause, was_open=was_open)


class Stopping(_Call, frozen=True, kw_only=True):
    """NoteRecovery, as `natrec stop` calls it: which recording, and who ends it."""

    recording: str
    by: Annotated[Text, Meta(min_length=1, max_length=2048)]


class Telling(_Call, frozen=True, kw_only=True):
    """Tell: which notice, about which recording; named by its execution where nothing else is known.

    A test is about none, and says who asked for it.
    """

    kind: AboutRecording | Literal["test"]
    recording: str | None = None
    asked_by: str = ""
    event: Mapping[str, Any] = {}
    execution: str | None = None
    started: datetime | None = None
    fault: _Ended = _Ended()

    def identity(self) -> str:
        """The recording's id.

        Raises:
            ValueError: The call names neither a recording nor an execution.

        """
        named: str | None = self.recording or self.event.get("lost")
        if named:
            return named
        if self.execution and self.started:
            return recording_id(self.execution, self.started)
        raise ValueError("a notice needs a recording or an execution")


class Starting(_Call, frozen=True, kw_only=True):
    """TellStarted: which recording has begun, and how often the step was tried before."""

    recording: str
    retried: int = 0


class Reporting(Starting, frozen=True, kw_only=True):
    """WriteReport: the same, and the query that has asked for its talkers."""

    query: str


class Sweeping(_Call, frozen=True, kw_only=True):
    """SweepPlan: which sweep; a run that was started by hand without saying is a quick one."""

    kind: SweepKind = "quick"


class SweepingBatch(Sweeping, frozen=True, kw_only=True):
    """SweepBatch: one of the batches of a plan."""

    batch: int = 0
    of: int = 1


class Swept(_Call, frozen=True, kw_only=True):
    """What one batch answered; one that failed answers its error."""

    targets: int = 0
    skipped: int = 0
    unreachable: int = 0
    findings: Mapping[str, int] = {}
    problems: int = 0
    failed: _Ended | None = None


class Summarizing(Sweeping, frozen=True, kw_only=True):
    """SweepSummary: all batches of one run."""

    swept: tuple[Swept, ...] = ()


def planned_answer(kind: SweepKind, batches: int) -> dict[str, object]:
    """The batches by their numbers: a state's output is limited to 256 KB."""
    items = [{"kind": kind, "batch": batch, "of": batches} for batch in range(batches)]
    return {"kind": kind, "batches": items}


def summary_answer(call: Summarizing) -> dict[str, int]:
    """Everything added up; `failed` counts batches that ended without an answer."""
    findings: Counter[str] = Counter(dict.fromkeys(FINDINGS, 0))
    for each in call.swept:
        findings.update(each.findings)
    return {
        "batches": len(call.swept),
        "failed": sum(each.failed is not None for each in call.swept),
        "targets": sum(each.targets for each in call.swept),
        "skipped": sum(each.skipped for each in call.swept),
        "unreachable": sum(each.unreachable for each in call.swept),
        "problems": sum(each.problems for each in call.swept),
        **findings,
    }


def opened_answer(recording: Recording, now: datetime) -> dict[str, object]:
    """The recording and how long to wait for its recovery."""
    return {**as_document(recording), "wait_seconds": recording.wait_seconds(now)}


def closed_answer(recording: Recording, names: Names) -> dict[str, object]:
    """The recording, how long to wait for its records, and what to ask Athena about them."""
    return {
        **as_document(recording),
        "delivery_wait_seconds": int(recording.delivery_wait.total_seconds()),
        "query": question(recording, names) if recording.has_recorded else None,
    }


def reported_answer(recording: Recording, more_in: timedelta) -> dict[str, object]:
    """The recording with its report, and in how many seconds to look for more records; 0 when it is whole."""
    return {**as_document(recording), "more_in_seconds": math.ceil(more_in.total_seconds())}
