"""Spokes, executions, topics and buckets: without AWS, and as the sandbox's engine has them."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import ClientError

from hub.adapters.answers import AthenaAnswers
from hub.adapters.buckets import RecordArchive, ReportBucket
from hub.adapters.sessions import Sessions
from hub.adapters.spokes import AwsSpokes
from hub.domain.gateways import GatewayRef
from hub.domain.networks import Interface
from hub.domain.reconciling import Firing
from hub.domain.recordings import Recording
from hub.events import CONTRIBUTOR
from hub.ports import Answers, Archive, Reports, Spoke
from orgconfig.names import Names
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.fakes import FakeAnswers, FakeArchive, FakeReports, FakeSpokes
from tests.fakes.spokes import Failsafe
from tests.sandbox.catalogs import Catalog
from tests.sandbox.networks import archive, zonal_gateway

NAMES = Names("natrec", "/natrec/")
REGION = factories.REGION


class EngineSessions(Sessions):
    """Clients of the engine, without assuming roles."""

    def __init__(self, engine: Engine, hub_account: str) -> None:
        self._engine = engine
        self._hub_account = hub_account

    def hub(self, service: str) -> Any:  # noqa: ANN401 - as the original
        return self._engine.client(self._hub_account, REGION, service)

    def spoke(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - as the original
        return self._engine.client(account, region, service)


class SpokeWorld(Protocol):
    """One spoke and what people do in it."""

    @property
    def spoke(self) -> Spoke: ...

    def zonal(self) -> GatewayRef: ...

    def regional(self) -> GatewayRef: ...

    def delete_gateway(self, gateway: GatewayRef) -> None: ...

    def fail_delivery(self, flow_log: str, error: str) -> None: ...

    def lead_away(self, flow_log: str) -> None: ...

    def failsafe(self, recording: str) -> Failsafe | None: ...

    def alarm(self, name: str, *gateways: str, custom: bool = False) -> None: ...

    def instance(self, beside: GatewayRef, **tags: str) -> tuple[str, str]: ...


class FakeSpokeWorld:
    """The fake."""

    def __init__(self) -> None:
        self._spokes = FakeSpokes()
        self.spoke = self._spokes.at(factories.ACCOUNT, REGION)

    def zonal(self) -> GatewayRef:
        gateway = factories.gateway()
        self._spokes.add(gateway)
        return gateway.ref

    def regional(self) -> GatewayRef:
        gateway = factories.gateway(availability="regional")
        self._spokes.add(gateway)
        return gateway.ref

    def delete_gateway(self, gateway: GatewayRef) -> None:
        del self.spoke.gateways[gateway.gateway]

    def fail_delivery(self, flow_log: str, error: str) -> None:
        self.spoke.errors[flow_log] = error

    def lead_away(self, flow_log: str) -> None:
        self.spoke.astray.add(flow_log)

    def failsafe(self, recording: str) -> Failsafe | None:
        return self.spoke.failsafes.get(recording)

    def alarm(self, name: str, *gateways: str, custom: bool = False) -> None:
        if custom:
            self.spoke.custom.append(Firing(name, factories.NOW, gateways))
        else:
            self.spoke.in_alarm[name] = dict.fromkeys(gateways, factories.NOW)

    def instance(self, beside: GatewayRef, **tags: str) -> tuple[str, str]:
        """One in the gateway's VPC: its id and address."""
        number = len(self.spoke.instances) + 1
        made, address = f"i-{number:017x}", f"10.0.1.{number + 50}"
        vpc = self.spoke.gateways[beside.gateway].vpc
        found = Interface(
            f"eni-{number:017x}", vpc, f"{REGION}a", primary=address, addresses=(address,), instance=made
        )
        self.spoke.interfaces.append(found)
        self.spoke.instances[made] = tags
        return made, address


class EngineSpokeWorld:
    """The adapter over the engine, in an account of its own."""

    def __init__(self, engine: Engine, hub_account: str, account: str) -> None:
        self._engine, self.account = engine, account
        bucket = archive(engine, hub_account, account, f"archive-{account}")
        spokes = AwsSpokes(EngineSessions(engine, hub_account), NAMES, "aws", hub_account, bucket)
        self.bucket = bucket
        self.spoke = spokes.at(account, REGION)
        self.ec2 = engine.client(account, REGION, "ec2")
        self._scheduler = engine.client(account, REGION, "scheduler")
        self._scheduler.create_schedule_group(Name=NAMES.schedule_group)
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        engine.client(account, REGION, "iam").create_role(
            RoleName=NAMES.failsafe_role(REGION),
            Path=NAMES.role_path,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )

    def zonal(self) -> GatewayRef:
        return GatewayRef(self.account, REGION, zonal_gateway(self._engine, self.account).gateway)

    def regional(self) -> GatewayRef:
        vpc = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")
        gateway = self.ec2.create_nat_gateway(AvailabilityMode="regional", VpcId=vpc)["NatGateway"]
        return GatewayRef(self.account, REGION, gateway["NatGatewayId"])

    def delete_gateway(self, gateway: GatewayRef) -> None:
        self.ec2.delete_nat_gateway(NatGatewayId=gateway.gateway)

    def fail_delivery(self, flow_log: str, error: str) -> None:
        from scripts.sandbox.engine import flow_logs  # noqa: PLC0415 - the fake's tests need not load moto

        (found,) = [each for each in flow_logs.active(self.account, REGION) if each.id == flow_log]
        found.status, found.error = "FAILED", error

    def lead_away(self, flow_log: str) -> None:
        from scripts.sandbox.engine import flow_logs  # noqa: PLC0415 - as above

        (found,) = [each for each in flow_logs.active(self.account, REGION) if each.id == flow_log]
        found.asked = replace(found.asked, destination="arn:aws:s3:::somebody-elses/natrec/")

    def failsafe(self, recording: str) -> Failsafe | None:
        try:
            found = self._scheduler.get_schedule(Name=recording, GroupName=NAMES.schedule_group)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        logs = tuple(json.loads(found["Target"]["Input"])["FlowLogIds"])
        expression = found["ScheduleExpression"].removeprefix("at(").removesuffix(")")
        return Failsafe(logs, datetime.fromisoformat(f"{expression}+00:00"))

    def instance(self, beside: GatewayRef, **tags: str) -> tuple[str, str]:
        """One in the gateway's own subnet: its id and address."""
        [gateway] = self.ec2.describe_nat_gateways(NatGatewayIds=[beside.gateway])["NatGateways"]
        told = [{"Key": key, "Value": value} for key, value in tags.items()]
        [made] = self.ec2.run_instances(
            ImageId="ami-0123456789abcdef0",
            MinCount=1,
            MaxCount=1,
            SubnetId=gateway["SubnetId"],
            TagSpecifications=[{"ResourceType": "instance", "Tags": told}],
        )["Instances"]
        return str(made["InstanceId"]), str(made["PrivateIpAddress"])

    def alarm(self, name: str, *gateways: str, custom: bool = False) -> None:
        """An alarm that is in ALARM for these gateways, or is made and calm for none."""
        cloudwatch = self._engine.client(self.account, REGION, "cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Metrics=[_own_metric(gateways[0]) if custom else _FLEET_METRIC],
            ComparisonOperator="GreaterThanThreshold",
            Threshold=1000.0,
            EvaluationPeriods=1,
            TreatMissingData="notBreaching",
        )
        if custom:
            cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
            return
        for gateway in gateways:
            detail = {
                "alarmName": name,
                "alarmContributor": {"id": uuid.uuid4().hex[:16], "attributes": {"NatGatewayId": gateway}},
                "state": {"value": "ALARM", "reason": "a test"},
            }
            entry = {"Source": "aws.cloudwatch", "DetailType": CONTRIBUTOR, "Detail": json.dumps(detail)}
            self._engine.client(self.account, REGION, "events").put_events(Entries=[entry])


_FLEET_METRIC = {
    "Id": "q1",
    "Period": 60,
    "Expression": (
        'SELECT SUM(BytesInFromSource) FROM SCHEMA("AWS/NATGateway", NatGatewayId) '
        "GROUP BY NatGatewayId ORDER BY SUM() DESC"
    ),
    "ReturnData": True,
}


def _own_metric(gateway: str) -> dict[str, Any]:
    named = [{"Name": "NatGatewayId", "Value": gateway}]
    metric = {"Namespace": "AWS/NATGateway", "MetricName": "ErrorPortAllocation", "Dimensions": named}
    return {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": True}


class ArchiveWorld(Protocol):
    """The archive and what AWS delivers into it."""

    @property
    def archive(self) -> Archive: ...

    def deliver(self, recording: Recording, flow_log: str, size: int, at: datetime) -> None: ...


class FakeArchiveWorld:
    """The fake."""

    def __init__(self) -> None:
        self.archive = FakeArchive()

    def deliver(
        self,
        recording: Recording,  # noqa: ARG002 - the fake knows objects by their flow log alone
        flow_log: str,
        size: int,
        at: datetime,
    ) -> None:
        self.archive.deliver(flow_log, size, at)


class EngineArchiveWorld:
    """The adapter over a bucket whose keys are as AWS writes them (VPC User Guide, "Flow log files")."""

    def __init__(self, engine: Engine, account: str) -> None:
        self._s3 = engine.client(account, REGION, "s3")
        self._bucket = f"archive-{account}"
        made = {"LocationConstraint": REGION}
        self._s3.create_bucket(Bucket=self._bucket, CreateBucketConfiguration=made)
        self.archive = RecordArchive(EngineSessions(engine, account), NAMES, self._bucket)

    def deliver(self, recording: Recording, flow_log: str, size: int, at: datetime) -> None:
        account, region = recording.gateway.account, recording.gateway.region
        folder = (
            f"natrec/AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/"
            f"year={at:%Y}/month={at:%m}/day={at:%d}/hour={at:%H}"
        )
        name = (
            f"{account}_vpcflowlogs_{region}_{flow_log}_{at:%Y%m%dT%H%MZ}_{uuid.uuid4().hex[:8]}.log.parquet"
        )
        self._s3.put_object(Bucket=self._bucket, Key=f"{folder}/{name}", Body=b"x" * size)


class ReportsWorld(Protocol):
    """The reports and who reads them."""

    @property
    def reports(self) -> Reports: ...

    def read(self, url: str) -> tuple[str, str]: ...


class FakeReportsWorld:
    """The fake."""

    def __init__(self) -> None:
        self.reports = FakeReports()

    def read(self, url: str) -> tuple[str, str]:
        """What lies there, and what it is."""
        kinds = {".json": "application/json", ".html": "text/html; charset=utf-8"}
        return self.reports.written[url], kinds[url[-5:]]


class EngineReportsWorld:
    """The adapter over a bucket."""

    def __init__(self, engine: Engine, account: str) -> None:
        self._s3 = engine.client(account, REGION, "s3")
        bucket = NAMES.reports_bucket(account, REGION)
        self._s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.reports = ReportBucket(EngineSessions(engine, account), NAMES, bucket)

    def read(self, url: str) -> tuple[str, str]:
        bucket, key = url.removeprefix("s3://").split("/", 1)
        found = self._s3.get_object(Bucket=bucket, Key=key)
        return found["Body"].read().decode(), found["ContentType"]


class AnswersWorld(Protocol):
    """Queries that have succeeded, and what they answered."""

    @property
    def answers(self) -> Answers: ...

    def ask(self, rows: Sequence[tuple[str | None, int]]) -> str: ...


class FakeAnswersWorld:
    """The fake."""

    def __init__(self) -> None:
        self.answers = FakeAnswers()

    def ask(self, rows: Sequence[tuple[str | None, int]]) -> str:
        """A query that answers these rows, with the columns `name` and `number`."""
        query = str(uuid.uuid4())
        self.answers.answered[query] = [{"name": name, "number": str(number)} for name, number in rows]
        return query


class EngineAnswersWorld:
    """The adapter over the engine's Athena."""

    def __init__(self, engine: Engine, account: str) -> None:
        self._catalog = Catalog(engine, account)
        self.answers = AthenaAnswers(EngineSessions(engine, account))

    def ask(self, rows: Sequence[tuple[str | None, int]]) -> str:
        values = ", ".join(f"({'NULL' if name is None else repr(name)}, {number})" for name, number in rows)
        text = f"SELECT * FROM (VALUES {values or '(CAST(NULL AS VARCHAR), 0)'}) AS t(name, number)"  # noqa: S608 - a test's
        query = self._catalog.start(text if rows else f"{text} WHERE number > 0")
        assert self._catalog.ended(query)["Status"]["State"] == "SUCCEEDED"
        return query
