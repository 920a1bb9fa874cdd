from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.offers import offer
from hub.events import transition
from tests import factories


@given(
    alarm=st.sampled_from([factories.ALARM, "natrec-custom-ports", "natrec-custom-x-upload-zonal"]),
    at=st.datetimes(timezones=st.just(factories.NOW.tzinfo)),
)
def test_an_offer_is_understood_as_the_onset_that_it_offers(alarm: str, at: object) -> None:
    onset = factories.transition(alarm=alarm, at=at)  # type: ignore[arg-type] # a datetime
    told = transition(offer(onset, "natrec", factories.NOW).event)
    assert (told.gateway, told.alarm, told.state, told.at) == (onset.gateway, alarm, "ALARM", onset.at)


def test_an_offer_has_one_name_within_five_minutes_and_another_one_later() -> None:
    onset, now = factories.transition(), factories.NOW.replace(minute=10, second=0)
    first = offer(onset, "natrec", now)
    assert offer(onset, "natrec", now + timedelta(minutes=4, seconds=59)) == first
    assert offer(onset, "natrec", now + timedelta(minutes=5)).name != first.name
    other = factories.transition(alarm=factories.OTHER_ALARM)
    assert offer(other, "natrec", now).name != first.name


def test_a_name_is_one_that_step_functions_takes() -> None:
    name = offer(factories.transition(), "natrec", factories.NOW).name
    assert len(name) <= 80
    assert name.replace("-", "").isalnum()
