"""The report's part of the composition root; apart, for no other function shall load it at its cold start."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.answers import AthenaAnswers
from hub.adapters.buckets import RecordArchive, ReportBucket
from hub.adapters.clock import SystemClock
from hub.adapters.paid import TablePaid
from hub.settings import Settings
from hub.usecases.write_report import WriteReport
from hub.wiring import Hub


@dataclass(frozen=True)
class ReportingHub(Hub):
    """The hub, ready to report."""

    @cached_property
    def write_report(self) -> WriteReport:
        """The records have arrived."""
        settings = self.settings
        return WriteReport(
            self.recordings,
            RecordArchive(self._sessions, settings.names, settings.archive_bucket),
            AthenaAnswers(self._sessions),
            ReportBucket(self._sessions, settings.names, settings.reports_bucket),
            TablePaid(self._sessions.hub("dynamodb"), settings.table),
            self.clock,
            settings.partition,
        )


@cache
def hub() -> ReportingHub:
    """The hub of this container."""
    return ReportingHub(Settings.from_environment(), SystemClock())
