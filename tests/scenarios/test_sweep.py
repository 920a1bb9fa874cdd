"""What CloudWatch tells once and is lost, the sweep finds; what nobody wants, it deletes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from scripts.stories.events import now
from scripts.stories.places import Gateway, Organization, eventually
from scripts.stories.sweeps import sweep_runs
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
)

SETTLED = 31.0  # seconds; of younger news the sweep concludes nothing


def test_a_recovery_that_was_lost_is_noted_by_the_sweep(organization: Organization, gateway: Gateway) -> None:
    alarm_fires(on=gateway, at=now() - timedelta(seconds=SETTLED))
    opened(on=gateway)
    with _lost(organization, "recovery"):
        alarm_recovers(on=gateway)
        assert stays(lambda: flow_logs(of=gateway), 0.5)
    assert sweep_runs(organization)["recovered"] >= 1
    recording = closed(on=gateway)
    assert "every alarm recovered" in recording["reason"]
    assert not flow_logs(of=gateway)


def test_onsets_that_were_lost_or_refused_in_passing_are_offered_again(organization: Organization) -> None:
    lost = organization.gateway()
    with _lost(organization, "onset"):
        alarm_fires(on=lost)
    cooling = eventually(lambda: _refused_while_it_cools(organization), within=1, every=0.5)
    assert stays(lambda: not executions(of=lost), SETTLED)
    assert sweep_runs(organization, "full")["offered"] >= 2
    opened(on=lost)
    opened(on=cooling, number=2)
    assert executions(of=lost)[0]["name"].startswith("offer-")
    for each in (lost, cooling):
        alarm_recovers(on=each)
    assert closed(on=lost)["state"] == closed(on=cooling, number=2)["state"] == "closed"


def test_a_flow_log_of_ours_that_no_recording_wants_is_deleted(
    organization: Organization, gateway: Gateway
) -> None:
    alarm_fires(on=gateway)
    recording = opened(on=gateway)
    (on,) = flow_logs(of=gateway)
    alarm_recovers(on=gateway)
    closed(on=gateway)
    made = gateway.client("ec2").create_flow_logs(
        ResourceType="NetworkInterface",
        ResourceIds=[gateway.interface],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=on["LogDestination"],
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": on["Tags"]}],
    )
    assert made["FlowLogIds"], made
    assert gateway_item(gateway)["watched_until"] > recording["opened_at"]
    assert sweep_runs(organization)["deleted"] >= 1
    assert not flow_logs(of=gateway)


def test_a_gateway_that_is_deleted_ends_its_recording(organization: Organization) -> None:
    """Where the machine is slow the time limit of these stories may come first; then it is told again."""

    def ended() -> bool:
        gateway = organization.gateway()
        alarm_fires(on=gateway, at=now() - timedelta(seconds=SETTLED))
        opened(on=gateway)
        with _lost(organization, "recovery"):
            gateway.client("ec2").delete_nat_gateway(NatGatewayId=gateway.id)
            alarm_recovers(on=gateway)
        sweep_runs(organization)  # or the hub's own, which comes every five minutes
        reason = closed(on=gateway)["reason"]
        assert executions(of=gateway)[0]["status"] == "SUCCEEDED"
        return "the gateway is gone" in reason

    eventually(ended, within=1, every=0.5)


def test_every_target_of_the_organization_is_visited_by_a_full_sweep(organization: Organization) -> None:
    summary = sweep_runs(organization, "full")
    line = organization.line
    assert summary["targets"] + summary["unreachable"] >= len(line["accounts"]) * len(line["regions"])
    assert (summary["failed"], summary["unreachable"], summary["problems"]) == (0, 0, 0), json.dumps(summary)


def _refused_while_it_cools(organization: Organization) -> Gateway | None:
    """A gateway that is in alarm again and refused; None where a slow machine let its two seconds pass."""
    gateway = organization.gateway()
    alarm_fires(on=gateway)
    opened(on=gateway)
    alarm_recovers(on=gateway)
    eventually(lambda: recordings(of=gateway)[-1]["state"] == "closed")
    alarm_fires(on=gateway)
    eventually(lambda: len(recordings(of=gateway)) == 2 or _last_is_over(gateway))
    if len(recordings(of=gateway)) == 2:
        alarm_recovers(on=gateway)
        return None
    assert refused(on=gateway)["reason"] == "cooling_down"
    return gateway


def _last_is_over(gateway: Gateway) -> bool:
    found = executions(of=gateway)
    return len(found) == 2 and found[0]["status"] != "RUNNING"


@contextmanager
def _lost(organization: Organization, rule: str) -> Iterator[None]:
    """A rule of the hub takes no event for a while."""
    events = organization.hub("events")
    place = {"Name": organization.names.rule(rule), "EventBusName": organization.names.bus}
    events.disable_rule(**place)
    yield
    events.enable_rule(**place)
