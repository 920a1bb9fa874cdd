"""Flow logs against recordings: unwanted ones are deleted, those that fail or lead away are told."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.domain.flow_logs import FlowLog
from hub.domain.gateways import GatewayRef
from hub.domain.reconciling import SETTLED
from hub.notices.writing import write
from hub.ports import Notices, Recordings
from hub.usecases.visit import Tended, Visit


@dataclass(frozen=True)
class TendFlowLogs:
    """Only flow logs with this hub's own tags are ever seen here."""

    recordings: Recordings
    notices: Notices

    def __call__(self, visit: Visit, tended: Mapping[str, Tended]) -> None:
        """Look at every flow log of one target and, when there is time, at every failsafe."""
        with visit.part():
            by_recording: defaultdict[str, list[FlowLog]] = defaultdict(list)
            for flow_log in visit.spoke.list_flow_logs():
                if flow_log.leads_away:
                    visit.note("astray", _place(tended, flow_log.recording), flow_log.recording)
                by_recording[flow_log.recording].append(flow_log)
            for recording, flow_logs in by_recording.items():
                with visit.part(_place(tended, recording), recording):
                    self._tend(visit, tended.get(recording), recording, flow_logs)
        if visit.run.kind == "full":
            for each in tended.values():
                with visit.part(each.recording.gateway, each.recording.id):
                    self._rearm(visit, each)

    def _tend(self, visit: Visit, tended: Tended | None, recording: str, flow_logs: list[FlowLog]) -> None:
        if tended:
            self._deliver(visit, tended, flow_logs)
            return
        # Asked after flow logs were listed: a recording is in the table before its first flow log is on.
        known = self.recordings.find(recording)
        if known and known.state == "open":
            return
        gateway = known.gateway if known else None
        with visit.part(gateway, recording):
            visit.spoke.delete_flow_logs([each.id for each in flow_logs])
            visit.note("deleted", gateway, recording, len(flow_logs))

    def _deliver(self, visit: Visit, tended: Tended, flow_logs: list[FlowLog]) -> None:
        error = next((each.delivery_error for each in flow_logs if each.delivery_error), None)
        recording = tended.recording
        if (
            error
            and recording.delivery_error is None
            and self.recordings.save_undelivered(recording.id, error)
        ):
            visit.note("undelivered", recording.gateway, recording.id)
            told = replace(recording, delivery_error=error)
            self.notices.publish(write("undelivered", told, now=visit.now))

    def _rearm(self, visit: Visit, tended: Tended) -> None:
        """A recording so young may not have armed it yet."""
        recording = tended.recording
        if not recording.flow_logs or recording.opened_at > visit.now - SETTLED:
            return
        if not visit.spoke.has_failsafe(recording.id):
            visit.spoke.arm_failsafe(recording.id, recording.flow_logs, recording.expires_at)
            visit.note("rearmed", recording.gateway, recording.id)


def _place(tended: Mapping[str, Tended], recording: str) -> GatewayRef | None:
    return tended[recording].recording.gateway if recording in tended else None
