"""Time, cooldown and quota hold also while traffic does not calm."""

from scripts.stories.places import Gateway, eventually
from tests.scenarios.vocabulary import (
    alarm_fires,
    alarm_recovers,
    closed,
    executions,
    flow_logs,
    letters,
    opened,
    recordings,
    refused,
    usage,
)


def test_traffic_that_goes_on_is_recorded_until_the_time_limit(gateway: Gateway) -> None:
    alarm_fires(on=gateway)
    opened(on=gateway)
    recording = closed(on=gateway, within=40)
    assert recording["state"] == "closed"
    assert "the time limit was reached" in recording["reason"]
    assert not flow_logs(of=gateway)


def test_a_gateway_cools_down_and_its_third_recording_of_the_day_is_refused(gateway: Gateway) -> None:
    alarm_fires(on=gateway)
    opened(on=gateway)
    alarm_recovers(on=gateway)
    eventually(lambda: recordings(of=gateway)[-1]["state"] == "closed")
    alarm_fires(on=gateway)
    eventually(
        lambda: len(executions(of=gateway)) == 2 and executions(of=gateway)[0]["status"] == "SUCCEEDED"
    )
    assert refused(on=gateway)["reason"] == "cooling_down"
    assert refused(on=gateway)["until"]
    closed(on=gateway)

    def again() -> bool:
        before = len(executions(of=gateway))
        alarm_fires(on=gateway)
        eventually(lambda: len(executions(of=gateway)) > before)
        eventually(lambda: executions(of=gateway)[0]["status"] == "SUCCEEDED" or flow_logs(of=gateway))
        return len(recordings(of=gateway)) == 2

    eventually(again)
    opened(on=gateway, number=2)
    alarm_recovers(on=gateway)
    closed(on=gateway, number=2)

    def refused_by_quota() -> bool:
        before = len(executions(of=gateway))
        alarm_fires(on=gateway)
        eventually(lambda: len(executions(of=gateway)) > before)
        eventually(lambda: executions(of=gateway)[0]["status"] == "SUCCEEDED")
        return bool(refused(on=gateway)["reason"] == "gateway_quota")

    eventually(refused_by_quota)
    assert "2 recordings a day" in refused(on=gateway)["text"]
    assert not flow_logs(of=gateway)
    assert usage(of=gateway) == 2
    *_, (subject, quota) = told = letters(about=gateway)
    assert len(told) == 5  # refused again and again, told once
    assert "quota used up" in subject
    assert "max_per" in quota
