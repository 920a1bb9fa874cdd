"""Tell the central team what a recording does."""

from dataclasses import dataclass

from hub.domain.destinations import Destination
from hub.domain.notices import AboutRecording
from hub.domain.recordings import Recording
from hub.notices.others import test
from hub.notices.writing import write
from hub.ports import Clock, Notices, Recordings


@dataclass(frozen=True)
class Tell:
    """Write one notice from what the history knows, and send it."""

    recordings: Recordings
    notices: Notices
    clock: Clock

    def __call__(self, kind: AboutRecording, identity: str, fault: str | None = None) -> Recording:
        """Send the notice of this kind.

        Args:
            kind: Which notice.
            identity: The recording.
            fault: What went wrong, for the kinds that tell of a failure.

        Returns:
            The recording.

        Raises:
            LookupError: The history has no such recording.

        """
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"no recording {identity}")
        self.notices.publish(write(kind, recording, fault, now=self.clock.now()))
        return recording

    def test(self, asked_by: str) -> tuple[str, tuple[Destination, ...]]:
        """Send a test to everybody; answers what it is about, by which its deliveries are found, and whom."""
        notice = test(asked_by, self.clock.now())
        return notice.about, self.notices.publish(notice)
