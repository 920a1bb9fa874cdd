"""A recording has closed and its talkers were asked for: measure it, write its report, charge it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.domain.arrivals import more_in
from hub.domain.clients import Clients, Moment, document_name, holders, read_clients
from hub.domain.errors import Fault
from hub.domain.recordings import Recording, as_document
from hub.ports import Answers, Archive, Clock, Paid, Recordings, Reports
from hub.reporting.document import report_document
from hub.reporting.findings import Findings, findings
from hub.reporting.gist import gist
from hub.reporting.page import page
from hub.reporting.question import slot_of
from hub.usecases.looking import ATTEMPTS
from orgconfig.prices import prices_of

_UNREAD = "reading what was noted of them ended the function"
JSON, HTML = "report.json", "report.html"


@dataclass(frozen=True)
class WriteReport:
    """Write the report of a closed recording; writing it again replaces it."""

    recordings: Recordings
    archive: Archive
    answers: Answers
    reports: Reports
    paid: Paid
    clock: Clock
    partition: str

    def __call__(self, identity: str, query: str, retried: int = 0) -> tuple[Recording, timedelta]:
        """Write `report.json` and `report.html`, and charge what was delivered.

        Args:
            identity: The recording.
            query: The id of the query that asked for its talkers.
            retried: How often this step was tried before.

        Returns:
            The recording with its report, and how long to wait before asking again because records may still
            arrive; nothing when it is whole or enough was waited.

        Raises:
            LookupError: The history has no such recording.

        """
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"no recording {identity}")
        found = findings(self.answers.rows(query), slot_of(recording))
        now = self.clock.now()
        objects, size = self.archive.measure(recording, now)
        place = self.reports.place(identity, JSON)
        measured = replace(recording, delivered_objects=objects, delivered_bytes=size, report=place)
        document = self._document(found, measured, named=retried < ATTEMPTS)
        reported = replace(measured, summary=gist(document))
        self._write(identity, document, recording.threshold)
        self.recordings.save_delivery(reported)
        return reported, more_in(recording, _ended(found), now)

    def _document(self, found: Findings, recording: Recording, *, named: bool) -> dict[str, Any]:
        prices = prices_of(recording.gateway.region, self.paid.prices())
        opened = self._clients(recording.id, "opened") if named else Clients(problem=_UNREAD)
        closed = self._clients(recording.id, "closed") if named else Clients()
        names = holders(opened, closed, {each.client for each in found.talkers})
        return report_document(
            found,
            prices,
            names=names,
            recording=as_document(recording),
            zone=opened.zone or closed.zone,
            unnamed=None if opened.holders or closed.holders else opened.problem or closed.problem,
        )

    def _clients(self, identity: str, moment: Moment) -> Clients:
        """What was noted; a report without names is better than none."""
        try:
            return read_clients(self.reports.read(identity, document_name(moment)))
        except Fault as problem:
            return Clients(problem=str(problem))

    def _write(self, identity: str, document: Mapping[str, Any], threshold: int | None) -> None:
        self.reports.write(identity, HTML, page(document, partition=self.partition, threshold=threshold))
        self.reports.write(identity, JSON, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _ended(found: Findings) -> datetime | None:
    return None if found.ended is None else datetime.fromtimestamp(found.ended, UTC)
