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

    def __call__(
        self,
        recording: Recording,
        ending: Ending,
        detail: str | None = None,
        *,
        gone: bool = False,
        recovered_at: datetime | None = None,
    ) -> Recording:
        """Close the recording.

        Args:
            recording: The recording as the history has it.
            ending: What ended it.
            detail: More words for people, such as AWS's error.
            gone: Whether its spoke is gone, and its flow logs were deleted without us.
            recovered_at: When its last alarm recovered, where that is known.

        Returns:
            The recording, closed or failed; as it was closed before, when it was.

        Raises:
            SpokeUnreachable, FlowLogsRemain: Flow logs may still be on; try again.

        """
        if recording.state != "open":
            return recording
        silent = recording if gone else self._silenced(recording)
        closed = ended(silent, ending, detail, self.clock.now(), recovered_at)
        if self.ledger.release(closed):
            return closed
        return self.recordings.find(recording.id) or closed

    def lost(self, identity: str, *, gone: bool = False) -> Recording:
        """Close a recording whose execution has ended; one that is closed already stays as it is.

        Args:
            identity: The recording's id.
            gone: As above.

        Raises:
            LookupError: The history has no such recording.
            SpokeUnreachable, FlowLogsRemain: Flow logs may still be on; try again.

        """
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"no recording {identity}")
        return self(recording, "lost", gone=gone)

    def of_execution(
        self,
        onset: Transition,
        execution: str,
        started: datetime,
        ending: Ending,
        detail: str | None,
        *,
        gone: bool = False,
        recovered_at: datetime | None = None,
    ) -> Recording:
        """Close what an execution opened, even when it never learned whether it had.

        Args:
            onset: What the execution was started with.
            execution: Its ARN.
            started: When it started.
            ending: What ended it.
            detail: More words for people.
            gone: As above.
            recovered_at: As above.

        """
        identity = recording_id(execution, started)
        recording = self.recordings.find(identity)
        if recording is not None:
            return self(recording, ending, detail, gone=gone, recovered_at=recovered_at)
        failed = never_admitted(identity, execution, onset, detail, self.clock.now())
        self.recordings.save_unadmitted(failed)
        return failed

    def _silenced(self, recording: Recording) -> Recording:
        spoke = self.spokes.at(recording.gateway.account, recording.gateway.region)
        silent = self._delete(spoke, recording)
        spoke.disarm_failsafe(recording.id)
        return silent

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
