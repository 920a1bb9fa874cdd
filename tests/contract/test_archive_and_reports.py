"""What any archive and any place for reports does."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests import factories
from tests.contract.worlds import ArchiveWorld, ReportsWorld

NOW = factories.NOW
RECORDING = factories.closed_recording(flow_logs=("fl-0aaaaaaaaaaaaaaaa", "fl-0bbbbbbbbbbbbbbbb"))


def at(**span: float) -> datetime:
    return NOW + timedelta(**span)


def test_an_empty_archive_measures_nothing(archives: ArchiveWorld) -> None:
    assert archives.archive.measure(RECORDING, at(minutes=20)) == (0, 0)


def test_a_recording_is_exactly_its_own_objects(archives: ArchiveWorld) -> None:
    archives.deliver(RECORDING, "fl-0aaaaaaaaaaaaaaaa", 700, at(minutes=5))
    archives.deliver(RECORDING, "fl-0aaaaaaaaaaaaaaaa", 50, at(minutes=10))
    archives.deliver(RECORDING, "fl-0bbbbbbbbbbbbbbbb", 3, at(minutes=10))
    archives.deliver(RECORDING, "fl-0cccccccccccccccc", 9_000, at(minutes=10))
    assert archives.archive.measure(RECORDING, at(minutes=20)) == (3, 753)


def test_a_recording_is_found_in_every_hour_it_touches(archives: ArchiveWorld) -> None:
    for hours in (0, 1, 17, 18):
        archives.deliver(RECORDING, "fl-0aaaaaaaaaaaaaaaa", 1, at(hours=hours))
    long = replace(RECORDING, closed_at=at(hours=18))
    assert archives.archive.measure(long, at(hours=18)) == (4, 4)


def test_a_recording_that_recorded_nothing_has_no_objects(archives: ArchiveWorld) -> None:
    archives.deliver(RECORDING, "fl-0aaaaaaaaaaaaaaaa", 1, at(minutes=5))
    assert archives.archive.measure(factories.recording(), at(minutes=20)) == (0, 0)


def test_a_report_is_written_and_replaced(reports: ReportsWorld) -> None:
    place = reports.reports.place("rec-1", "report.json")
    assert place.startswith("s3://")
    assert place.endswith("/recordings/rec-1/report.json")
    reports.reports.write("rec-1", "report.json", '{"owner": "Zoë"}')
    assert reports.read(place) == ('{"owner": "Zoë"}', "application/json")
    reports.reports.write("rec-1", "report.json", "{}")
    assert reports.read(place)[0] == "{}"


def test_a_page_is_told_to_be_one(reports: ReportsWorld) -> None:
    reports.reports.write("rec-1", "report.html", "<p>Zoë</p>")
    place = reports.reports.place("rec-1", "report.html")
    assert reports.read(place) == ("<p>Zoë</p>", "text/html; charset=utf-8")


def test_what_was_written_is_read_and_what_was_not_is_nothing(reports: ReportsWorld) -> None:
    assert reports.reports.read("rec-1", "clients-opened.json") is None
    reports.reports.write("rec-1", "clients-opened.json", '{"owner": "Zoë"}')
    assert reports.reports.read("rec-1", "clients-opened.json") == '{"owner": "Zoë"}'
    assert reports.reports.read("rec-2", "clients-opened.json") is None
