import pytest

from hub.usecases.tell import Tell
from hub.usecases.write_report import WriteReport
from tests import factories
from tests.fakes import FakeArchive, FakeNotices, FakeReports
from tests.hub.usecases.hub import FakeHub


def test_a_notice_is_written_from_what_the_history_knows(hub: FakeHub) -> None:
    notices = FakeNotices()
    hub.with_gateway()
    recording = hub.opened()
    hub.opening("e2", factories.OTHER_ALARM)
    Tell(hub.recordings, notices)("started", recording.id)
    assert [(each.kind, each.recording) for each in notices.sent] == [("started", recording.id)]
    assert factories.OTHER_ALARM in notices.sent[0].text


def test_a_notice_of_a_failure_tells_the_fault(hub: FakeHub) -> None:
    notices = FakeNotices()
    hub.with_gateway()
    Tell(hub.recordings, notices)("stuck", hub.opened().id, "FlowLogsRemain: fl-1")
    assert "FlowLogsRemain: fl-1" in notices.sent[0].text


def test_a_notice_about_an_unknown_recording_is_an_error(hub: FakeHub) -> None:
    with pytest.raises(LookupError):
        Tell(hub.recordings, FakeNotices())("started", "rec-1")


def test_a_report_measures_what_was_delivered_and_charges_it(hub: FakeHub) -> None:
    archive, reports = FakeArchive(), FakeReports()
    hub.with_gateway()
    recording = hub.close(hub.opened(), "recovered")
    archive.deliver(recording.flow_logs[0], 700, hub.clock.now())
    archive.deliver("fl-of-another", 5_000, hub.clock.now())
    reported = WriteReport(hub.recordings, archive, reports, hub.clock)(recording.id)
    assert (reported.delivered_objects, reported.delivered_bytes) == (1, 700)
    assert hub.kept(recording) == reported
    assert hub.used()["organization", "delivered_month"] == 700
    document = reports.written[str(reported.report)]
    assert isinstance(document["recording"], dict)
    assert document["recording"]["delivered_bytes"] == 700
    assert document["window"] == {"start": "2026-11-23T06:10:18Z", "end": "2026-11-23T06:10:18Z"}


def test_a_report_written_again_charges_only_what_came_since(hub: FakeHub) -> None:
    archive, reports = FakeArchive(), FakeReports()
    hub.with_gateway()
    recording = hub.close(hub.opened(), "recovered")
    write = WriteReport(hub.recordings, archive, reports, hub.clock)
    archive.deliver(recording.flow_logs[0], 700, hub.clock.now())
    write(recording.id)
    archive.deliver(recording.flow_logs[0], 50, hub.clock.now())
    assert write(recording.id).delivered_bytes == 750
    assert hub.used()["organization", "delivered_day"] == 750
    assert len(reports.written) == 1


def test_a_report_of_an_unknown_recording_is_an_error(hub: FakeHub) -> None:
    with pytest.raises(LookupError):
        WriteReport(hub.recordings, FakeArchive(), FakeReports(), hub.clock)("rec-1")
