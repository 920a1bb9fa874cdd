"""A recording has closed and its records had time to arrive: measure them and write the report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.domain.recordings import Recording, as_document
from hub.ports import Archive, Clock, Recordings, Reports


@dataclass(frozen=True)
class WriteReport:
    """Write the report of a closed recording; writing it again replaces it."""

    recordings: Recordings
    archive: Archive
    reports: Reports
    clock: Clock

    def __call__(self, identity: str) -> Recording:
        """Measure what was delivered, charge it, and write `report.json`.

        Raises:
            LookupError: The history has no such recording.

        """
        recording = self.recordings.find(identity)
        if recording is None:
            raise LookupError(f"no recording {identity}")
        objects, size = self.archive.measure(recording, self.clock.now())
        measured = replace(recording, delivered_objects=objects, delivered_bytes=size)
        url = self.reports.write(identity, "report.json", self._document(measured))
        reported = replace(measured, report=url)
        self.recordings.save_delivery(reported)
        return reported

    @staticmethod
    def _document(recording: Recording) -> Mapping[str, object]:
        facts = as_document(recording)
        return {
            "recording": facts,
            "window": {"start": facts["opened_at"], "end": facts["closed_at"]},
        }
