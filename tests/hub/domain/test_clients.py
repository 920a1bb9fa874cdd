from dataclasses import replace

import pytest

from hub.domain.clients import Clients, clients_of, holders, read_clients
from hub.domain.named import Named
from hub.domain.networks import Interface, Network
from tests import factories

GATEWAY = factories.gateway()
NAT = Interface(
    GATEWAY.interfaces[0], GATEWAY.vpc, zone="eu-west-1a", addresses=("10.0.1.200",), type="nat_gateway"
)


def interface(address: str, instance: str, vpc: str = GATEWAY.vpc) -> Interface:
    """One whose first address, or range, is this."""
    single = () if "/" in address else (address,)
    return Interface(
        f"eni-{instance}", vpc, "eu-west-1b", primary=address, addresses=single,
        prefixes=(address,) if "/" in address else (), instance=instance,
    )  # fmt: skip


def seen(*interfaces: Interface) -> Clients:
    return clients_of(Network((NAT, *interfaces)), GATEWAY, ())


def called(clients: Clients, address: str) -> str | None:
    who = clients.holder(address)
    return who.id if who else None


def test_an_address_is_found_however_it_is_written() -> None:
    clients = seen(interface("10.0.1.5", "i-4"), interface("2a05:d018::00a", "i-6"))
    assert called(clients, "10.0.1.5") == "i-4"
    assert called(clients, "2a05:d018:0::a") == "i-6"
    assert called(clients, "10.0.1.6") is None
    assert called(clients, "no address") is None


def test_an_address_within_a_delegated_range_is_its_interfaces() -> None:
    clients = seen(interface("10.0.1.16/28", "i-4"), interface("2a05:d018::/80", "i-6"))
    assert called(clients, "10.0.1.31") == "i-4"
    assert called(clients, "10.0.1.32") is None
    assert called(clients, "2a05:d018::ffff") == "i-6"


def test_the_gateways_own_vpc_wins() -> None:
    other = interface("10.0.1.5", "i-2", "vpc-other")
    for both in ((interface("10.0.1.5", "i-1"), other), (other, interface("10.0.1.5", "i-1"))):
        assert called(seen(*both), "10.0.1.5") == "i-1"
    assert called(seen(interface("10.0.1.0/28", "i-1"), other), "10.0.1.5") == "i-1"


def test_an_address_of_one_other_vpc_is_named_and_one_of_two_is_nobodys() -> None:
    peer, third = interface("10.7.0.5", "i-2", "vpc-2"), interface("10.7.0.5", "i-3", "vpc-3")
    assert called(seen(peer), "10.7.0.5") == "i-2"
    assert called(seen(peer, third), "10.7.0.5") is None


def test_the_gateways_zone_is_its_interfaces() -> None:
    assert seen().zone == "eu-west-1a"
    regional = factories.gateway(availability="regional")
    assert clients_of(Network((NAT,)), regional, ()).zone is None


def test_what_was_kept_is_read_again() -> None:
    clients = seen(interface("10.0.1.5", "i-1"), interface("10.0.1.16/28", "i-1"))
    assert read_clients(clients.text()) == clients
    assert clients.text().count('"i-1"') == 1
    assert read_clients(Clients(problem="denied").text()) == Clients(problem="denied")
    assert read_clients(None) == Clients()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"holders": [1], "addresses": {}}', "null"])
def test_what_cannot_be_read_names_nobody_and_says_so(text: str) -> None:
    clients = read_clients(text)
    assert not clients.holders
    assert str(clients.problem).startswith("what was noted of them cannot be read")


FIRST, LAST = Named("instance", "i-1", "etl-1", "data"), Named("instance", "i-2", "etl-2", "web")


def held_by(first: Named | None, last: Named | None) -> Named | None:
    opened, closed = (Clients({"10.0.1.5": who} if who else {}) for who in (first, last))
    return holders(opened, closed, ["10.0.1.5", "10.0.1.9"]).get("10.0.1.5")


def test_an_address_seen_once_is_its_holders() -> None:
    assert held_by(FIRST, None) == held_by(None, FIRST) == FIRST
    assert held_by(None, None) is None


def test_of_the_same_holder_the_later_words_count() -> None:
    renamed = replace(FIRST, name="etl-one")
    assert held_by(FIRST, renamed) == renamed


def test_an_address_that_changed_hands_names_both() -> None:
    who = held_by(FIRST, LAST)
    assert str(who) == "i-1 etl-1, later i-2 etl-2"
    assert who
    assert who.owner == "data, later web"
    same_team = held_by(FIRST, replace(LAST, owner="data"))
    assert same_team
    assert same_team.owner == "data"
