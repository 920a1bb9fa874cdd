"""What the state machine hands to the functions of a recording, and what they answer.

`recording.asl.json` reads both; `telling_calls.py` and `sweep_calls.py` have what the others take.
"""

import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from msgspec import Meta, Struct, field

from hub.domain.recordings import Ending, Recording, as_document, ending_of, recording_id
from hub.reporting.question import question
from orgconfig.names import Names
from orgconfig.reading import Text, read


class Call(Struct, frozen=True, kw_only=True):
    """What a step hands over; more than is asked for is passed over."""

    @classmethod
    def read(cls, document: object) -> Self:
        """The call that arrived.

        Raises:
            ReadingError: It is no such call; nothing of it is repeated.

        """
        return read(cls, document)


class OfExecution(Call, frozen=True, kw_only=True):
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


class Opening(OfExecution, frozen=True, kw_only=True):
    """OpenRecording."""


def message(cause: str) -> str:
    """The message alone: a function's error is JSON (Step Functions Developer Guide, "Error handling")."""
    try:
        document = json.loads(cause)
    except ValueError:
        return cause
    message = document.get("errorMessage") if isinstance(document, Mapping) else None
    return message if isinstance(message, str) else cause


class Ended(Call, frozen=True, kw_only=True):
    """How a wait or a step ended."""

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


class Closing(OfExecution, frozen=True, kw_only=True):
    """CloseRecording: the same, and how the wait ended; `gone` where its spoke and flow logs are."""

    ended: Ended
    gone: bool = False

    def ending(self) -> tuple[Ending, str | None]:
        """What ended the recording, and more words for people."""
        was_open = "opened" in self.event
        return ending_of(self.ended.error, self.ended.cause, was_open=was_open)


class Stopping(Call, frozen=True, kw_only=True):
    """NoteRecovery, as `natrec stop` calls it: which recording, and who ends it."""

    recording: str
    by: Annotated[Text, Meta(min_length=1, max_length=2048)]


class Starting(Call, frozen=True, kw_only=True):
    """TellStarted: which recording has begun, and how often the step was tried before."""

    recording: str
    retried: int = 0


class Reporting(Starting, frozen=True, kw_only=True):
    """WriteReport: the same, and the query that has asked for its talkers."""

    query: str


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
