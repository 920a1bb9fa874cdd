"""What whoever tells of something is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from hub.calls import Call, Ended
from hub.domain.notices import AboutRecording
from hub.domain.recordings import recording_id


class Telling(Call, frozen=True, kw_only=True):
    """Tell: which notice, about which recording; named by its execution where nothing else is known.

    A test is about none, and says who asked for it.
    """

    kind: AboutRecording | Literal["test"]
    recording: str | None = None
    asked_by: str = ""
    event: Mapping[str, Any] = {}
    execution: str | None = None
    started: datetime | None = None
    fault: Ended = Ended()

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
