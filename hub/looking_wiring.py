"""What looks around in spokes; apart, for opening a recording shall not load it at its cold start."""

from dataclasses import dataclass
from functools import cached_property

from hub.adapters.buckets import ReportBucket
from hub.usecases.note_clients import NoteClients
from hub.wiring import Hub


@dataclass(frozen=True)
class LookingHub(Hub):
    """The hub, ready to look around when a recording begins and when it ends."""

    @cached_property
    def _note_clients(self) -> NoteClients:
        settings = self.settings
        reports = ReportBucket(self._sessions, settings.names, settings.reports_bucket)
        return NoteClients(self._ledger, self._spokes, reports, self.clock)
