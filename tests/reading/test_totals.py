"""Every total is exact, whatever kind of gateway the records are of."""

from pathlib import Path

import pytest

from scripts.reading.engine import ask
from scripts.reading.files import find
from tests.reading.conftest import Write
from tests.reading.reports import reported
from tests.reading.truth import REGIONAL, SEVERAL, ZONAL, Leg, Nat, Story, crowd, told, write_text


@pytest.mark.parametrize("nat", [ZONAL, SEVERAL, REGIONAL], ids=["zonal", "several addresses", "regional"])
@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
def test_every_talker_is_told_exactly(tmp_path: Path, write: Write, nat: Nat, *, named: bool) -> None:
    story = Story()
    crowd(story, nat, 1, flows=60)
    write(tmp_path, story.records)
    document = reported(tmp_path, *(nat.addresses if named else ()))
    assert told(document) == dict(story.truth)
    assert document["bytes"] == story.totals()
    assert document["records"] == len(story.records)
    assert document["incomplete"] == []
    for each in document["talkers"]:
        key = (each["direction"], each["client"], each["remote"], each["port"])
        assert each["packets"] == story.packets[key]
        assert each["share"] == pytest.approx(each["bytes"] / story.total(each["direction"]), abs=1e-6)


def test_every_minute_is_told_exactly(tmp_path: Path, write: Write) -> None:
    """The story's windows begin 20 seconds after a minute."""
    story = Story()
    for minute in range(3):
        story.flow(ZONAL, "10.0.1.5", "203.0.113.5", up=10 + minute, down=100 * minute, at=60 * minute)
    write(tmp_path, story.records)
    document = reported(tmp_path)
    assert document["minutes"] == [
        {"minute": "2026-09-21T14:14:00Z", "upload": 10, "download": 0},
        {"minute": "2026-09-21T14:15:00Z", "upload": 11, "download": 100},
        {"minute": "2026-09-21T14:16:00Z", "upload": 12, "download": 200},
    ]
    assert document["window"] == {"start": "2026-09-21T14:14:00Z", "end": "2026-09-21T14:16:59Z"}


def test_talkers_are_sorted_by_bytes(tmp_path: Path, write: Write) -> None:
    story = Story()
    crowd(story, ZONAL, 1)
    write(tmp_path, story.records)
    amounts = [each["bytes"] for each in reported(tmp_path)["talkers"]]
    assert amounts == sorted(amounts, reverse=True)


def test_totals_count_talkers_that_are_too_small_to_be_told(tmp_path: Path, write: Write) -> None:
    story = Story()
    for number in range(80):
        story.flow(ZONAL, "10.0.1.5", f"203.0.113.{number}", up=100 + number, down=5000 + number)
    write(tmp_path, story.records)
    document = reported(tmp_path)
    assert document["bytes"] == story.totals()
    largest = {f"203.0.113.{number}" for number in range(30, 80)}
    for direction in ("upload", "download"):
        assert {each["remote"] for each in document["talkers"] if each["direction"] == direction} == largest


def test_one_gateway_is_told_from_twenty_in_one_folder(tmp_path: Path) -> None:
    stories = [Story() for _ in range(20)]
    for number, story in enumerate(stories):
        nat = Nat(f"eni-{number:02}", (f"10.9.{number}.5", f"10.9.{number}.6"))
        if number >= 15:
            nat = Nat(f"nat-{number:017x}", (f"198.51.100.{number}",), regional=True)
        crowd(story, nat, number + 1)
        story.silent(nat, "SKIPDATA" if number == 3 else "NODATA", at=900)
        write_text(tmp_path / f"{number % 4}" / f"{number}.log.gz", story.records)
    for number, addresses in ((3, ("10.9.3.5",)), (4, ("10.9.4.5", "10.9.4.6")), (17, ("198.51.100.17",))):
        document = reported(tmp_path, *addresses)
        assert told(document) == dict(stories[number].truth)
        assert document["records"] == len(stories[number].records)
        assert bool(document["incomplete"]) == (number == 3)
    assert reported(tmp_path)["bytes"] == {
        direction: sum(each.total(direction) for each in stories) for direction in ("upload", "download")
    }


def test_two_gateways_are_told_together_where_both_are_named(tmp_path: Path) -> None:
    story, third = Story(), Story()
    crowd(story, ZONAL, 1)
    crowd(story, REGIONAL, 2, flows=10)
    crowd(third, SEVERAL, 3)
    write_text(tmp_path / "a.log.gz", story.records + third.records)
    assert told(reported(tmp_path, *ZONAL.addresses, *REGIONAL.addresses)) == dict(story.truth)


def test_a_gateway_that_is_another_gateways_client_is_not_counted_for_it(tmp_path: Path) -> None:
    """A private gateway behind a public one: each has legs of its own for the same bytes."""
    story, behind = Story(), Nat("eni-0dd", ("10.0.200.9",))
    story.flow(behind, "10.0.1.5", "203.0.113.5", up=1000, down=50_000)
    own = dict(story.truth)
    story.flow(ZONAL, behind.primary, "203.0.113.5", up=1000, down=50_000)
    write_text(tmp_path / "a.log.gz", story.records)
    assert told(reported(tmp_path, behind.primary)) == own
    assert reported(tmp_path, ZONAL.primary)["talkers"][0]["client"] == behind.primary


def test_a_private_gateway_has_private_remotes(tmp_path: Path, write: Write) -> None:
    story = Story()
    story.flow(SEVERAL, "10.0.1.5", "172.20.3.4", 5432, up=4000, down=900, through=0)
    write(tmp_path, story.records)
    assert told(reported(tmp_path)) == dict(story.truth)


def test_the_second_address_of_a_private_gateway_needs_to_be_named(tmp_path: Path) -> None:
    story = Story()
    story.flow(SEVERAL, "10.0.1.5", "172.20.3.4", 5432, up=4000, down=900, through=1)
    write_text(tmp_path / "a.log.gz", story.records)
    assert told(reported(tmp_path, *SEVERAL.addresses)) == dict(story.truth)


def test_ipv6_clients_reach_ipv4_remotes_through_nat64(tmp_path: Path, write: Write) -> None:
    """RFC 6052: 64:ff9b::cb00:7105 is 203.0.113.5; on the far side the conversation is IPv4."""
    client, seen, remote, own = "2001:db8::5", "64:ff9b::cb00:7105", "203.0.113.5", ZONAL.primary
    story = Story()
    for source, destination, ports, amount in (
        (client, seen, (40001, 443), 300),
        (own, remote, (1025, 443), 300),
        (remote, own, (443, 1025), 9000),
        (seen, client, (443, 40001), 9000),
    ):
        comes_in = source in {client, remote}
        story.leg(ZONAL, Leg(source, destination, source, destination, ports, amount, comes_in))
    write(tmp_path, story.records)
    assert told(reported(tmp_path)) == {
        ("upload", client, remote, 443): 300,
        ("download", client, remote, 443): 9000,
    }


def test_traffic_to_the_gateway_itself_went_through_nothing(tmp_path: Path, write: Write) -> None:
    story, own = Story(), ZONAL.primary
    story.leg(ZONAL, Leg("10.0.1.5", own, "10.0.1.5", own, (1, 7), 500, comes_in=True, protocol=1))
    write(tmp_path, story.records)
    assert reported(tmp_path)["talkers"] == []
    assert reported(tmp_path)["bytes"] == {"upload": 0, "download": 0}


def test_other_interfaces_in_the_same_folder_count_nothing_twice(tmp_path: Path, write: Write) -> None:
    """Flow logs of a whole VPC have the client's own records of the same bytes too."""
    story, client, remote = Story(), "10.0.1.5", "203.0.113.5"
    story.flow(ZONAL, client, remote, up=1000, down=50_000)
    instance = Nat("eni-0ee", (client,))
    story.leg(instance, Leg(client, remote, client, remote, (40001, 443), 1000, comes_in=False))
    story.leg(instance, Leg(remote, client, remote, client, (443, 40001), 50_000, comes_in=True))
    write(tmp_path, story.records)
    for gateways in ((), ZONAL.addresses):
        assert told(reported(tmp_path, *gateways)) == dict(story.truth)


def test_memory_may_be_short(tmp_path: Path) -> None:
    story = Story()
    crowd(story, ZONAL, 1, clients=200, flows=2000)
    write_text(tmp_path / "a.log.gz", story.records)
    found = ask(find([str(tmp_path)]), memory=64 * 10**6)
    assert {each: found.total(each) for each in ("upload", "download")} == story.totals()
