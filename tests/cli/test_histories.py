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
