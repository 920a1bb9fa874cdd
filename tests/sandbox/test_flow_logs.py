import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.ec2.models import ec2_backends

from scripts.sandbox.engine.core import Engine
from tests.sandbox.networks import REGION, Network, archive, flow_log_request, zonal_gateway


class Scene:
    """A gateway in one account, an archive bucket in another, and the EC2 client between them."""

    def __init__(self, engine: Engine, account: str, owner: str) -> None:
        self.engine, self.account = engine, account
        self.network: Network = zonal_gateway(engine, account)
        self.bucket = archive(engine, owner, account, f"archive-{account}")
        self.ec2: Any = engine.client(account, REGION, "ec2")

    def create(self, **other: object) -> dict[str, Any]:
        request = flow_log_request(self.network.interface, self.bucket, **other)
        answer: dict[str, Any] = self.ec2.create_flow_logs(**request)
        return answer

    def refused(self, **other: object) -> dict[str, str]:
        [refusal] = self.create(**other)["Unsuccessful"]
        error: dict[str, str] = refusal["Error"]
        return error


@pytest.fixture
def scene(engine: Engine, fresh_account: Callable[[], str]) -> Scene:
    return Scene(engine, fresh_account(), fresh_account())


def test_a_prefix_in_a_bucket_of_another_account_is_a_destination(scene: Scene) -> None:
    made = scene.create()
    assert made["Unsuccessful"] == []
    [flow_log] = scene.ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]
    assert flow_log["LogDestination"] == f"arn:aws:s3:::{scene.bucket}/natrec/"
    assert flow_log["DeliverLogsStatus"] == "SUCCESS"
    assert flow_log["FlowLogStatus"] == "ACTIVE"
    assert flow_log["MaxAggregationInterval"] == 60


def test_destination_options_are_kept(scene: Scene) -> None:
    made = scene.create(DestinationOptions={"FileFormat": "parquet", "PerHourPartition": True})
    [flow_log] = scene.ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"]
    assert flow_log["DestinationOptions"] == {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": False,
        "PerHourPartition": True,
    }


def test_flow_logs_are_found_by_their_tags(scene: Scene) -> None:
    tags = [{"Key": "natrec:recording", "Value": "r1"}]
    made = scene.create(TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": tags}])
    wanted = [{"Name": "tag:natrec:recording", "Values": ["r1"]}]
    [flow_log] = scene.ec2.describe_flow_logs(Filter=wanted)["FlowLogs"]
    assert flow_log["FlowLogId"] == made["FlowLogIds"][0]
    assert flow_log["Tags"] == tags
    assert scene.ec2.describe_flow_logs(Filter=[{**wanted[0], "Values": ["r2"]}])["FlowLogs"] == []
    assert scene.ec2.describe_flow_logs(Filter=[{"Name": "tag-key", "Values": ["natrec:*"]}])["FlowLogs"]


def test_tags_are_only_for_the_flow_log(scene: Scene) -> None:
    with pytest.raises(ClientError, match="not a valid taggable resource type"):
        scene.create(TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}])


def test_one_unknown_interface_does_not_stop_the_others(scene: Scene) -> None:
    made = scene.create(ResourceIds=[scene.network.interface, "eni-0123456789abcdef0"])
    assert len(made["FlowLogIds"]) == 1
    [refusal] = made["Unsuccessful"]
    assert refusal["ResourceId"] == "eni-0123456789abcdef0"
    assert refusal["Error"]["Code"] == "InvalidNetworkInterfaceID.NotFound"


def test_the_same_configuration_and_destination_exist_once_per_resource(scene: Scene) -> None:
    scene.create()
    assert scene.refused()["Code"] == "FlowLogAlreadyExists"
    other_destination = f"arn:aws:s3:::{scene.bucket}/natrec/other/"
    assert scene.create(LogDestination=other_destination)["Unsuccessful"] == []


def test_a_missing_bucket_is_reported_in_unsuccessful(scene: Scene) -> None:
    assert (
        "does not exist" in scene.refused(LogDestination="arn:aws:s3:::no-such-bucket-at-all/x/")["Message"]
    )


def test_a_bucket_whose_policy_does_not_admit_the_delivery_is_reported(scene: Scene) -> None:
    elsewhere = f"arn:aws:s3:::{scene.bucket}/elsewhere/"
    assert scene.refused(LogDestination=elsewhere)["Message"].startswith("Access Denied for LogDestination")


def test_the_policy_of_an_accounts_own_bucket_is_completed_by_aws(scene: Scene) -> None:
    own = f"own-logs-{scene.account}"
    place = {"LocationConstraint": REGION}
    s3 = scene.engine.client(scene.account, REGION, "s3")
    s3.create_bucket(Bucket=own, CreateBucketConfiguration=place)
    assert scene.create(LogDestination=f"arn:aws:s3:::{own}")["Unsuccessful"] == []
    statements = json.loads(s3.get_bucket_policy(Bucket=own)["Policy"])["Statement"]
    assert [each["Sid"] for each in statements] == ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]


def test_the_same_token_and_request_give_the_same_answer(scene: Scene) -> None:
    first = scene.create(ClientToken="once")
    assert scene.create(ClientToken="once")["FlowLogIds"] == first["FlowLogIds"]
    assert len(scene.ec2.describe_flow_logs()["FlowLogs"]) == 1


def test_the_same_token_with_another_request_is_a_mismatch(scene: Scene) -> None:
    scene.create(ClientToken="once")
    with pytest.raises(ClientError) as refused:
        scene.create(ClientToken="once", TrafficType="REJECT")
    assert refused.value.response["Error"]["Code"] == "IdempotentParameterMismatch"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ResourceType": "NatGateway"}, "resourceType"),
        ({"TrafficType": "SOME"}, "trafficType"),
        ({"MaxAggregationInterval": 61}, "maxAggregationInterval"),
        ({"LogFormat": "${version} ${colour}"}, "colour"),
        ({"LogFormat": "${version} ${version}"}, "version"),
        ({"LogFormat": "version"}, "Invalid LogFormat"),
        (
            {"DeliverLogsPermissionArn": "arn:aws:iam::1:role/x"},
            "DeliverLogsPermissionArn is not applicable for s3 delivery",
        ),
        ({"LogDestination": "arn:aws:s3:::some-bucket/AWSLogs/"}, "AWSLogs is a reserved"),
        ({"LogDestination": "some-bucket"}, "is not a bucket's ARN"),
        ({"LogGroupName": "mine"}, "LogGroupName is not applicable"),
        ({"DestinationOptions": {"FileFormat": "csv"}}, "fileFormat"),
        ({"ResourceType": "TransitGateway"}, "UnsupportedOperation"),
    ],
)
def test_a_wrong_request_is_refused_as_a_whole(scene: Scene, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        scene.create(**wrong)


def test_a_regional_gateway_is_recorded_by_its_own_id(scene: Scene) -> None:
    regional = scene.ec2.create_nat_gateway(VpcId=scene.network.vpc, AvailabilityMode="regional")
    gateway = regional["NatGateway"]["NatGatewayId"]
    made = scene.create(ResourceType="RegionalNatGateway", ResourceIds=[gateway, scene.network.gateway])
    assert len(made["FlowLogIds"]) == 1
    [refusal] = made["Unsuccessful"]
    assert "zonal" in refusal["Error"]["Message"]


def test_no_resource_has_more_flow_logs_than_the_quota(scene: Scene) -> None:
    scene.create(LogFormat="${version}")
    held: dict[str, Any] = ec2_backends[scene.network.account][REGION].flow_logs
    [one] = held.values()
    # Straight into the engine's memory: 249 more calls would say nothing more.
    held.update({f"fl-{number}": one for number in range(249)})
    assert scene.refused()["Code"] == "FlowLogsLimitExceeded"


def test_deleting_nothing_is_refused(scene: Scene) -> None:
    with pytest.raises(ClientError, match="Value null at 'flowLogId' has an invalid format"):
        scene.ec2.delete_flow_logs(FlowLogIds=[])


def test_a_deleted_flow_log_id_is_reported_in_unsuccessful(scene: Scene) -> None:
    ids = scene.create()["FlowLogIds"]
    answer = scene.ec2.delete_flow_logs(FlowLogIds=["fl-0123456789abcdef0", *ids])
    [missing] = answer["Unsuccessful"]
    assert missing["ResourceId"] == "fl-0123456789abcdef0"
    assert missing["Error"]["Code"] == "InvalidFlowLogId.NotFound"
    assert scene.ec2.describe_flow_logs(FlowLogIds=ids)["FlowLogs"] == []


def test_unknown_ids_are_left_out_of_a_description(scene: Scene) -> None:
    ids = scene.create()["FlowLogIds"]
    found = scene.ec2.describe_flow_logs(FlowLogIds=[*ids, "fl-0123456789abcdef0"])["FlowLogs"]
    assert [each["FlowLogId"] for each in found] == ids


def test_flow_logs_come_in_pages(scene: Scene) -> None:
    for field in ("version", "start", "end", "bytes", "packets", "srcaddr", "dstaddr"):
        assert scene.create(LogFormat=f"${{{field}}}")["Unsuccessful"] == []
    pages = list(scene.ec2.get_paginator("describe_flow_logs").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["FlowLogs"]) for page in pages] == [5, 2]


def test_a_dry_run_creates_nothing(scene: Scene) -> None:
    with pytest.raises(ClientError, match="DryRunOperation"):
        scene.create(DryRun=True)
    assert scene.ec2.describe_flow_logs()["FlowLogs"] == []
