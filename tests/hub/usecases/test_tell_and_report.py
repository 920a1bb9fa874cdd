import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from hub.domain.clients import Clients, Moment, document_name
from hub.domain.errors import RecordingFault
from hub.domain.named import Named
from hub.domain.recordings import Recording
from hub.domain.suspects import Suspicion
from hub.usecases.tell import Tell
from hub.usecases.write_report import WriteReport
from tests import factories
from tests.fakes import FakeAnswers, FakeArchive, FakeNotices, FakePaid, FakeReports
from tests.hub.usecases.hub import FakeHub


def test_a_notice_is_written_from_what_the_history_knows(hub: FakeHub) -> None:
    notices = FakeNotices()
    hub.with_gateway()
    recording = hub.opened()
    hub.opening("e2", factories.OTHER_ALARM)
    Tell(hub.recordings, notices, hub.clock)("started", recording.id)
    assert [(each.kind, each.story) for each in notices.sent] == [("started", recording.id)]
    assert factories.OTHER_ALARM in notices.read()


def test_a_notice_of_a_failure_tells_the_fault(hub: FakeHub) -> None:
    notices = FakeNotices()
    hub.with_gateway()
    Tell(hub.recordings, notices, hub.clock)("stuck", hub.opened().id, "FlowLogsRemain: fl-1")
    assert "FlowLogsRemain: fl-1" in notices.read()


def test_a_notice_about_an_unknown_recording_is_an_error(hub: FakeHub) -> None:
    with pytest.raises(LookupError):
        Tell(hub.recordings, FakeNotices(), hub.clock)("started", "rec-1")


ROW = {
    "is_talker": "1", "direction": "download", "client": "10.0.1.20", "remote": "52.218.41.112",
    "port": "443", "protocol": "6", "slot": None, "service": "S3", "bytes": "41000000000",
    "packets": "29000000", "records": "14", "began": "1795414218", "ended": "1795415058",
}  # fmt: skip


def answered(ended: datetime | None = None) -> list[dict[str, str | None]]:
    """A client that downloaded everything; the last record ends as given."""
    until = str(int((ended or factories.NOW).timestamp()))
    minute = ROW | {"is_talker": "0", "client": None, "slot": "1795414200", "ended": until}
    return [ROW, minute]


@dataclass
class Reporting:
    """A closed recording about to be reported."""

    hub: FakeHub
    archive: FakeArchive = field(default_factory=FakeArchive)
    answers: FakeAnswers = field(default_factory=FakeAnswers)
    reports: FakeReports = field(default_factory=FakeReports)
    paid: FakePaid = field(default_factory=FakePaid)

    def __post_init__(self) -> None:
        self.hub.with_gateway()
        self.recording = self.hub.close(self.hub.opened(), "recovered")
        self.answers.answered["q-1"] = answered()
        hub = self.hub
        self.write = WriteReport(
            hub.recordings, self.archive, self.answers, self.reports, self.paid, hub.clock, "aws"
        )

    def __call__(self, query: str = "q-1") -> tuple[Recording, timedelta]:
        return self.write(self.recording.id, query)

    def text(self, name: str) -> str:
        return self.reports.written[self.reports.place(self.recording.id, name)]


@pytest.fixture
def reporting(hub: FakeHub) -> Reporting:
    return Reporting(hub)


def test_a_report_measures_what_was_delivered_and_charges_it(reporting: Reporting) -> None:
    hub, recording = reporting.hub, reporting.recording
    reporting.archive.deliver(recording.flow_logs[0], 700, hub.clock.now())
    reporting.archive.deliver("fl-of-another", 5_000, hub.clock.now())
    reported, more_in = reporting()
    assert more_in == timedelta()
    assert (reported.delivered_objects, reported.delivered_bytes) == (1, 700)
    assert hub.kept(recording) == reported
    assert hub.used()["organization", "delivered_month"] == 700


def test_a_report_names_the_culprit_in_every_form(reporting: Reporting) -> None:
    reported, _ = reporting()
    document = json.loads(reporting.text("report.json"))
    assert reported.report == reporting.reports.place(reported.id, "report.json")
    assert document["recording"]["report"] == reported.report
    assert document["recording"]["addresses"] == ["10.0.1.5"]
    assert document["bytes"] == {"upload": 0, "download": 41_000_000_000}
    [talker] = document["talkers"]
    assert (talker["client"], talker["remote_service"], talker["share"]) == ("10.0.1.20", "S3", 1)
    assert document["headline"].startswith("10.0.1.20 downloaded 41.0 GB from S3")
    assert reported.summary is not None
    assert reported.summary.headline == document["headline"]
    assert reported.summary.talkers == ("100%, 41.0 GB: 10.0.1.20 from S3 52.218.41.112, port 443",)
    assert reported.summary.cost == (
        "$1.97 of NAT processing recorded, $1.97 for the whole spike, extrapolated from the records; "
        "its recording cost less than a cent"
    )
    assert str(reported.summary.advice).startswith("41.0 GB went to or came from S3.")
    page = reporting.text("report.html")
    assert document["headline"] in page
    assert "https://eu-west-1.console.aws.amazon.com/" in page


def test_what_the_organization_pays_is_what_a_report_reckons_with(reporting: Reporting) -> None:
    reporting.paid.said = {"nat_gb": 0.01}
    reporting()
    cost = json.loads(reporting.text("report.json"))["cost"]
    assert cost["nat_processing_usd"] == 0.41
    assert "assumed for eu-west-1 but for NAT processing" in cost["prices"]


RUNNER = Named("instance", "i-1", "etl-runner-3", "data", "eu-west-1b")


def note(reporting: Reporting, moment: Moment, clients: Clients) -> None:
    reporting.reports.write(reporting.recording.id, document_name(moment), clients.text())


def test_a_report_names_whoever_held_an_address_and_whose_it_is(reporting: Reporting) -> None:
    note(reporting, "opened", Clients({"10.0.1.20": RUNNER}, zone="eu-west-1a"))
    reported, _ = reporting()
    document = json.loads(reporting.text("report.json"))
    assert document["headline"].startswith("i-1 etl-runner-3 (team data) downloaded 41.0 GB from S3 in ")
    [talker] = document["talkers"]
    assert (talker["client_name"], talker["owner"]) == ("i-1 etl-runner-3", "data")
    assert "other_zone" in [each["kind"] for each in document["advice"]]
    assert reported.summary is not None
    assert reported.summary.talkers == ("100%, 41.0 GB: i-1 etl-runner-3 from S3 52.218.41.112, port 443",)
    assert document["incomplete"] == []


def test_a_report_names_both_holders_of_an_address_that_changed_hands(reporting: Reporting) -> None:
    note(reporting, "opened", Clients({"10.0.1.20": RUNNER}))
    note(reporting, "closed", Clients({"10.0.1.20": Named("instance", "i-2")}))
    reporting()
    [talker] = json.loads(reporting.text("report.json"))["talkers"]
    assert (talker["client_name"], talker["owner"]) == ("i-1 etl-runner-3, later i-2", "data")


def test_a_report_says_why_it_names_nobody(reporting: Reporting) -> None:
    note(reporting, "opened", Clients(problem="describing network interfaces:\n UnauthorizedOperation"))
    reporting()
    document = json.loads(reporting.text("report.json"))
    assert document["headline"].startswith("10.0.1.20 downloaded")
    words = "Addresses could not be named: describing network interfaces: UnauthorizedOperation."
    assert document["incomplete"] == [words]
    note(reporting, "closed", Clients({"10.0.1.20": RUNNER}))
    reporting()
    assert json.loads(reporting.text("report.json"))["incomplete"] == []


def test_notes_that_cannot_be_read_cost_the_names_only(reporting: Reporting) -> None:
    reporting.reports.unreadable = RecordingFault("reading clients-opened.json: AccessDenied")
    reporting()
    document = json.loads(reporting.text("report.json"))
    assert document["bytes"]["download"] == 41_000_000_000
    assert "AccessDenied" in document["incomplete"][0]


def test_notes_that_ended_the_function_twice_are_left_unread(reporting: Reporting) -> None:
    note(reporting, "opened", Clients({"10.0.1.20": RUNNER}))
    named = []
    for retried in range(3):
        reporting.write(reporting.recording.id, "q-1", retried)
        named.append(json.loads(reporting.text("report.json"))["talkers"][0]["owner"])
    assert named == ["data", "data", None]
    assert "ended the function" in json.loads(reporting.text("report.json"))["incomplete"][0]


def test_a_hostile_name_is_text_in_the_page_and_one_line_in_the_notice(reporting: Reporting) -> None:
    hostile = Named("instance", "i-1", "</h1><script>alert(1)</script>\n<!channel> & *x*", "<b>\x1b[31m")
    note(reporting, "opened", Clients({"10.0.1.20": hostile}))
    reported, _ = reporting()
    page = reporting.text("report.html")
    assert "<script>" not in page
    assert "<b>" not in page.replace("<b>&lt;", "").replace("<b>i-1", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert reported.summary is not None
    assert all(each.isprintable() for each in (reported.summary.headline, *reported.summary.talkers))


def test_a_report_judges_those_who_were_suspected_at_the_start(reporting: Reporting) -> None:
    named = factories.suspicion(factories.suspect(name="<b>etl</b>"))
    reporting.hub.recordings.save_suspicion(reporting.recording.id, named)
    reported, _ = reporting()
    document = json.loads(reporting.text("report.json"))
    [suspect] = document["suspects"]
    assert (suspect["client"], suspect["made"], suspect["right"]) == ("i-0123456789abcdef0", 1, True)
    assert document["recording"]["suspects"][0]["client"] == suspect["client"]
    sentence = (
        "The suspect named 20 s after the start was right: i-0123456789abcdef0 <b>etl</b> made 100% of the "
        "download."
    )
    assert document["suspicion"] == sentence
    assert reported.summary is not None
    assert reported.summary.suspicion == sentence
    page = reporting.text("report.html")
    assert "was right: i-0123456789abcdef0 &lt;b&gt;etl&lt;/b&gt; made 100%" in page
    assert "Likely: it rose in the same minutes" in page
    assert "<b>etl" not in page


def test_a_report_says_why_nobody_was_suspected(reporting: Reporting) -> None:
    reporting.hub.recordings.save_suspicion(reporting.recording.id, Suspicion(none="nobody <rose>"))
    reporting()
    document = json.loads(reporting.text("report.json"))
    assert (document["suspects"], document["suspicion"]) == ([], None)
    assert "none: nobody &lt;rose&gt;" in reporting.text("report.html")


def test_a_report_written_again_charges_only_what_came_since(reporting: Reporting) -> None:
    flow_log, clock = reporting.recording.flow_logs[0], reporting.hub.clock
    reporting.archive.deliver(flow_log, 700, clock.now())
    reporting()
    reporting.archive.deliver(flow_log, 50, clock.now())
    reported, _ = reporting()
    assert reported.delivered_bytes == 750
    assert reporting.hub.used()["organization", "delivered_day"] == 750
    assert len(reporting.reports.written) == 2


def test_a_report_without_records_says_so_and_asks_for_another_look(reporting: Reporting) -> None:
    reporting.answers.answered["q-2"] = []
    reported, more_in = reporting("q-2")
    assert more_in == reported.delivery_wait
    assert reported.summary is not None
    assert "No records have arrived." in reported.summary.gaps[0]
    reporting.hub.clock.turn(minutes=40)
    _, more_in = reporting("q-2")
    assert more_in == timedelta()


def test_a_query_without_an_answer_is_a_fault_and_writes_nothing(reporting: Reporting) -> None:
    with pytest.raises(RecordingFault):
        reporting("q-of-another")
    assert not reporting.reports.written


def test_a_report_of_an_unknown_recording_is_an_error(reporting: Reporting) -> None:
    with pytest.raises(LookupError):
        reporting.write("rec-1", "q-1")
