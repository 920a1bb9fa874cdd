"""`report.json` has the shape that others rely on."""

import json
from datetime import timedelta

from hub.domain.recordings import as_document
from hub.domain.spikes import Counted, Spike
from hub.reporting.document import report_document
from hub.reporting.gist import gist
from hub.reporting.names import Named
from orgconfig.prices import Prices
from tests import factories
from tests.hub.reporting.found import GB, found, talker

NAMES = {"10.0.1.5": Named("instance", "i-0abc", "etl-runner-3", "data")}
SEEN = found(
    talker(3 * GB, service="S3"),
    talker(GB, client="10.0.1.6", direction="upload"),
    talker(GB, client="10.0.1.6", remote=None, port=None),
)
DOCUMENT = report_document(SEEN, Prices(), names=NAMES, recording=as_document(factories.closed_recording()))


def test_its_names_are_those_that_others_rely_on() -> None:
    assert set(DOCUMENT) >= {
        "recording",
        "window",
        "records",
        "bytes",
        "talkers",
        "minutes",
        "cost",
        "advice",
    }
    assert set(DOCUMENT["window"]) == {"start", "end"}
    assert set(DOCUMENT["cost"]) >= {"nat_processing_usd", "recording_usd"}
    assert all(set(each) >= {"kind", "text", "saves_usd"} for each in DOCUMENT["advice"])
    assert set(DOCUMENT["minutes"][0]) == {"minute", "upload", "download"}


def test_a_talker_is_told_with_its_holder_its_far_end_and_its_part() -> None:
    assert DOCUMENT["talkers"][0] == {
        "client": "10.0.1.5",
        "client_name": "i-0abc etl-runner-3",
        "owner": "data",
        "remote": "203.0.113.5",
        "remote_service": "S3",
        "port": 443,
        "protocol": 6,
        "direction": "download",
        "bytes": 3 * GB,
        "packets": 2142857,
        "share": 0.75,
    }


def test_an_address_that_nobody_holds_stays_an_address() -> None:
    assert [(each["client_name"], each["owner"]) for each in DOCUMENT["talkers"][1:]] == [(None, None)] * 2


def test_a_share_is_of_its_own_direction() -> None:
    assert [each["share"] for each in DOCUMENT["talkers"]] == [0.75, 1.0, 0.25]


def test_times_are_iso_8601_in_utc() -> None:
    assert DOCUMENT["window"] == {"start": "2026-11-23T06:10:00Z", "end": "2026-11-23T06:25:00Z"}


def test_an_empty_one_has_every_name_and_no_times() -> None:
    empty = report_document(found(), Prices())
    assert set(empty) == set(DOCUMENT)
    assert empty["window"] == {"start": None, "end": None}
    assert (empty["recording"], empty["talkers"], empty["minutes"], empty["advice"]) == (None, [], [], [])
    assert empty["cost"]["nat_processing_usd"] == 0


def test_it_is_json() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_its_gist_is_short_and_tells_the_main_direction() -> None:
    told = gist(DOCUMENT)
    assert told.headline == DOCUMENT["headline"]
    assert told.talkers == (
        "75%, 3.0 GB: i-0abc etl-runner-3 from S3 203.0.113.5, port 443",
        "25%, 1.0 GB: 10.0.1.6 from an unknown remote",
    )
    assert str(told.advice).endswith("a month at this rate.")
    assert told.gaps == ()


def test_the_gist_of_a_recording_that_missed_most_of_a_spike_estimates_the_rest() -> None:
    seen = found(talker(100 * GB), seconds=60)
    told = gist(report_document(seen, Prices(), recording=as_document(factories.closed_recording())))
    assert told.cost == (
        "$4.50 of NAT processing recorded, $33.00 for the whole spike, extrapolated from the records; "
        "its recording cost less than a cent"
    )


def test_the_gist_of_a_measured_spike_says_that_it_was_measured() -> None:
    began = factories.NOW - timedelta(minutes=5)
    measured = Spike(Counted(began, factories.NOW, 0, 200 * GB))
    recording = as_document(factories.closed_recording(spike=measured))
    told = gist(report_document(found(talker(100 * GB)), Prices(), recording=recording))
    assert (
        "$4.50 of NAT processing recorded, $9.00 for the whole spike, by the gateway's metrics;" in told.cost
    )


def test_the_gist_of_nothing_says_why() -> None:
    told = gist(report_document(found(), Prices()))
    assert (told.talkers, told.advice) == ((), None)
    assert told.gaps
    assert told.cost == "$0.00 of NAT processing; its recording cost $0.00"
