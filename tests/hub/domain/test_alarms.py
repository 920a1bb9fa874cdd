import pytest

from hub.domain.alarms import tier_of
from tests import factories


@pytest.mark.parametrize(
    ("alarm", "tier"),
    [
        ("natrec-standard-upload-zonal", "standard"),
        ("natrec-standard-download-regional", "standard"),
        ("natrec-very-heavy-upload-zonal", "very-heavy"),
        ("natrec-upload-upload-zonal", "upload"),
        ("natrec-custom-ports", None),
        ("natrec-custom-upload-zonal", None),
        ("natrec-hub-dead-letters", None),
        ("other-standard-upload-zonal", None),
        ("natrecXstandard-upload-zonal", None),
        ("natrec-standard-upload-zonal-copy", None),
        ("natrec-standard-sideways-zonal", None),
    ],
)
def test_the_name_of_a_fleet_alarm_says_its_tier_and_a_custom_one_has_none(
    alarm: str, tier: str | None
) -> None:
    assert tier_of(alarm, "natrec") == tier


def test_a_namespace_is_taken_literally() -> None:
    assert tier_of("a.b-standard-upload-zonal", "a.b") == "standard"
    assert tier_of("axb-standard-upload-zonal", "a.b") is None


def test_only_alarm_is_an_onset() -> None:
    assert factories.transition(state="ALARM").is_onset
    assert not factories.transition(state="ALARM").is_recovery


def test_an_alarm_without_data_has_recovered_too() -> None:
    assert factories.transition(state="OK").is_recovery
    assert factories.transition(state="INSUFFICIENT_DATA").is_recovery
