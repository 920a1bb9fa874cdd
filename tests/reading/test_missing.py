"""What is missing from records, or counts for nothing, is told and never shown as traffic."""

from pathlib import Path

import pytest

from tests.reading.conftest import Write
from tests.reading.reports import reported
from tests.reading.truth import REGIONAL, ZONAL, Nat, Story, crowd, told


@pytest.mark.parametrize("nat", [ZONAL, REGIONAL], ids=["zonal", "regional"])
def test_windows_without_data_count_as_records_and_as_nothing_else(
    tmp_path: Path, write: Write, nat: Nat
) -> None:
    story = Story()
    crowd(story, nat, 1)
    for minute in range(3):
        story.silent(nat, at=900 + 60 * minute)
    write(tmp_path, story.records)
    document = reported(tmp_path)
    assert told(document) == dict(story.truth)
    assert document["records"] == len(story.records)
    assert document["incomplete"] == []
    assert document["window"]["end"] == "2026-09-21T14:31:59Z"


@pytest.mark.parametrize("nat", [ZONAL, REGIONAL], ids=["zonal", "regional"])
def test_skipped_records_make_a_report_incomplete(tmp_path: Path, write: Write, nat: Nat) -> None:
    story = Story()
    crowd(story, nat, 1)
    story.silent(nat, "SKIPDATA", at=60)
    story.silent(nat, "SKIPDATA", at=120)
    write(tmp_path, story.records)
    document = reported(tmp_path)
    assert told(document) == dict(story.truth)
    (gap,) = document["incomplete"]
    assert gap.startswith("The recording is incomplete: AWS skipped records 2 times")


def test_rejected_traffic_is_told_apart_and_counted_for_nobody(tmp_path: Path, write: Write) -> None:
    story = Story()
    crowd(story, ZONAL, 1)
    story.rejected(ZONAL, "192.0.2.7", 1200)
    story.rejected(ZONAL, "192.0.2.8", 800)
    write(tmp_path, story.records)
    document = reported(tmp_path)
    assert told(document) == dict(story.truth)
    assert document["bytes"] == story.totals()
    (gap,) = document["incomplete"]
    assert gap.startswith("Rejected traffic is not counted: 2 records, 2.0 kB")


def test_only_windows_without_data_say_that_there_was_no_traffic(tmp_path: Path, write: Write) -> None:
    story = Story()
    story.silent(ZONAL)
    write(tmp_path, story.records)
    (gap,) = reported(tmp_path)["incomplete"]
    assert gap == "No traffic went through the gateway while it was recorded: every record says NODATA."
