"""End a recording: no flow log of it is left, its lease is free, its usage is settled."""

from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.alarms import Transition
from hub.domain.errors import FlowLogsRemain
from hub.domain.recordings import Ending, Recording, ended, never_admitted, recording_id
from hub.ports import Clock, Ledger, Recordings, Spoke, Spokes


@dataclass(frozen=True)
class CloseRecording:
    """Delete, verify, disarm, release; each step is safe to repeat, and to run twice at once."""

    ledger: Ledger
    recordings: Recordings
    spokes: Spokes
    clock: Clock

    def __call__(self, recording: Recording, ending: Ending, detail: str | None = None) -> Recording:
        """Close the recording.

        Args:
            recording: The recording as the history has it.
            ending: What ended it.
            detail: More words for people, such as AWS's error.

        Returns:
            The recording, closed or failed; as it was closed before, when it was.

        Raises:
            SpokeUnreachable, FlowLogsRemain: Flow logs may still be on; try again.

        """
        if recording.state != "open":
            return recording
        place = recording.gateway
        spoke = self.spokes.at(place.account, place.region)
        silent = self._delete(spoke, recording)
        spoke.disarm_failsafe(recording.id)
        closed = ended(silent, ending, detail, self.clock.now())
        if self.ledger.release(closed):
            return closed
        return self.recordings.find(recording.id) or closed

    def lost(self, identity: str) -> Recording:
        """Close a recording whose execution has ended; one that is closed already stays as it is.

        Raises:
            LookupError: The history has no such recording.
            SpokeUnreachable, FlowLogsRemain: Flow logs may still be on; try again.

        """
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"no recording {identity}")
        return self(recording, "lost")

    def of_execution(
        self, onset: Transition, execution: str, started: datetime, ending: Ending, detail: str | None
    ) -> Recording:
        """Close what an execution opened, even when it never learned whether it had.

        Args:
            onset: What the execution was started with.
            execution: Its ARN.
            started: When it started.
            ending: What ended it.
            detail: More words for people.

        """
        identity = recording_id(execution, started)
        recording = self.recordings.find(identity)
        if recording is not None:
            return self(recording, ending, detail)
        failed = never_admitted(identity, execution, onset, detail, self.clock.now())
        self.recordings.save_unadmitted(failed)
        return failed

    def _delete(self, spoke: Spoke, recording: Recording) -> Recording:
        """The tag finds also what was created by a call whose answer was lost."""
        found = spoke.find_flow_logs(recording.id)
        known = dict.fromkeys([*recording.flow_logs, *(flow_log.id for flow_log in found)])
        if known:
            spoke.delete_flow_logs(known)
            remaining = spoke.find_flow_logs(recording.id)
            if remaining:
                names = ", ".join(flow_log.id for flow_log in remaining)
                raise FlowLogsRemain(f"{names} still there after their deletion, in {recording.gateway}")
        errors = [flow_log.delivery_error for flow_log in found if flow_log.delivery_error]
        return replace(
            recording,
            flow_logs=tuple(known),
            delivery_error=errors[0] if errors else recording.delivery_error,
        )
