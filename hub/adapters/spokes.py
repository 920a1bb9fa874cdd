"""A spoke as EC2 and EventBridge Scheduler provide it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from hub.adapters.alarms import contributors, firing
from hub.adapters.declared import calls, through
from hub.adapters.ec2_answers import flow_log_of, gateway_of, refusals_of
from hub.adapters.failsafes import Failsafes
from hub.adapters.faults import code_of, told_as
from hub.adapters.networks import network
from hub.adapters.sessions import Sessions
from hub.domain.errors import (
    FlowLogsRefused,
    FlowLogsRemain,
    RecordingFault,
    UnknownGateway,
)
from hub.domain.flow_logs import Created, FlowLog, FlowLogRequest
from hub.domain.gateways import Gateway, GatewayRef
from hub.domain.networks import Network
from hub.domain.reconciling import Firing, InAlarm
from hub.domain.wording import iso
from orgconfig.names import Names
from orgconfig.record_format import record_format

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import (
        FilterTypeDef,
        TagTypeDef,
    )

# VPC User Guide: NAT interfaces are not on Nitro instances of ours, so the shorter interval is asked for.
AGGREGATION_SECONDS = 60
_GONE = frozenset({"deleting", "deleted", "failed"})
# EC2 API reference, error codes: already deleted is what a delete wants.
_NO_FLOW_LOG = "InvalidFlowLogId.NotFound"


@dataclass(frozen=True)
class AwsSpokes:
    """Every spoke, through the sessions of its worker role."""

    sessions: Sessions
    names: Names
    partition: str
    hub_account: str
    archive_bucket: str

    @through(Sessions.spoke)
    def at(self, account: str, region: str) -> "AwsSpoke":
        """The spoke of one account and region."""
        return AwsSpoke(self, account, region, self.sessions.spoke(account, region, "ec2"))


@dataclass(frozen=True)
class AwsSpoke:
    """One spoke."""

    world: AwsSpokes
    account: str
    region: str
    ec2: "EC2Client"

    @calls("spoke", "ec2:DescribeNatGateways")
    def describe_gateway(self, gateway: str) -> Gateway:
        """Describe the gateway (EC2 API reference, DescribeNatGateways)."""
        ref = GatewayRef(self.account, self.region, gateway)
        with told_as(RecordingFault, f"describing {ref}"):
            try:
                found = self.ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
            except ClientError as error:
                if code_of(error) not in {"NatGatewayNotFound", "NatGatewayMalformed"}:
                    raise
                found = []
        if not found or found[0].get("State") in _GONE:
            raise UnknownGateway(f"{ref} does not exist")
        return gateway_of(ref, found[0])

    @through(network)
    def network(self) -> Network:
        """Every interface that the account can see, and its instances."""
        return network(self.ec2, f"{self.account} {self.region}")

    @calls("new flow logs", "ec2:CreateFlowLogs")
    @calls("recorded resources", "ec2:CreateFlowLogs")
    @calls("their tags", "ec2:CreateTags")
    @calls("spoke", "ec2:DescribeFlowLogs", "logs:CreateLogDelivery")
    def create_flow_logs(self, request: FlowLogRequest) -> Created:
        """Create the flow logs (EC2 API reference, CreateFlowLogs).

        The answer is 200 also when a resource failed: `Unsuccessful` tells. DeliverLogsPermissionArn is
        refused for S3 (VPC User Guide, "Publish flow logs to Amazon S3").
        """
        names, gateway = self.world.names, request.gateway
        with told_as(FlowLogsRefused, f"creating flow logs on {gateway.ref}"):
            try:
                answer = self.ec2.create_flow_logs(
                    ClientToken=request.recording,
                    ResourceType=gateway.flow_log_type,
                    ResourceIds=list(gateway.flow_log_resources),
                    TrafficType="ALL",
                    LogDestinationType="s3",
                    LogDestination=(
                        f"arn:{self.world.partition}:s3:::{self.world.archive_bucket}/{names.record_prefix}"
                    ),
                    LogFormat=record_format(),
                    MaxAggregationInterval=AGGREGATION_SECONDS,
                    DestinationOptions={
                        "FileFormat": "parquet",
                        "HiveCompatiblePartitions": True,
                        "PerHourPartition": True,
                    },
                    TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": self._tags(request)}],
                )
                ids, refused = answer.get("FlowLogIds", []), refusals_of(answer.get("Unsuccessful", []))
            except ClientError as error:
                if code_of(error) != "FlowLogAlreadyExists":
                    raise
                ids, refused = [], [f"{gateway.ref.gateway}: {error.response['Error'].get('Message', '')}"]
        mine = tuple(ids) or tuple(flow_log.id for flow_log in self.find_flow_logs(request.recording))
        if not mine:
            raise FlowLogsRefused(f"creating flow logs on {gateway.ref}: {'; '.join(refused)}")
        return Created(mine, tuple(refused))

    def _tags(self, request: FlowLogRequest) -> "list[TagTypeDef]":
        names = self.world.names
        tags = {
            names.recording_tag: request.recording,
            names.hub_tag: self.world.hub_account,
            names.expires_tag: iso(request.expires_at) or "",
            "Name": f"{names.namespace} {request.gateway.ref.gateway}",
        }
        return [{"Key": key, "Value": value} for key, value in tags.items()]

    @calls("spoke", "ec2:DescribeFlowLogs")
    def find_flow_logs(self, recording: str) -> tuple[FlowLog, ...]:
        """Every flow log with the recording's tag (EC2 API reference, DescribeFlowLogs)."""
        return self._described([{"Name": f"tag:{self.world.names.recording_tag}", "Values": [recording]}])

    @calls("spoke", "ec2:DescribeFlowLogs")
    def list_flow_logs(self) -> tuple[FlowLog, ...]:
        """Every flow log with this hub's tags; another installation's tags have other keys."""
        names = self.world.names
        return self._described(
            [
                {"Name": "tag-key", "Values": [names.recording_tag]},
                {"Name": f"tag:{names.hub_tag}", "Values": [self.world.hub_account]},
            ]
        )

    def _described(self, tagged: "list[FilterTypeDef]") -> tuple[FlowLog, ...]:
        with told_as(RecordingFault, f"describing flow logs in {self.account} {self.region}"):
            # The API's own name is singular; the stubs' is not.
            pages = self.ec2.get_paginator("describe_flow_logs").paginate(Filter=tagged)  # type: ignore[call-arg]
            found = [item for page in pages for item in page["FlowLogs"]]
        archive = f"arn:{self.world.partition}:s3:::{self.world.archive_bucket}"
        return tuple(flow_log_of(item, self.world.names.recording_tag, archive) for item in found)

    @calls("flow logs of this hub", "ec2:DeleteFlowLogs")
    @calls("spoke", "logs:DeleteLogDelivery")
    def delete_flow_logs(self, flow_logs: Iterable[str]) -> None:
        """Delete them (EC2 API reference, DeleteFlowLogs: an empty list is an error)."""
        ids = list(flow_logs)
        if not ids:
            return
        with told_as(FlowLogsRemain, f"deleting {', '.join(ids)} in {self.account} {self.region}"):
            try:
                answer = self.ec2.delete_flow_logs(FlowLogIds=ids)
            except ClientError as error:
                if code_of(error) != _NO_FLOW_LOG:
                    raise
                self._delete_each(ids)
                return
        left = [
            item
            for item in answer.get("Unsuccessful", [])
            if item.get("Error", {}).get("Code") != _NO_FLOW_LOG
        ]
        if left:
            raise FlowLogsRemain(f"deleting flow logs: {'; '.join(refusals_of(left))}")

    def _delete_each(self, ids: list[str]) -> None:
        """One of several is gone and the whole call was refused for it: ask for each alone."""
        if len(ids) > 1:
            for flow_log in ids:
                self.delete_flow_logs([flow_log])

    @through(Failsafes.arm)
    def arm_failsafe(self, recording: str, flow_logs: tuple[str, ...], at: datetime) -> None:
        """Schedule their deletion in the spoke itself."""
        self._failsafes.arm(recording, flow_logs, at)

    @through(Failsafes.disarm)
    def disarm_failsafe(self, recording: str) -> None:
        """Remove the schedule."""
        self._failsafes.disarm(recording)

    @through(Failsafes.armed)
    def has_failsafe(self, recording: str) -> bool:
        """Whether the schedule is there."""
        return self._failsafes.armed(recording)

    @through(contributors)
    def contributors(self, alarm: str) -> InAlarm:
        """The gateways that a fleet alarm lists."""
        return contributors(self._cloudwatch, alarm, f"{self.account} {self.region}")

    @through(firing)
    def firing(self) -> tuple[Firing, ...]:
        """Every alarm of this installation that is in ALARM."""
        return firing(self._cloudwatch, f"{self.world.names.namespace}-", f"{self.account} {self.region}")

    @property
    def _cloudwatch(self) -> "CloudWatchClient":
        client: CloudWatchClient = self.world.sessions.spoke(self.account, self.region, "cloudwatch")
        return client

    @property
    def _failsafes(self) -> Failsafes:
        world = self.world
        role = world.names.role_arn(world.partition, self.account, world.names.failsafe_role(self.region))
        return Failsafes(
            client=world.sessions.spoke(self.account, self.region, "scheduler"),
            partition=world.partition,
            group=world.names.schedule_group,
            role=role,
            place=f"{self.account} {self.region}",
        )
