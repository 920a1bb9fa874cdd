"""What the state machine hands to its functions, and what they answer; `recording.asl.json` reads both."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hub.domain.notices import Kind
from hub.domain.recordings import Ending, Recording, as_document, ending_of, recording_id


class _Call(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Opening(_Call):
    """OpenRecording: the event that started the execution."""

    event: Mapping[str, Any]
    execution: str
    started: datetime


def _message(cause: str) -> str:
    """The message alone: a function's error is JSON (Step Functions Developer Guide, "Error handling")."""
    try:
        document = json.loads(cause)
    except ValueError:
        return cause
    message = document.get("errorMessage") if isinstance(document, Mapping) else None
    return message if isinstance(message, str) else cause


class _Ended(_Call):
    error: str | None = Field(default=None, alias="Error")
    cause: Annotated[str, AfterValidator(_message)] | None = Field(default=None, alias="Cause")

    def in_words(self) -> str | None:
        """Error and cause as one sentence."""
        return ": ".join(filter(None, (self.error, self.cause))) or None


class Closing(_Call):
    """CloseRecording: the same, and how the wait ended."""

    event: Mapping[str, Any]
    execution: str
    started: datetime
    ended: _Ended

    def ending(self) -> tuple[Ending, str | None]:
        """What ended the recording, and more words for people."""
        was_open = "opened" in self.event
        return ending_of(self.ended.error, self.ended.cause, was_open=was_open)


class Telling(_Call):
    """Tell: which notice, about which recording; named by its execution where nothing else is known."""

    kind: Kind
    recording: str | None = None
    execution: str | None = None
    started: datetime | None = None
    fault: _Ended = _Ended()

    def identity(self) -> str:
        """The recording's id.

        Raises:
            ValueError: The call names neither a recording nor an execution.

        """
        if self.recording:
            return self.recording
        if self.execution and self.started:
            return recording_id(self.execution, self.started)
        raise ValueError("a notice needs a recording or an execution")


class Reporting(_Call):
    """WriteReport: the recording."""

    recording: str


def opened_answer(recording: Recording, now: datetime) -> dict[str, object]:
    """The recording and how long to wait for its recovery."""
    return {**as_document(recording), "wait_seconds": recording.wait_seconds(now)}


def closed_answer(recording: Recording) -> dict[str, object]:
    """The recording and how long to wait for its records."""
    wait = int(recording.delivery_wait.total_seconds())
    return {**as_document(recording), "delivery_wait_seconds": wait}
