"""One gateway, several alarms: what is told twice, late, or in the wrong order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from scripts.stories.places import Gateway, eventually
from tests.scenarios.vocabulary import (
    alarm_fires,
    alarm_recovers,
    closed,
    executions,
    flow_logs,
    gateway_item,
    opened,
    recordings,
    refused,
    stays,
    traffic_calms,
    traffic_rises,
    usage,
)

SECOND = timedelta(seconds=1)
BOTH = ("BytesInFromSource", "BytesInFromDestination")


def test_a_recording_ends_only_when_both_directions_have_calmed(gateway: Gateway) -> None:
    alarm_fires(on=gateway, direction="download")
    opened(on=gateway)
    alarm_fires(on=gateway, direction="upload")
    eventually(lambda: len(gateway_item(gateway)["in_alarm"]) == 2)
    assert refused(on=gateway)["reason"] == "already_recording"
    alarm_recovers(on=gateway, direction="download")
    eventually(lambda: len(gateway_item(gateway)["in_alarm"]) == 1)
    assert stays(lambda: flow_logs(of=gateway), seconds=0.5)
    alarm_recovers(on=gateway, direction="upload")
    recording = closed(on=gateway)
    assert sorted(recording["alarms"]) == ["natrec-standard-download-zonal", "natrec-standard-upload-zonal"]
    assert "every alarm recovered" in recording["reason"]
    assert (len(recordings(of=gateway)), usage(of=gateway)) == (1, 1)


def test_both_directions_that_rise_at_once_make_one_recording(gateway: Gateway) -> None:
    traffic_rises(gateway, *BOTH)
    opened(on=gateway)
    eventually(lambda: len(gateway_item(gateway).get("in_alarm", ())) == 2)
    assert len(flow_logs(of=gateway)) == 1
    traffic_calms(gateway, *BOTH)
    recording = closed(on=gateway)
    assert len(recording["alarms"]) == 2
    assert "every alarm recovered" in recording["reason"]
    assert len(recordings(of=gateway)) == 1


def test_an_onset_told_many_times_at_once_is_recorded_once(gateway: Gateway) -> None:
    first = alarm_fires(on=gateway)
    with ThreadPoolExecutor(5) as threads:
        list(threads.map(lambda _: alarm_fires(on=gateway, at=first), range(5)))
    opened(on=gateway)
    eventually(lambda: len([each for each in executions(of=gateway) if each["status"] == "SUCCEEDED"]) == 5)
    assert len(flow_logs(of=gateway)) == 1
    alarm_recovers(on=gateway)
    assert closed(on=gateway)["alarms"] == ["natrec-standard-download-zonal"]
    assert (len(recordings(of=gateway)), usage(of=gateway)) == (1, 1)


def test_a_recovery_right_behind_its_onset_still_ends_the_recording(gateway: Gateway) -> None:
    fired = alarm_fires(on=gateway)
    alarm_recovers(on=gateway, at=fired + SECOND)
    eventually(
        lambda: executions(of=gateway) and all(e["status"] != "RUNNING" for e in executions(of=gateway))
    )
    assert not flow_logs(of=gateway)
    assert "recording" not in gateway_item(gateway)
    assert all("every alarm recovered" in each["reason"] for each in recordings(of=gateway))


def test_an_onset_that_arrives_after_its_recovery_is_refused_as_recovered(gateway: Gateway) -> None:
    recovered = alarm_recovers(on=gateway)
    eventually(lambda: gateway_item(gateway))
    alarm_fires(on=gateway, at=recovered - SECOND)
    eventually(lambda: executions(of=gateway) and executions(of=gateway)[0]["status"] == "SUCCEEDED")
    assert refused(on=gateway)["reason"] == "recovered"
    assert not flow_logs(of=gateway)
    assert usage(of=gateway) == 0


def test_a_late_duplicate_of_an_onset_that_was_recorded_is_refused_as_recovered(gateway: Gateway) -> None:
    fired = alarm_fires(on=gateway)
    opened(on=gateway)
    alarm_recovers(on=gateway)
    closed(on=gateway)
    alarm_fires(on=gateway, at=fired)
    eventually(
        lambda: len(executions(of=gateway)) == 2 and executions(of=gateway)[0]["status"] == "SUCCEEDED"
    )
    assert refused(on=gateway)["reason"] == "recovered"
    assert not flow_logs(of=gateway)


def test_an_old_recovery_does_not_end_a_newer_onset(gateway: Gateway) -> None:
    fired = alarm_fires(on=gateway)
    opened(on=gateway)
    alarm_recovers(on=gateway, at=fired - SECOND)
    assert stays(lambda: flow_logs(of=gateway))
    alarm_recovers(on=gateway)
    assert closed(on=gateway)["state"] == "closed"
