"""Quotas and days are told once, with who can do something about it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.domain.digests import Day, digest_of
from hub.domain.errors import Transient
from hub.domain.notices import Notice
from hub.domain.quotas import limits, refusal
from hub.domain.recordings import Summary
from hub.domain.refusals import Refusal
from hub.domain.targets import Target
from hub.usecases.tell_digest import TellDigest
from hub.usecases.tell_quota import TellQuota
from tests import factories
from tests.fakes import FakeNotices, FixedRules, InMemoryLedger, InMemoryWatch, ManualClock, Table

RULES = FixedRules(names={factories.ACCOUNT: "payments-prod"})
NIGHT = Target("555555555555", "eu-west-1")


def exhausted(now: datetime = factories.NOW) -> Refusal:
    terms = factories.terms(account=factories.allowance(day=3))
    return next(
        refusal(each)
        for each in limits(factories.gateway_ref(), terms, now)
        if (each.counter.scope, each.counter.measure) == ("account", "opened_day")
    )


@dataclass
class Unwilling(FakeNotices):
    """Takes no notice as often as a test says."""

    faults: int = 0
    tried: list[Notice] = field(default_factory=list)

    def publish(self, notice: Notice) -> tuple[()]:
        self.tried.append(notice)
        if self.faults:
            self.faults -= 1
            raise Transient("throttled")
        super().publish(notice)
        return ()


def test_a_quota_is_told_once_by_a_container_and_again_in_its_next_period() -> None:
    notices, clock = Unwilling(), ManualClock()
    tell = TellQuota(notices, clock)
    for _ in range(3):
        tell(exhausted(), factories.gateway_ref(), RULES)
    assert len(notices.tried) == 1
    tell(exhausted(factories.NOW + timedelta(days=1)), factories.gateway_ref(), RULES)
    first, second = (notice.about for notice in notices.sent)
    assert first != second


def test_a_quota_names_the_account_and_when_it_frees_up() -> None:
    notices = FakeNotices()
    TellQuota(notices, ManualClock())(exhausted(), factories.gateway_ref(), RULES)
    words = notices.read()
    assert "payments-prod" in words
    assert "00:00:00 UTC" in words


def test_a_quota_that_could_not_be_told_is_told_by_the_next_refusal() -> None:
    notices = Unwilling(faults=1)
    tell = TellQuota(notices, ManualClock())
    with pytest.raises(Transient):
        tell(exhausted(), factories.gateway_ref(), RULES)
    tell(exhausted(), factories.gateway_ref(), RULES)
    assert len(notices.sent) == 1


def test_a_refusal_for_another_reason_tells_of_no_quota() -> None:
    notices = FakeNotices()
    TellQuota(notices, ManualClock())(Refusal("muted", "a window"), factories.gateway_ref(), RULES)
    assert notices.sent == []


def test_a_day_is_added_up_with_the_largest_first() -> None:
    def told(number: int, size: int) -> Summary:
        return Summary(f"client {number}", bytes=size, nat_usd=size / 1e9, recording_usd=0.25)

    recordings = tuple(
        replace(factories.closed_recording(), id=f"rec-{n}", delivered_bytes=10, summary=told(n, n * 10**9))
        for n in (1, 7, 3)
    )
    failed = replace(factories.closed_recording(), id="rec-f", state="failed", delivered_bytes=None)
    seen = Day((*recordings, failed), {"muted": 4})
    found = digest_of(
        date(2026, 11, 22), seen, frozenset({NIGHT, Target("4", "eu-west-1")}), frozenset({NIGHT})
    )
    assert (found.opened, found.closed, found.failed, found.refused) == (4, 3, 1, {"muted": 4})
    assert (found.delivered, found.nat_cost, found.recording_cost) == (30, 11.0, 0.75)
    assert [each.who for each in found.largest] == ["client 7", "client 3", "client 1"]
    assert (found.covered, found.unreachable) == (1, (NIGHT,))


@dataclass
class Histories:
    """Remembers which day it was asked for."""

    asked: list[date] = field(default_factory=list)

    def day(self, day: date) -> Day:
        self.asked.append(day)
        return Day((factories.closed_recording(),))


def test_the_digest_is_of_the_day_before_whatever_the_clock_of_whoever_reads_it() -> None:
    table, notices, history = Table(), FakeNotices(), Histories()
    clock = ManualClock(datetime(2026, 11, 23, 0, 5, tzinfo=UTC))
    ledger = InMemoryLedger(table, FixedRules(covered=(NIGHT,)), [])
    found = TellDigest(ledger, history, InMemoryWatch(table), notices, clock)()
    assert history.asked == [date(2026, 11, 22)]
    assert (found.opened, found.covered) == (1, 1)
    assert [notice.about for notice in notices.sent] == ["digest/2026-11-22"]
