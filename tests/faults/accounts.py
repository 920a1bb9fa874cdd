"""The accounts that a recording touches, with their roles, buckets and topic, and what is left in them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hub.adapters.clock import SystemClock
from hub.domain.gateways import GatewayRef
from hub.domain.recordings import Recording
from orgconfig.names import Names
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.fakes import ManualClock
from tests.sandbox.networks import archive

REGION = factories.REGION
NAMES = Names("natrec", "/natrec/")


class Accounts:
    """A hub and one spoke, seen through clients that nothing disturbs."""

    def __init__(self, engine: Engine, new_account: Callable[[], str]) -> None:
        self.engine, self.hub, self.spoke = engine, new_account(), new_account()
        self.archive = archive(engine, self.hub, self.spoke, f"archive-{self.spoke}")
        self.ec2 = engine.client(self.spoke, REGION, "ec2")
        self.scheduler = engine.client(self.spoke, REGION, "scheduler")
        self.scheduler.create_schedule_group(Name=NAMES.schedule_group)
        self._roles()
        self.s3 = engine.client(self.hub, REGION, "s3")
        self.reports = NAMES.reports_bucket(self.hub, REGION)
        self.s3.create_bucket(Bucket=self.reports, CreateBucketConfiguration={"LocationConstraint": REGION})
        sqs = engine.client(self.hub, REGION, "sqs")
        fifo = {"FifoQueue": "true"}
        self.notices = sqs.create_queue(QueueName=NAMES.notices_queue, Attributes=fifo)["QueueUrl"]
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self._subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/17")["Subnet"]["SubnetId"]
        self._table = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        self._task(vpc)

    def _roles(self) -> None:
        iam = self.engine.client(self.spoke, REGION, "iam")
        trusted = {
            NAMES.worker_role(REGION): {"AWS": f"arn:aws:iam::{self.hub}:root"},
            NAMES.failsafe_role(REGION): {"Service": "scheduler.amazonaws.com"},
        }
        for name, principal in trusted.items():
            trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
            document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
            iam.create_role(RoleName=name, Path=NAMES.role_path, AssumeRolePolicyDocument=document)

    def _task(self, vpc: str) -> None:
        """A task of Fargate, in a subnet whose table leads to the newest gateway."""
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.128.0/17")["Subnet"]["SubnetId"]
        self.ec2.associate_route_table(RouteTableId=self._table, SubnetId=subnet)
        described = f"arn:aws:ecs:{REGION}:{self.spoke}:attachment/4a5e3c36-1a2b-4c3d-8e9f-0123456789ab"
        self.ec2.create_network_interface(SubnetId=subnet, Description=described)

    def gateway(self) -> GatewayRef:
        """A new one, and the way out of the task's subnet."""
        allocation = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self.ec2.create_nat_gateway(SubnetId=self._subnet, AllocationId=allocation)["NatGateway"]
        route = {"RouteTableId": self._table, "DestinationCidrBlock": "0.0.0.0/0"}
        there = self.ec2.describe_route_tables(RouteTableIds=[self._table])["RouteTables"][0]["Routes"]
        change = self.ec2.replace_route if len(there) > 1 else self.ec2.create_route
        change(**route, NatGatewayId=made["NatGatewayId"])
        return GatewayRef(self.spoke, REGION, made["NatGatewayId"])

    def deliver(self, recording: Recording) -> None:
        """Records of every flow log of the recording lie in the archive by now."""
        at = recording.opened_at
        folder = (
            f"natrec/AWSLogs/aws-account-id={self.spoke}/aws-service=vpcflowlogs/aws-region={REGION}/"
            f"year={at:%Y}/month={at:%m}/day={at:%d}/hour={at:%H}"
        )
        for flow_log in recording.flow_logs:
            key = f"{folder}/{self.spoke}_vpcflowlogs_{REGION}_{flow_log}_1.log.parquet"
            self.s3.put_object(Bucket=self.archive, Key=key, Body=b"x" * 700)

    def expire(self, now: datetime) -> None:
        """The failsafes whose time has come do what their schedules say, without the hub."""
        for name in self.failsafes():
            found = self.scheduler.get_schedule(Name=name, GroupName=NAMES.schedule_group)
            at = datetime.fromisoformat(found["ScheduleExpression"].removeprefix("at(").removesuffix(")"))
            if at.replace(tzinfo=UTC) <= now:
                self.ec2.delete_flow_logs(**json.loads(found["Target"]["Input"]))
                self.scheduler.delete_schedule(Name=name, GroupName=NAMES.schedule_group)

    def flow_logs(self) -> list[str]:
        """The flow logs that are on."""
        return [each["FlowLogId"] for each in self.ec2.describe_flow_logs()["FlowLogs"]]

    def failsafes(self) -> list[str]:
        """The schedules that are armed."""
        found = self.scheduler.list_schedules(GroupName=NAMES.schedule_group)["Schedules"]
        return [each["Name"] for each in found]

    def clear(self) -> None:
        """Nothing of one play disturbs the next, whatever became of it."""
        on = self.flow_logs()
        if on:
            self.ec2.delete_flow_logs(FlowLogIds=on)
        for name in self.failsafes():
            self.scheduler.delete_schedule(Name=name, GroupName=NAMES.schedule_group)


def early() -> ManualClock:
    """Early in the next hour, so that a recording lies within one, and none of its schedules is due."""
    return ManualClock((SystemClock().now() + timedelta(hours=1)).replace(minute=1))
