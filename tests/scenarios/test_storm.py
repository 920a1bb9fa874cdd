"""A thousand gateways at once, each told twice: quotas hold, room is used as it appears, nothing is lost."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import yaml

from scripts.stories import ledgers, witnesses
from scripts.stories.events import now
from scripts.stories.ledgers import Books
from scripts.stories.places import Organization
from scripts.stories.running import sandbox
from scripts.stories.storms import ALARM, Limits, Storm, fleet, rage
from scripts.stories.witnesses import Answered
from tests.profiles import many
from tests.scenarios.conftest import EXAMPLE, RULES
from tests.scenarios.vocabulary import Document

GATEWAYS, ACCOUNTS = many(24, 1000), many(2, 20)
LIMITS = Limits(active=many(4, 25), a_day=many(8, 200), account_active=many(3, 5), account_a_day=many(5, 20))
WAITS = {"organization_active", "organization_quota", "account_active", "account_quota"}


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    """The storm, when it is over."""
    document = {**yaml.safe_load(EXAMPLE.read_text()), **RULES, "overrides": []}
    document["recording"] = document["recording"] | {
        "tier": "standard",
        "max_duration": "1h",
        "hard_limit": "1h",
    }
    document["quotas"] = {
        "account": {"active": LIMITS.account_active, "max_per": {"day": LIMITS.account_a_day}},
        "organization": {"active": LIMITS.active, "max_per": {"day": LIMITS.a_day}},
    }
    config = tmp_path_factory.mktemp("storm") / "natrec.yaml"
    config.write_text(yaml.safe_dump(document))
    with sandbox("-c", str(config), "--accounts", str(ACCOUNTS)) as running:
        organization = Organization(running.line)
        told, pause, patience = fleet(organization, GATEWAYS), many(1, 8) / 3, many(90, 900)
        raging = Storm(organization, LIMITS, told, pause, patience)
        rage(raging)
        yield raging


@pytest.fixture(scope="module")
def books(storm: Storm) -> Books:
    return ledgers.read(storm.organization)


@pytest.fixture(scope="module")
def sweeps(storm: Storm) -> list[Document]:
    return witnesses.sweeps(storm.organization)


@pytest.fixture(scope="module")
def heard(storm: Storm) -> list[Answered]:
    return witnesses.heard(storm.organization)


def test_every_onset_has_an_answer_each_time_it_is_told(
    storm: Storm, books: Books, heard: list[Answered], sweeps: list[Document]
) -> None:
    told = Counter(each.gateway.split("/")[-1] for each in heard)
    offers = sum(":offer-" in each.arn for each in heard)
    assert len(heard) - offers == storm.told == 2 * GATEWAYS
    # Two sweeps at once that make the same offer start one execution, and both count it.
    assert 0 < offers <= sum(each["offered"] for each in sweeps)
    assert all(told[gateway.id] >= 2 for gateway in storm.fleet)
    assert {each.status for each in heard} == {"SUCCEEDED"}
    answers = Counter(each.answer for each in heard)
    assert answers == {"closed": LIMITS.a_day, **books.refusals}


def test_as_many_as_a_day_may_have_are_recorded_each_gateway_once(books: Books) -> None:
    assert len(books.recordings) == LIMITS.a_day
    assert {each["state"] for each in books.recordings} == {"closed"}
    assert {each["reason"] for each in books.recordings} == {"traffic calmed: every alarm recovered"}
    assert len({each["gateway"] for each in books.recordings}) == LIMITS.a_day


def test_never_more_than_allowed_are_open_at_once_and_all_room_is_used(
    storm: Storm, heard: list[Answered]
) -> None:
    assert max(each.counted for each in storm.sightings) == LIMITS.active
    assert max(len(each.leased) for each in storm.sightings) == LIMITS.active
    assert 0 < max(len(each.flow_logs) for each in storm.sightings) <= LIMITS.active
    assert witnesses.most_at_once(storm.organization, heard) == LIMITS.active


def test_counters_are_what_the_executions_add_up_to(books: Books, heard: list[Answered]) -> None:
    assert books.usage == witnesses.usage(heard)
    assert books.usage["organization", "organization", "opened_day"] == LIMITS.a_day
    assert (
        max(used for (scope, *_), used in books.usage.items() if scope == "account") <= LIMITS.account_a_day
    )


def test_who_was_refused_still_waits_and_is_refused_for_want_of_room_only(
    storm: Storm, books: Books, sweeps: list[Document]
) -> None:
    recorded = {each["gateway"] for each in books.recordings}
    assert set(books.refusals) <= WAITS | {"already_recording"}
    waiting = {
        gateway
        for gateway, item in books.gateways.items()
        if item.get("watched") == "open" and item.get("in_alarm") == {ALARM}
    }
    assert waiting == {gateway.id for gateway in storm.fleet} - recorded
    assert sweeps[-1]["offered"] == 0


def test_nothing_is_left_behind(storm: Storm, books: Books) -> None:
    assert not list(witnesses.flow_logs(storm.organization))
    assert not witnesses.schedules(storm.organization)
    assert not [gateway for gateway, item in books.gateways.items() if "recording" in item]
    assert not witnesses.undeliverable(storm.organization)


def test_every_recording_is_told_and_reported_exactly_once(storm: Storm, books: Books) -> None:
    once = dict.fromkeys((each["id"] for each in books.recordings), 1)
    hub = storm.organization.line["hub"]
    bucket = storm.organization.names.reports_bucket(hub["account"], hub["region"])
    assert witnesses.letters(storm.organization, "recording") == once
    assert witnesses.letters(storm.organization, "recorded") == once
    assert witnesses.reports(storm.organization, bucket) == once
    assert {each["report"] for each in books.recordings} == {
        f"s3://{bucket}/recordings/{recording}/report.json" for recording in once
    }


def test_sweeps_meet_no_trouble(
    storm: Storm, books: Books, sweeps: list[Document], measured: Callable[[str], None]
) -> None:
    assert not sum(each["failed"] + each["problems"] + each["unreachable"] for each in sweeps)
    refused, offered = sum(books.refusals.values()), sum(each["offered"] for each in sweeps)
    conflicts = witnesses.conflicts(storm.organization, (storm.began, now()))
    measured(
        f"storm: {storm.told} events, {len(books.recordings)} opened, {refused} refused, "
        f"{offered} offered again by {len(sweeps)} sweeps, {conflicts} writes in conflict, "
        f"{len(storm.sightings)} sightings, seconds: {storm.seconds}"
    )
