"""Which part of the history is shown, and as what."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from hub.domain.recordings import as_document
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from orgconfig.errors import NatrecError
from scripts.cli.sifting import COLUMNS, Wanted, as_csv, began, moment
from tests import factories

RECORDING = as_document(
    factories.recording(state="closed", opened_by=factories.CALLER, ending="stopped", stopped_by="anna")
)
_REFUSED = RefusedOnset(factories.transition(), Refusal("account_quota", "used up"), factories.NOW)
REFUSAL = {**_REFUSED.as_document(), "times": 3, "first_at": "2026-11-23T06:10:18Z"}


@pytest.mark.parametrize(
    ("wanted", "recording", "refusal"),
    [
        (Wanted(), True, True),
        (Wanted(state="closed"), True, False),
        (Wanted(tier="standard"), True, False),
        (Wanted(tier="stand"), False, False),
        (Wanted(opened_by="MANUAL"), True, False),
        (Wanted(opened_by="user/anna"), True, False),
        (Wanted(opened_by="alarm"), False, False),
        (Wanted(ended_by="stopped"), True, False),
        (Wanted(ended_by="time_limit"), False, False),
        (Wanted(reason="quota"), False, True),
        (Wanted(state="closed", account="555555555555"), False, False),
    ],
)
def test_whatever_is_asked_must_be_so(wanted: Wanted, *, recording: bool, refusal: bool) -> None:
    assert (wanted.admits(RECORDING), wanted.admits(REFUSAL)) == (recording, refusal)


@pytest.mark.parametrize(
    ("text", "end_of_day", "found"),
    [
        ("1h", False, factories.NOW - timedelta(hours=1)),
        ("2026-11-01", False, datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01", True, datetime(2026, 11, 2, tzinfo=UTC)),
        ("2026-11-01T06:00", True, datetime(2026, 11, 1, 6, tzinfo=UTC)),
        ("2026-11-01T06:00+02:00", True, datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_span_back_a_day_or_a_time(text: str, *, end_of_day: bool, found: datetime) -> None:
    assert moment("--until", text, factories.NOW, end_of_day=end_of_day) == found


def test_anything_else_is_told_with_what_may_be_given() -> None:
    with pytest.raises(NatrecError, match="--until cannot be `soon`") as told:
        moment("--until", "soon", factories.NOW)
    assert "24h" in str(told.value)


def test_a_refusal_began_when_it_was_first_met() -> None:
    assert began(REFUSAL) == began(RECORDING) == factories.NOW


def test_csv_has_a_line_each_in_columns_that_stay() -> None:
    lines = list(csv.DictReader(io.StringIO(as_csv([RECORDING, REFUSAL]))))
    assert tuple(lines[0]) == COLUMNS
    assert [line["state"] for line in lines] == ["closed", "refused"]
    assert (lines[0]["opened_by"], lines[0]["ended_by"]) == (
        f"manual by {factories.CALLER}",
        "stopped by anna",
    )
    assert (lines[1]["times"], lines[1]["closed_at"]) == ("3", "")


def test_no_name_becomes_a_formula_in_a_spreadsheet() -> None:
    [line] = csv.DictReader(io.StringIO(as_csv([{**RECORDING, "gateway_name": '=HYPERLINK("x")'}])))
    assert line["gateway_name"] == '\'=HYPERLINK("x")'
