"""What any spoke does."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.domain.errors import FlowLogsRefused, UnknownGateway
from hub.domain.flow_logs import FlowLog, FlowLogRequest
from hub.domain.gateways import Gateway
from orgconfig.names import Names
from tests import factories
from tests.contract.worlds import EngineSpokeWorld, SpokeWorld
from tests.fakes.spokes import Failsafe

RECORDING = "rec-20261123T061018-0f43a8b1"
FAR = datetime(2036, 11, 23, 6, 35, 18, tzinfo=UTC)
NOWHERE = "eni-0bbbbbbbbbbbbbbbb"


def zonal(spokes: SpokeWorld) -> Gateway:
    return spokes.spoke.describe_gateway(spokes.zonal().gateway)


def asked(gateway: Gateway, recording: str = RECORDING) -> FlowLogRequest:
    return FlowLogRequest(recording, gateway, FAR)


def found(spokes: SpokeWorld, recording: str = RECORDING) -> list[str]:
    return [flow_log.id for flow_log in spokes.spoke.find_flow_logs(recording)]


def test_a_zonal_gateway_has_an_interface(spokes: SpokeWorld) -> None:
    ref = spokes.zonal()
    gateway = spokes.spoke.describe_gateway(ref.gateway)
    assert (gateway.ref, gateway.availability, gateway.name) == (ref, "zonal", "egress")
    assert [each[:4] for each in gateway.interfaces] == ["eni-"]
    assert [each[:3] for each in gateway.addresses] == ["10."]


def test_a_regional_gateway_has_none(spokes: SpokeWorld) -> None:
    ref = spokes.regional()
    gateway = spokes.spoke.describe_gateway(ref.gateway)
    assert (gateway.availability, gateway.interfaces) == ("regional", ())
    assert gateway.flow_log_resources == (ref.gateway,)


def test_a_gateway_that_is_not_there_is_unknown(spokes: SpokeWorld) -> None:
    with pytest.raises(UnknownGateway, match="nat-0ffffffffffffffff"):
        spokes.spoke.describe_gateway("nat-0ffffffffffffffff")


def test_a_gateway_that_was_deleted_is_unknown(spokes: SpokeWorld) -> None:
    ref = spokes.zonal()
    spokes.delete_gateway(ref)
    with pytest.raises(UnknownGateway):
        spokes.spoke.describe_gateway(ref.gateway)


def test_flow_logs_are_created_and_found_by_their_recording(spokes: SpokeWorld) -> None:
    created = spokes.spoke.create_flow_logs(asked(zonal(spokes)))
    assert (len(created.flow_logs), created.refused) == (1, ())
    assert found(spokes) == list(created.flow_logs)
    assert found(spokes, "rec-of-another") == []


def test_a_regional_gateways_flow_log_is_created(spokes: SpokeWorld) -> None:
    gateway = spokes.spoke.describe_gateway(spokes.regional().gateway)
    assert len(spokes.spoke.create_flow_logs(asked(gateway)).flow_logs) == 1


def test_the_same_request_again_answers_the_same_flow_logs(spokes: SpokeWorld) -> None:
    gateway = zonal(spokes)
    first = spokes.spoke.create_flow_logs(asked(gateway))
    assert spokes.spoke.create_flow_logs(asked(gateway)) == first
    assert found(spokes) == list(first.flow_logs)


def test_a_resource_that_is_refused_is_told_beside_what_was_created(spokes: SpokeWorld) -> None:
    gateway = zonal(spokes)
    created = spokes.spoke.create_flow_logs(
        asked(replace(gateway, interfaces=(*gateway.interfaces, NOWHERE)))
    )
    assert len(created.flow_logs) == 1
    assert [each.split(":")[0] for each in created.refused] == [NOWHERE]


def test_nothing_created_is_a_fault_with_each_reason(spokes: SpokeWorld) -> None:
    with pytest.raises(FlowLogsRefused, match=NOWHERE):
        spokes.spoke.create_flow_logs(asked(replace(zonal(spokes), interfaces=(NOWHERE,))))
    assert found(spokes) == []


def test_deleted_flow_logs_are_gone(spokes: SpokeWorld) -> None:
    created = spokes.spoke.create_flow_logs(asked(zonal(spokes)))
    spokes.spoke.delete_flow_logs(created.flow_logs)
    assert found(spokes) == []


def test_deleting_twice_is_no_failure(spokes: SpokeWorld) -> None:
    created = spokes.spoke.create_flow_logs(asked(zonal(spokes)))
    spokes.spoke.delete_flow_logs(created.flow_logs)
    spokes.spoke.delete_flow_logs(created.flow_logs)
    assert found(spokes) == []


def test_deleting_one_that_is_gone_deletes_the_others(spokes: SpokeWorld) -> None:
    created = spokes.spoke.create_flow_logs(asked(zonal(spokes)))
    spokes.spoke.delete_flow_logs(("fl-0ffffffffffffffff", *created.flow_logs))
    assert found(spokes) == []


def test_deleting_nothing_is_no_failure_and_deletes_nothing(spokes: SpokeWorld) -> None:
    created = spokes.spoke.create_flow_logs(asked(zonal(spokes)))
    spokes.spoke.delete_flow_logs(())
    assert found(spokes) == list(created.flow_logs)


def test_a_failed_delivery_is_told(spokes: SpokeWorld) -> None:
    created = spokes.spoke.create_flow_logs(asked(zonal(spokes)))
    spokes.fail_delivery(created.flow_logs[0], "Access error")
    assert [each.delivery_error for each in spokes.spoke.find_flow_logs(RECORDING)] == ["Access error"]


def test_the_failsafe_is_armed_once_and_deletes_the_recordings_flow_logs(spokes: SpokeWorld) -> None:
    for _ in range(2):
        spokes.spoke.arm_failsafe(RECORDING, ("fl-1", "fl-2"), FAR)
    assert spokes.failsafe(RECORDING) == Failsafe(("fl-1", "fl-2"), FAR)


def test_a_failsafe_that_is_armed_stays_as_it_is(spokes: SpokeWorld) -> None:
    spokes.spoke.arm_failsafe(RECORDING, ("fl-1",), FAR)
    spokes.spoke.arm_failsafe(RECORDING, ("fl-2",), FAR.replace(year=2037))
    assert spokes.failsafe(RECORDING) == Failsafe(("fl-1",), FAR)


def test_disarming_twice_is_no_failure(spokes: SpokeWorld) -> None:
    spokes.spoke.arm_failsafe(RECORDING, ("fl-1",), FAR)
    for _ in range(2):
        spokes.spoke.disarm_failsafe(RECORDING)
    assert spokes.failsafe(RECORDING) is None


def test_a_failsafe_is_there_until_it_is_disarmed(spokes: SpokeWorld) -> None:
    assert not spokes.spoke.has_failsafe(RECORDING)
    spokes.spoke.arm_failsafe(RECORDING, ("fl-1",), FAR)
    assert spokes.spoke.has_failsafe(RECORDING)
    spokes.spoke.disarm_failsafe(RECORDING)
    assert not spokes.spoke.has_failsafe(RECORDING)


def test_every_flow_log_of_this_hub_is_listed_with_its_recording(spokes: SpokeWorld) -> None:
    assert spokes.spoke.list_flow_logs() == ()
    (made,) = spokes.spoke.create_flow_logs(asked(zonal(spokes))).flow_logs
    assert spokes.spoke.list_flow_logs() == (FlowLog(made, None, RECORDING),)
    spokes.fail_delivery(made, "Access error")
    assert spokes.spoke.list_flow_logs() == (FlowLog(made, "Access error", RECORDING),)
    spokes.spoke.delete_flow_logs((made,))
    assert spokes.spoke.list_flow_logs() == ()


def test_a_flow_log_that_writes_to_somewhere_else_than_the_archive_is_known(spokes: SpokeWorld) -> None:
    (made,) = spokes.spoke.create_flow_logs(asked(zonal(spokes))).flow_logs
    spokes.lead_away(made)
    (found,) = spokes.spoke.list_flow_logs()
    assert (found.id, found.leads_away) == (made, True)


def test_a_fleet_alarm_lists_the_gateways_that_are_in_alarm(spokes: SpokeWorld) -> None:
    other = "nat-0fedcba9876543210"
    spokes.alarm("natrec-standard-upload-zonal", factories.NAT, other)
    found = spokes.spoke.contributors("natrec-standard-upload-zonal")
    assert (set(found.since), found.complete) == ({factories.NAT, other}, True)
    assert all(since.tzinfo for since in found.since.values())


def test_an_alarm_that_is_not_there_lists_nobody(spokes: SpokeWorld) -> None:
    found = spokes.spoke.contributors("natrec-no-such-upload-zonal")
    assert (found.since, found.complete) == ({}, True)


def test_a_list_as_long_as_cloudwatch_shows_may_lack_some(spokes: SpokeWorld) -> None:
    spokes.alarm("natrec-standard-upload-zonal", *(f"nat-{number:017x}" for number in range(100)))
    found = spokes.spoke.contributors("natrec-standard-upload-zonal")
    assert (len(found.since), found.complete) == (100, False)


def test_alarms_in_alarm_are_told_with_the_gateways_that_they_name(spokes: SpokeWorld) -> None:
    spokes.alarm("natrec-standard-upload-zonal", factories.NAT)
    spokes.alarm("natrec-standard-download-zonal")
    spokes.alarm("natrec-custom-ports", factories.NAT, custom=True)
    firing = {each.alarm: each for each in spokes.spoke.firing()}
    assert {name: each.gateways for name, each in firing.items()} == {
        "natrec-standard-upload-zonal": (),
        "natrec-custom-ports": (factories.NAT,),
    }
    assert all(each.since.tzinfo for each in firing.values())


# What only AWS shows.


def test_flow_logs_of_another_hub_or_installation_are_not_listed(engine_spokes: EngineSpokeWorld) -> None:
    gateway = zonal(engine_spokes)
    other = replace(engine_spokes.spoke.world, hub_account="999999999999")
    created = replace(engine_spokes.spoke, world=other).create_flow_logs(asked(gateway))
    assert created.flow_logs
    third = replace(engine_spokes.spoke.world, names=Names("acme", "/natrec/"))
    assert replace(engine_spokes.spoke, world=third).list_flow_logs() == ()
    assert engine_spokes.spoke.list_flow_logs() == ()


def test_alarms_of_others_are_not_told(engine_spokes: EngineSpokeWorld) -> None:
    engine_spokes.alarm("natrecs-own", factories.NAT, custom=True)
    assert engine_spokes.spoke.firing() == ()


def test_a_flow_log_is_as_the_archive_and_the_report_need_it(engine_spokes: EngineSpokeWorld) -> None:
    gateway = zonal(engine_spokes)
    created = engine_spokes.spoke.create_flow_logs(asked(gateway))
    (flow_log,) = engine_spokes.ec2.describe_flow_logs(FlowLogIds=list(created.flow_logs))["FlowLogs"]
    assert flow_log["LogDestination"] == f"arn:aws:s3:::{engine_spokes.bucket}/natrec/"
    assert (flow_log["TrafficType"], flow_log["MaxAggregationInterval"]) == ("ALL", 60)
    assert flow_log["DestinationOptions"] == {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": True,
        "PerHourPartition": True,
    }
    assert "DeliverLogsPermissionArn" not in flow_log
    assert "${pkt-srcaddr}" in flow_log["LogFormat"]
    tags = {tag["Key"]: tag["Value"] for tag in flow_log["Tags"]}
    assert tags["natrec:recording"] == RECORDING
    assert tags["natrec:hub"].isdecimal()
    assert tags["natrec:expires"] == "2036-11-23T06:35:18Z"


def test_flow_logs_that_the_user_has_are_left_alone(engine_spokes: EngineSpokeWorld) -> None:
    gateway = zonal(engine_spokes)
    own = engine_spokes.ec2.create_flow_logs(
        ResourceType="NetworkInterface",
        ResourceIds=list(gateway.interfaces),
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{engine_spokes.bucket}/natrec/own/",
    )
    assert own["FlowLogIds"], own
    created = engine_spokes.spoke.create_flow_logs(asked(gateway))
    engine_spokes.spoke.delete_flow_logs(found(engine_spokes))
    left = [each["FlowLogId"] for each in engine_spokes.ec2.describe_flow_logs()["FlowLogs"]]
    assert left == own["FlowLogIds"]
    assert not set(left) & set(created.flow_logs)


def test_an_archive_that_refuses_is_a_fault_with_awss_words(engine_spokes: EngineSpokeWorld) -> None:
    world = replace(engine_spokes.spoke.world, archive_bucket="no-such-bucket")
    spoke = replace(engine_spokes.spoke, world=world)
    with pytest.raises(FlowLogsRefused, match="no-such-bucket"):
        spoke.create_flow_logs(asked(zonal(engine_spokes)))


def test_a_gateway_id_that_is_malformed_is_unknown(engine_spokes: EngineSpokeWorld) -> None:
    with pytest.raises(UnknownGateway):
        engine_spokes.spoke.describe_gateway(factories.NAT[:-1] + "g")


def test_the_network_holds_the_gateways_interface_and_its_instances(spokes: SpokeWorld) -> None:
    ref = spokes.zonal()
    gateway = spokes.spoke.describe_gateway(ref.gateway)
    instance, address = spokes.instance(ref, Name="etl-runner-3", team="data")
    network = spokes.spoke.network()
    [own] = [each for each in network.interfaces if each.id in gateway.interfaces]
    assert (own.vpc, own.primary) == (gateway.vpc, gateway.addresses[0])
    assert own.zone in {"eu-west-1a", "eu-west-1b", "eu-west-1c"}
    assert (own.type, own.description) == ("nat_gateway", f"Interface for NAT Gateway {ref.gateway}")
    [theirs] = [each for each in network.interfaces if each.instance == instance]
    assert (theirs.vpc, theirs.zone, theirs.primary) == (gateway.vpc, own.zone, address)
    assert theirs.addresses == (address,)
    assert network.instances[instance] == {"Name": "etl-runner-3", "team": "data"}


def test_an_interface_has_all_its_addresses_and_its_tags(engine_spokes: EngineSpokeWorld) -> None:
    ref = engine_spokes.zonal()
    [gateway] = engine_spokes.ec2.describe_nat_gateways(NatGatewayIds=[ref.gateway])["NatGateways"]
    made = engine_spokes.ec2.create_network_interface(
        SubnetId=gateway["SubnetId"],
        Description="aws-K8S-i-0123456789abcdef0",
        PrivateIpAddresses=[
            {"Primary": True, "PrivateIpAddress": "10.0.1.70"},
            {"Primary": False, "PrivateIpAddress": "10.0.1.71"},
        ],
        TagSpecifications=[{"ResourceType": "network-interface", "Tags": [{"Key": "team", "Value": "web"}]}],
    )["NetworkInterface"]
    network = engine_spokes.spoke.network()
    [found] = [each for each in network.interfaces if each.id == made["NetworkInterfaceId"]]
    assert (found.primary, found.addresses) == ("10.0.1.70", ("10.0.1.70", "10.0.1.71"))
    assert (found.instance, found.description) == (None, "aws-K8S-i-0123456789abcdef0")
    assert found.tags == {"team": "web"}
