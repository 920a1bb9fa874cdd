"""Who is named as a suspect, how sure that is, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.rises import MINUTE, Series, part, rise
from hub.domain.suspecting import SUSPECT, Client, Evidence, Watched, suspicion
from hub.domain.suspects import UNSEEN, Suspicion, paragraph
from tests.hub.domain.evidence import ALARMED, averages, evidence, series, spike

NOW = ALARMED + timedelta(seconds=20)
GATEWAY = spike(10e6, 1010e6)


def found(told: Evidence) -> Suspicion:
    return suspicion(told, ALARMED, NOW)


def test_the_one_whose_traffic_rose_with_the_gateways_is_likely() -> None:
    named = found(evidence(GATEWAY, {"i-1": spike(2e6, 972e6), "i-2": spike(5e6, 5.5e6)}))
    [suspect] = named.suspects
    assert (named.at, named.none) == (NOW, None)
    assert (suspect.client, suspect.name, suspect.addresses) == ("i-1", "name-of-i-1", ("10.0.1.20",))
    assert (suspect.direction, suspect.share, suspect.sureness) == ("download", 0.97, "likely")
    assert (suspect.before, suspect.since) == (2_000_000, 972_000_000)
    assert suspect.reason == "it rose in the same minutes by about as much, and nobody else did"


def test_the_largest_share_comes_first_and_three_are_named_at_most() -> None:
    shares = {"i-1": 210e6, "i-2": 250e6, "i-3": 230e6, "i-4": 240e6, "i-5": 100e6}
    named = found(evidence(GATEWAY, {each: spike(0, amount) for each, amount in shares.items()}))
    assert [each.client for each in named.suspects] == ["i-2", "i-4", "i-3"]
    assert {(each.sureness, each.reason) for each in named.suspects} == {
        ("possible", "most of the rise is not its own")
    }


def test_two_who_rose_as_much_are_possible_each() -> None:
    """As a proxy and the one it fetches for, of whom only one uses the gateway."""
    named = found(evidence(GATEWAY, {"i-1": spike(0, 1000e6), "i-2": spike(0, 990e6)}))
    assert {(each.sureness, each.reason) for each in named.suspects} == {("possible", "others rose as much")}


def test_averages_of_five_minutes_make_nobody_likely() -> None:
    [suspect] = found(evidence(GATEWAY, {"i-1": averages(spike(2e6, 972e6))})).suspects
    assert (suspect.share, suspect.sureness) == (0.97, "possible")
    assert suspect.reason == "its metrics are 5-minute averages"


def test_an_average_that_began_before_the_rise_is_measured_against_the_same_minutes() -> None:
    """The last five minutes were quiet for two, so both rose by three minutes' worth."""
    amounts = [2e6] * 57 + [972e6] * 3
    gateway = series([10e6] * 57 + [1010e6] * 3)
    [suspect] = found(evidence(gateway, {"i-1": averages(series(amounts))})).suspects
    assert suspect.share == pytest.approx(0.97)


def test_an_average_that_ends_before_the_rise_suspects_nobody() -> None:
    old = series([10e6] * 11, step=5 * MINUTE, until=ALARMED - 5 * MINUTE)
    named = found(evidence(GATEWAY, {"i-1": old}))
    assert named.none == "the newest metrics of the clients behind it are older than the rise"


def test_one_who_rose_by_far_more_is_only_possible() -> None:
    [suspect] = found(evidence(GATEWAY, {"i-1": spike(0, 5000e6)})).suspects
    assert (suspect.share, suspect.sureness) == (5, "possible")
    assert suspect.reason == "its traffic rose by more than the gateway's, so part of it went elsewhere"


def test_a_busy_server_is_not_named_for_its_own_ups_and_downs() -> None:
    """A tenth of its own traffic is as much as the gateway's whole rise."""
    assert not found(evidence(GATEWAY, {"i-1": spike(10_000e6, 11_000e6)})).suspects


def test_one_who_was_as_busy_earlier_in_the_hour_is_only_possible() -> None:
    amounts = [2e6] * 20 + [2000e6] * 2 + [2e6] * 33 + [1000e6] * 5
    [suspect] = found(evidence(GATEWAY, {"i-1": series(amounts)})).suspects
    assert (suspect.sureness, suspect.reason) == ("possible", "it was as busy earlier in the hour")


def test_one_who_has_only_begun_to_run_is_named_without_a_before() -> None:
    [suspect] = found(evidence(GATEWAY, {"i-1": series([900e6] * 5)})).suspects
    assert (suspect.before, suspect.sureness) == (0, "likely")


def test_who_does_not_route_through_the_gateway_is_left_out() -> None:
    clients = {"i-1": spike(0, 1000e6), "i-2": spike(0, 300e6)}
    behind = {"i-2": Client("i-2")}
    [suspect] = found(evidence(GATEWAY, clients, known=behind)).suspects
    assert suspect.client == "i-2"
    none = found(evidence(GATEWAY, clients, known={}))
    assert not none.suspects
    assert str(none.none).startswith("none of the busiest clients routes through the gateway")


def test_nobody_is_invented() -> None:
    named = found(evidence(GATEWAY, {"i-1": spike(5e6, 6e6), "i-2": spike(0, 100e6)}))
    assert named == Suspicion(
        NOW, none=f"nobody's own traffic rose with it; {UNSEEN} have no metrics that tell it"
    )


@pytest.mark.parametrize(
    "gateway", [Series(), spike(1e9, 1.1e9), series([10e6] * 40, until=ALARMED - 20 * MINUTE)]
)
def test_without_a_rise_of_the_gateway_nobody_is_suspected(gateway: Series) -> None:
    named = found(evidence(gateway, {"i-1": spike(0, 1000e6)}))
    assert named == Suspicion(NOW, none="the gateway's own metrics show no rise yet")
    assert suspicion(Evidence(), ALARMED, NOW) == named


def test_what_only_answers_the_spike_is_no_direction_of_its_own() -> None:
    answers = Watched(spike(0, 30e6), {"i-2": spike(0, 29e6)})
    told = evidence(GATEWAY, {"i-1": spike(0, 1000e6)}, known={each: Client(each) for each in ("i-1", "i-2")})
    both = replace(told, watched={**told.watched, "upload": answers})
    assert [(each.client, each.direction) for each in found(both).suspects] == [("i-1", "download")]


def test_an_upload_is_suspected_as_a_download_is() -> None:
    [suspect] = found(evidence(GATEWAY, {"i-1": spike(0, 1000e6)}, direction="upload")).suspects
    assert suspect.direction == "upload"


def test_a_pod_is_possible_beside_its_node_and_takes_nothing_from_it() -> None:
    pod = Client("shop/default/etl", kind="pod")
    known = {"i-1": Client("i-1"), pod.id: pod}
    clients = {"i-1": spike(0, 1000e6), pod.id: spike(0, 980e6)}
    node, inside = found(evidence(GATEWAY, clients, known=known)).suspects
    assert (node.client, node.sureness) == ("i-1", "likely")
    assert (inside.client, inside.sureness) == (pod.id, "possible")
    assert inside.reason == "metrics do not tell which gateway a pod uses"


def test_minutes_that_the_gateway_has_not_told_yet_are_not_compared() -> None:
    gateway = Series(GATEWAY.points[:-2])
    [suspect] = found(evidence(gateway, {"i-1": spike(2e6, 972e6)})).suspects
    assert suspect.share == pytest.approx(0.97)
    assert suspect.since == 972_000_000


def test_an_earlier_spike_is_not_taken_for_this_one() -> None:
    """Somebody else caused that one, a quarter of an hour before."""
    gateway = series([10e6] * 44 + [900e6] * 2 + [10e6] * 9 + [1010e6] * 5)
    earlier = series([0.0] * 44 + [890e6] * 2 + [0.0] * 14)
    [suspect] = found(evidence(gateway, {"i-1": spike(2e6, 972e6), "i-2": earlier})).suspects
    assert (suspect.client, suspect.share, suspect.sureness) == ("i-1", 0.97, "likely")


def test_a_rise_may_pause_for_two_minutes() -> None:
    """An alarm on three of five minutes takes it for one."""
    gateway = series([10e6] * 54 + [1010e6] * 2 + [10e6] * 2 + [1010e6] * 2)
    first = series([0.0] * 54 + [1000e6] * 2 + [0.0] * 4)
    [suspect] = found(evidence(gateway, {"i-1": first})).suspects
    assert (suspect.share, suspect.sureness) == (0.5, "likely")


AMOUNTS = st.lists(st.floats(0, 1e12), min_size=1, max_size=70)


@given(st.lists(st.floats(0, 1e11), min_size=1, max_size=6), st.integers(1, 10))
def test_what_clients_share_of_a_rise_adds_up_to_it(shares: list[float], minutes: int) -> None:
    """Whoever makes the gateway's traffic, their parts are the whole."""
    total = sum(shares)
    if total < 1:
        return
    quiet = 60 - minutes
    gateway = series([0.0] * quiet + [total] * minutes)
    of_gateway = rise(gateway, ALARMED)
    assert of_gateway is not None
    parts = [part(series([0.0] * quiet + [each] * minutes), gateway, of_gateway) for each in shares]
    assert sum(each.share for each in parts if each) == pytest.approx(1)


@given(AMOUNTS, st.lists(AMOUNTS, max_size=5), st.sampled_from([1, 5]))
def test_whatever_metrics_say_suspects_have_risen_and_there_is_always_an_answer(
    gateway: list[float], clients: list[list[float]], minutes: int
) -> None:
    told = {f"i-{number}": series(each, step=minutes * MINUTE) for number, each in enumerate(clients)}
    named = found(evidence(series(gateway), told))
    assert bool(named.suspects) != bool(named.none)
    assert len(named.suspects) <= 3
    for each in named.suspects:
        assert each.share >= SUSPECT
        assert each.since >= each.before
        assert each.reason


def as_service(identity: str, *addresses: str) -> dict[str, Client]:
    return {identity: Client(identity, addresses=addresses, kind="service")}


def test_a_service_is_possible_and_named_by_its_cluster() -> None:
    known = as_service("shop/checkout", "10.0.1.7")
    [suspect] = found(evidence(GATEWAY, {"shop/checkout": spike(2e6, 972e6)}, known=known)).suspects
    assert (suspect.client, suspect.addresses) == ("shop/checkout", ("10.0.1.7",))
    assert suspect.sureness == "possible"
    assert suspect.reason == "metrics of a service are of all its tasks, wherever they send"


def test_what_is_explained_is_what_everybody_with_metrics_had_without_pods() -> None:
    amounts = {"i-1": 300e6, "i-2": 50e6, "shop/checkout": 250e6, "c/n/pod": 290e6}
    clients = {each: spike(0, amount) for each, amount in amounts.items()}
    known = {
        "i-1": Client("i-1"),
        "i-2": Client("i-2"),
        **as_service("shop/checkout"),
        "c/n/pod": Client("c/n/pod", kind="pod"),
    }
    named = found(evidence(GATEWAY, clients, known=known))
    assert len(named.suspects) == 3
    assert named.explained == 0.6
    text = " ".join(paragraph(named).split())
    assert text.endswith(f"Clients with metrics explain 60% of the rise; {UNSEEN} have none that tell it.")


@pytest.mark.parametrize("amount", [910e6, 2000e6])
def test_nothing_is_said_of_a_rest_where_there_is_none(amount: float) -> None:
    named = found(evidence(GATEWAY, {"i-1": spike(0, amount)}))
    assert named.explained == min(1.0, amount / 1e9)
    assert "explain" not in paragraph(named)
