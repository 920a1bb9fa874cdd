"""A notice is announced to whoever is told, and delivered once."""

from datetime import timedelta

import pytest

from hub.domain.deliveries import LONGEST_PAUSE, Delivery, pause
from hub.domain.destinations import Destination
from hub.domain.errors import Busy, Transient, Unacceptable
from hub.notices.writing import write
from hub.usecases.announce import Announce
from hub.usecases.deliver import Arrived, Deliver, Outcome
from tests import factories
from tests.fakes import FakeOutbox, FakePost, FakeTold, FixedRules, InMemoryLedger, ManualClock, Table

SLACK = Destination("slack", "natrec/slack")


class Desk:
    """The use case over fakes."""

    def __init__(self) -> None:
        self.told, self.slack, self.letters = FakeTold(), FakePost(), FakeOutbox()
        posts = {"mail": FakePost(), "chat": FakePost(), "slack": self.slack}
        self.deliver = Deliver(self.told, posts, self.letters, ManualClock())  # type: ignore[arg-type]

    def arrives(self, attempt: int = 1, about: str = "rec-1") -> str | None:
        """Why it must be tried again, or None."""
        outcome = self.comes(attempt, about)
        return outcome.why if outcome.how == "postponed" else None

    def comes(self, attempt: int = 1, about: str = "rec-1") -> Outcome:
        return self.deliver(Arrived(Delivery("closed", about, SLACK, {}), f"receipt-{attempt}", attempt))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_notice_is_put_on_its_way_to_each_destination() -> None:
    rules = FixedRules(told=(Destination("mail", "central"), SLACK))
    box = FakeOutbox()
    ledger = InMemoryLedger(Table(), rules, [])
    announce = Announce(ledger, box, lambda notice, to: {"to": str(to), "gist": notice.gist}, ManualClock())
    announce.publish(write("closed", factories.closed_recording(), now=factories.NOW))
    mail, slack = box.taken()
    assert (str(mail.destination), str(slack.destination)) == ("mail:central", "slack:natrec/slack")
    assert mail.payload == {"to": "mail:central", "gist": "recorded"}
    assert mail.lane != slack.lane
    assert mail.key != slack.key


def test_what_comes_twice_is_delivered_once(desk: Desk) -> None:
    assert desk.arrives() is None
    assert desk.arrives(attempt=2) is None
    assert len(desk.slack.sent) == 1


def test_an_attempt_tells_what_came_of_it(desk: Desk) -> None:
    assert [desk.comes(), desk.comes()] == [Outcome("delivered"), Outcome("repeated")]
    desk.slack.faults = [Busy("Slack answers 500"), Unacceptable("Slack answers 400")]
    told = [desk.comes(about=about) for about in ("rec-2", "rec-3")]
    assert told == [Outcome("postponed", "Slack answers 500"), Outcome("put aside", "Slack answers 400")]


def test_a_busy_channel_is_left_alone_for_a_while(desk: Desk) -> None:
    desk.slack.faults = [Busy("Slack answers 500")]
    assert "500" in (desk.arrives() or "")
    assert desk.letters.rested == [("receipt-1", pause(1))]
    assert desk.arrives(attempt=2) is None
    assert len(desk.slack.sent) == 1


def test_a_channel_that_names_its_time_is_given_it(desk: Desk) -> None:
    desk.slack.faults = [Busy("Slack answers 429", 400)]
    desk.arrives()
    assert desk.letters.rested == [("receipt-1", timedelta(seconds=400))]


def test_what_a_channel_never_takes_is_kept_for_a_person_and_holds_up_nothing(desk: Desk) -> None:
    desk.slack.faults = [Unacceptable("Slack answers 400")]
    assert desk.arrives() is None
    assert [(each.about, why) for each, why in desk.letters.buried] == [("rec-1", "Slack answers 400")]
    assert desk.arrives(about="rec-2") is None


def test_what_was_sent_is_noted_though_the_table_was_busy(desk: Desk) -> None:
    desk.told.faults = [Transient("throttled")]
    assert desk.arrives() is None
    assert desk.arrives(attempt=2) is None
    assert len(desk.slack.sent) == 1


def test_a_queue_that_cannot_be_asked_to_wait_gives_it_out_again_in_its_own_time(desk: Desk) -> None:
    desk.slack.faults = [Busy("Slack answers 500")]
    desk.letters.faults = [Transient("throttled")]
    assert desk.arrives()
    assert desk.arrives(attempt=2) is None


def test_what_cannot_be_kept_for_a_person_is_not_given_up(desk: Desk) -> None:
    desk.slack.faults = [Unacceptable("Slack answers 400")]
    desk.letters.faults = [Transient("throttled")]
    assert desk.arrives() == "throttled"


def test_pauses_double_up_to_the_longest_and_never_fall_short_of_what_was_asked() -> None:
    pauses = [pause(attempt).total_seconds() for attempt in range(1, 9)]
    assert pauses == [5, 10, 20, 40, 80, 160, 180, 180]
    assert pause(1000) == LONGEST_PAUSE
    assert pause(1, timedelta(hours=1)) == timedelta(hours=1)
    assert pause(3, timedelta(seconds=1)) == timedelta(seconds=20)
