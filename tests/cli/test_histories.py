"""How one recording looks in a terminal."""

from hub.domain.recordings import as_document
from scripts.cli.histories import card
from tests import factories


def test_a_suspect_is_one_readable_field() -> None:
    shown = card(as_document(factories.recording(suspicion=factories.suspicion())))
    [line] = [each for each in shown.splitlines() if each.startswith("suspects ")]
    assert " ".join(line.split()) == (
        "suspects i-0123456789abcdef0 etl-runner-3: download rose from 2.0 MB to 972.0 MB a minute, 97% of "
        "the gateway's rise. Likely: it rose in the same minutes by about as much, and nobody else did."
    )
    assert "suspected at" in shown
    assert "no suspects" not in shown


def test_a_recording_without_suspects_shows_none() -> None:
    assert "suspect" not in card(as_document(factories.recording()))


def test_long_words_go_on_below_themselves_and_ids_stay_whole() -> None:
    document = as_document(factories.closed_recording(reason="the time limit was reached " * 5))
    lines = card(document, 80).splitlines()
    [first] = [number for number, line in enumerate(lines) if line.startswith("reason ")]
    assert all(len(line) <= 80 for line in lines if "arn:" not in line)
    assert lines[first + 1].startswith(" " * lines[first].index("the time"))
    assert str(document["execution"]) in card(document, 80)
    assert len(card(document).splitlines()) < len(lines)
