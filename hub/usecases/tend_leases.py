"""Leases against executions and targets: what nobody looks after, or nobody wants any more, is closed."""

from dataclasses import dataclass

from hub.domain.errors import RecordingFault
from hub.domain.gateways import GatewayRef
from hub.domain.offers import successor
from hub.domain.reconciling import Watched, loss
from hub.domain.recordings import Recording
from hub.notices.writing import write
from hub.ports import Executions, Notices, Organization, Recordings, Rules
from hub.usecases.close_recording import CloseRecording
from hub.usecases.judging import placed
from hub.usecases.visit import Tended, Visit


@dataclass(frozen=True)
class TendLeases:
    """Close what was lost or left; the answer is what is open and well, by recording."""

    organization: Organization
    recordings: Recordings
    executions: Executions
    close: CloseRecording
    notices: Notices

    def __call__(self, visit: Visit) -> dict[str, Tended]:
        """Look at every lease of one target."""
        tended: dict[str, Tended] = {}
        for watched in visit.watched:
            with visit.part(watched.gateway, watched.item.recording):
                well = self._tend(visit, watched)
                if well:
                    tended[well.recording.id] = well
        return tended

    def _tend(self, visit: Visit, watched: Watched) -> Tended | None:
        if watched.item.recording is None:
            return None
        recording = self.recordings.find(watched.item.recording)
        if recording is None:
            raise RecordingFault(f"the lease of {watched.gateway} names {watched.item.recording}, unknown")
        if recording.state != "open":
            return None
        running = recording.execution in visit.run.running or self.executions.is_running(recording.execution)
        ending = loss(watched.item, visit.now, running=running)
        if ending == "lost":
            self._succeed(visit, recording)
        elif ending:  # its execution still reports and tells
            self.close(recording, ending)
        elif self._is_left(visit.run.rules, watched.gateway):
            self._leave(recording, watched)
        else:
            return Tended(recording, watched)
        visit.note("closed", watched.gateway, recording.id)
        return None

    def _is_left(self, rules: Rules | None, gateway: GatewayRef) -> bool:
        """Whether the policy in force covers the place no more."""
        return (
            rules is not None
            and placed(rules, self.organization, gateway.account).refusal(gateway) is not None
        )

    def _leave(self, recording: Recording, watched: Watched) -> None:
        """At once, while the worker is still there: the spoke of a place that is left goes, unasked.

        Its execution is woken, for the records are in the archive: it reports and tells. One that does not
        wait yet finds its lease gone when it would.
        """
        self.close(recording, "no_target")
        if watched.item.task_token:
            self.executions.wake(watched.item.task_token)

    def _succeed(self, visit: Visit, recording: Recording) -> None:
        """The successor comes first: a sweep that is killed in between has left everything to it."""
        fault = None
        try:
            following = successor(recording.id)
            self.executions.start(following.name, following.event)
        except RecordingFault as problem:  # what may pass leaves the recording to the next sweep
            fault = str(problem)
        self.notices.publish(write("lost", self.close(recording, "lost"), fault, now=visit.now))
