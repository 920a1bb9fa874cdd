"""The first notice of a spike names who may have caused it, and the report says whether that was right."""

import pytest

from scripts.sandbox.remote import ask
from scripts.stories.places import Gateway, Organization
from tests.scenarios.vocabulary import (
    alarm_fires,
    alarm_recovers,
    closed,
    letters,
    opened,
    page_of,
    report,
)


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_the_suspect_of_the_first_minute_is_the_culprit_of_the_report(
    organization: Organization, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, direction: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", organization.line["endpoint"])
    instances = gateway.instances("web-1", "etl-runner-3")
    spike = {"mbps": 800, "seconds": 5, "direction": direction}
    ask("traffic", {"account": gateway.account, "region": gateway.region, "gateway": gateway.id, **spike})

    opened(on=gateway)
    [(_, started)] = letters(about=gateway)
    told = " ".join(started.split())
    [(name, suspect)] = [
        each for each in instances.items() if f"{each[1]} {each[0]}: {direction} rose" in told
    ]
    assert "of the gateway's rise. Likely: it rose in the same minutes" in told

    recording = closed(on=gateway)
    document = report(recording, organization)
    [judged] = document["suspects"]
    assert (judged["client"], judged["name"], judged["direction"]) == (suspect, name, direction)
    assert judged["right"] is True
    assert judged["addresses"] == [document["talkers"][0]["client"]]
    assert judged["made"] > 0.7
    sentence = document["suspicion"]
    assert f"was right: {suspect} {name} made" in sentence
    assert sentence in page_of(recording, organization)
    (_, ended) = letters(about=gateway)[-1]
    assert sentence in " ".join(ended.split())
    assert document["recording"]["suspects"][0]["client"] == suspect


def test_a_service_of_fargate_is_suspected_by_container_insights(
    organization: Organization, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", organization.line["endpoint"])
    address = gateway.task("shop", "checkout")
    spike = {"mbps": 800, "seconds": 5, "direction": "upload"}
    ask("traffic", {"account": gateway.account, "region": gateway.region, "gateway": gateway.id, **spike})

    opened(on=gateway)
    [(_, started)] = letters(about=gateway)
    told = " ".join(started.split())
    assert "shop/checkout: upload rose from 0 bytes" in told
    assert "Possible: metrics of a service are of all its tasks" in told

    document = report(closed(on=gateway), organization)
    [judged] = document["suspects"]
    assert (judged["client"], judged["addresses"], judged["right"]) == ("shop/checkout", [address], True)
    assert document["talkers"][0]["client_name"] == "ECS service shop/checkout"


def test_where_nobody_rose_the_notice_says_so_and_names_nobody(
    organization: Organization, gateway: Gateway
) -> None:
    alarm_fires(on=gateway)
    opened(on=gateway)
    [(_, started)] = letters(about=gateway)
    assert "No suspect: the gateway's own metrics show no rise yet." in " ".join(started.split())
    alarm_recovers(on=gateway)
    document = report(closed(on=gateway), organization)
    assert (document["suspects"], document["suspicion"]) == ([], None)
    assert document["recording"]["no_suspects"] == "the gateway's own metrics show no rise yet"
