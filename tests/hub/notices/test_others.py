from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hub.domain.digests import Digest, Large
from hub.domain.notices import Notice
from hub.domain.quotas import limits, next_period
from hub.domain.targets import Target
from hub.notices import others
from tests import factories

NOW = factories.NOW
TARGET = Target(factories.ACCOUNT, factories.REGION)
TERMS = factories.terms(
    gateway=factories.allowance(day=3),
    account=factories.allowance(day=20, active=5),
    organization=factories.allowance(delivered_month=500 * 10**9),
)


def used_up(scope: str, measure: str, now: datetime = NOW, gateway: str = factories.NAT) -> Notice:
    place = factories.gateway_ref(gateway=gateway)
    [limit] = [
        each
        for each in limits(place, TERMS, now)
        if (each.counter.scope, each.counter.measure) == (scope, measure)
    ]
    return others.quota(
        limit,
        limit.limit,
        next_period(limit.counter),
        place,
        "payments",
        now=now,
        raise_where="quotas.account.max_per.day",
        gateway_name="egress",
    )


def test_a_quota_is_told_once_whoever_meets_it_in_its_period() -> None:
    first = used_up("account", "opened_day")
    assert first.about == f"quota/account/{factories.ACCOUNT}/opened_day/2026-11-23"
    assert used_up("account", "opened_day", NOW + timedelta(hours=9), "nat-0f").about == first.about
    assert used_up("account", "opened_day", NOW + timedelta(days=1)).about != first.about
    assert used_up("gateway", "opened_day").about != used_up("gateway", "opened_day", gateway="nat-0f").about


def test_a_quota_that_frees_up_by_itself_is_told_once_a_day() -> None:
    told = used_up("account", "active")
    assert told.about.endswith("/active/2026-11-23")
    assert "until another recording closes" in told.headline
    assert "frees up as recordings close" in told.paragraphs[0]


def test_a_quota_says_when_it_frees_up_and_who_can_raise_it() -> None:
    told = used_up("account", "opened_day")
    assert told.headline == (
        "The account payments may have 20 recordings a day, and has: alarms there are not recorded until "
        "2026-11-24 00:00:00 UTC."
    )
    assert "2026-11-24 00:00:00 UTC, 17 h 50 min from now" in told.paragraphs[0]
    assert "raise quotas.account.max_per.day in the organization's config" in told.paragraphs[1]
    assert "whoever keeps that config can do it" in told.paragraphs[1]


def test_bytes_are_told_as_sizes() -> None:
    told = used_up("organization", "delivered_month")
    assert told.headline.startswith("The organization may have 500.0 GB a month, and has")
    assert {each.label: each.value for each in told.facts}["Used"] == "500.0 GB of 500.0 GB"


def test_the_end_of_an_outage_belongs_to_its_beginning() -> None:
    began = others.unreachable(TARGET, ("rec-1", "rec-2"), "AccessDenied", "payments", now=NOW)
    over = others.reachable(TARGET, NOW, "payments", now=NOW + timedelta(hours=2))
    assert began.story == over.story
    assert began.about != over.about
    assert "\n  rec-1\n  rec-2" in began.paragraphs[1]
    assert "It was kept from its work for 2 h" in over.paragraphs[0]


def test_an_outage_without_recordings_says_why_it_is_told_all_the_same() -> None:
    told = others.unreachable(TARGET, (), "AccessDenied", now=NOW)
    assert told.headline == f"natrec is kept from its work in account {factories.ACCOUNT}, eu-west-1."
    assert "No recording is open there" in told.paragraphs[1]


def test_what_the_sweep_found_is_told_once_a_day() -> None:
    first = others.found(TARGET, ("deleted fl-1",), now=NOW)
    assert others.found(TARGET, ("deleted fl-1",), now=NOW + timedelta(hours=1)).about == first.about
    assert others.found(TARGET, ("deleted fl-2",), now=NOW).about != first.about
    assert others.found(TARGET, ("deleted fl-1",), now=NOW + timedelta(days=1)).about != first.about


def test_a_quiet_day_is_one_sentence() -> None:
    told = others.digest(Digest(date(2026, 11, 22), covered=42), NOW)
    assert told.headline == "Nothing was abnormal on 2026-11-22; 42 targets are watched."
    assert told.paragraphs == ()
    assert told.about == "digest/2026-11-22"


def test_a_digest_tells_the_five_largest_and_how_many_more() -> None:
    large = Large(
        "rec-1", factories.gateway_ref(), "etl downloaded", 10**9, 0.05, "https://page", "pay", "egress"
    )
    day = Digest(
        date(2026, 11, 22),
        opened=1,
        closed=7,
        covered=1,
        largest=(large,) * 7,
        refused={"muted": 2, "cooling_down": 5},
        unreachable=tuple(Target(f"{number:012}", "eu-west-1") for number in range(30)),
    )
    told = others.digest(day, NOW)
    assert (
        told.headline == "1 recording was opened on 2026-11-22, 7 closed and 0 failed; 1 target is watched."
    )
    largest, refused, outside, todo = told.paragraphs
    assert largest.split("\n")[1] == "  1.0 GB, $0.05, egress in pay, eu-west-1: etl downloaded"
    assert largest.split("\n")[-1] == "  and 2 more"
    assert refused.split("\n")[1:] == ["  5 cooling down", "  2 muted"]
    assert outside.split("\n")[-1] == "  and 10 more"
    assert todo.startswith("What to do: ")
    assert [each.label for each in told.links] == ["Report of egress"] * 5
    assert not others.digest(replace(day, largest=()), NOW).links


def test_a_test_says_who_asked_for_it() -> None:
    told = others.test("alice <a@example.com>", datetime(2026, 11, 23, tzinfo=UTC))
    assert told.paragraphs[0].startswith("Alice <a@example.com> asked for it.")
    assert told.about == "test/2026-11-23T00:00:00Z"
    assert others.test("", NOW).paragraphs[0].startswith("Somebody")
