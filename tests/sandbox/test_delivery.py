import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.delivery import deliver
from scripts.sandbox.engine.flow_logs import FlowLog, active
from tests.sandbox.networks import REGION, archive, flow_log_request, zonal_gateway

WHEN = datetime(2026, 11, 23, 7, 5, 30, tzinfo=UTC)
RECORDS: list[dict[str, object]] = [
    {
        "account-id": "1",
        "srcaddr": "10.0.1.5",
        "pkt-dst-aws-service": "S3",
        "srcport": 40000,
        "bytes": 5 * 10**10,
    },
    {"account-id": "1", "srcaddr": "-", "log-status": "NODATA"},
]
FORMAT = "${version} ${srcaddr} ${srcport} ${bytes} ${pkt-dst-aws-service} ${resource-id} ${log-status}"


class Scene:
    def __init__(self, engine: Engine, account: str, owner: str) -> None:
        self.engine, self.account, self.owner = engine, account, owner
        self.network = zonal_gateway(engine, account)
        self.bucket = archive(engine, owner, account, f"archive-{account}")
        self.s3: Any = engine.client(owner, REGION, "s3")
        self.ec2: Any = engine.client(account, REGION, "ec2")

    def flow_log(self, **other: object) -> FlowLog:
        request = flow_log_request(self.network.interface, self.bucket, LogFormat=FORMAT, **other)
        [made] = self.ec2.create_flow_logs(**request)["FlowLogIds"]
        return next(each for each in active(self.account, REGION) if each.id == made)

    def body(self, key: str) -> bytes:
        read: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return read

    def status(self, flow_log: FlowLog) -> tuple[str, str | None]:
        [found] = self.ec2.describe_flow_logs(FlowLogIds=[flow_log.id])["FlowLogs"]
        return found["DeliverLogsStatus"], found.get("DeliverLogsErrorMessage")

    def allow(self, condition: dict[str, Any]) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{self.bucket}/*",
            "Condition": condition,
        }
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps({"Statement": [statement]}))


@pytest.fixture
def scene(engine: Engine, fresh_account: Callable[[], str]) -> Scene:
    return Scene(engine, fresh_account(), fresh_account())


def test_an_object_lies_in_the_partition_of_its_hour(scene: Scene) -> None:
    flow_log = scene.flow_log()
    key = deliver(scene.engine, flow_log, RECORDS, WHEN)
    assert key is not None
    folder, _, name = key.rpartition("/")
    assert folder == (
        f"natrec/AWSLogs/aws-account-id={scene.account}/aws-service=vpcflowlogs/aws-region={REGION}"
        "/year=2026/month=11/day=23/hour=07"
    )
    assert name.startswith(f"{scene.account}_vpcflowlogs_{REGION}_{flow_log.id}_20261123T0705Z_")
    assert name.endswith(".log.parquet")
    assert scene.status(flow_log) == ("SUCCESS", None)


def test_without_hive_partitions_the_folders_are_plain(scene: Scene) -> None:
    key = deliver(scene.engine, scene.flow_log(DestinationOptions={"FileFormat": "parquet"}), RECORDS, WHEN)
    assert key is not None
    assert key.startswith(f"natrec/AWSLogs/{scene.account}/vpcflowlogs/{REGION}/2026/11/23/{scene.account}_")


def test_parquet_columns_have_the_documented_types(scene: Scene, tmp_path: Path) -> None:
    key = deliver(scene.engine, scene.flow_log(), RECORDS, WHEN)
    assert key is not None
    file = tmp_path / "records.parquet"
    file.write_bytes(scene.body(key))
    columns = duckdb.execute(f"SELECT name, converted_type FROM parquet_schema('{file}')").fetchall()  # noqa: S608
    assert columns[1:] == [
        ("version", "INT_32"),
        ("srcaddr", "UTF8"),
        ("srcport", "INT_32"),
        ("bytes", "INT_64"),
        ("pkt_dst_aws_service", "UTF8"),
        ("resource_id", "UTF8"),
        ("log_status", "UTF8"),
    ]
    assert duckdb.execute(f"FROM '{file}'").fetchall() == [
        (9, "10.0.1.5", 40000, 5 * 10**10, "S3", "-", "-"),
        (9, "-", None, None, "-", "-", "NODATA"),
    ]


def test_text_files_are_gzip_with_a_header(scene: Scene) -> None:
    key = deliver(
        scene.engine, scene.flow_log(DestinationOptions={"FileFormat": "plain-text"}), RECORDS, WHEN
    )
    assert key is not None
    assert key.endswith(".log.gz")
    assert gzip.decompress(scene.body(key)).decode().splitlines() == [
        "version srcaddr srcport bytes pkt-dst-aws-service resource-id log-status",
        "9 10.0.1.5 40000 50000000000 S3 - -",
        "9 - - - - - NODATA",
    ]


def test_two_objects_of_a_minute_have_different_names(scene: Scene) -> None:
    flow_log = scene.flow_log()
    first = deliver(scene.engine, flow_log, RECORDS, WHEN)
    assert deliver(scene.engine, flow_log, RECORDS, WHEN) != first


def test_a_bucket_that_no_longer_admits_the_delivery_makes_it_fail(scene: Scene) -> None:
    flow_log = scene.flow_log()
    scene.allow({"StringEquals": {"aws:SourceAccount": "999999999999"}})
    assert deliver(scene.engine, flow_log, RECORDS, WHEN) is None
    assert scene.status(flow_log) == ("FAILED", "Access error")
    assert "Contents" not in scene.s3.list_objects_v2(Bucket=scene.bucket)
    scene.allow({"StringEquals": {"aws:SourceAccount": scene.account}})
    assert deliver(scene.engine, flow_log, RECORDS, WHEN)
    assert scene.status(flow_log) == ("SUCCESS", None)


def test_the_organization_of_the_account_is_known_to_the_bucket(scene: Scene) -> None:
    flow_log = scene.flow_log()
    api = scene.engine.client(scene.account, "us-east-1", "organizations")
    organization = api.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    scene.allow({"StringEquals": {"aws:SourceOrgID": "o-another"}})
    assert deliver(scene.engine, flow_log, RECORDS, WHEN) is None
    scene.allow({"StringEquals": {"aws:SourceOrgID": organization}})
    assert deliver(scene.engine, flow_log, RECORDS, WHEN)


def test_a_key_that_does_not_admit_the_delivery_makes_it_fail(scene: Scene) -> None:
    flow_log = scene.flow_log()
    kms = scene.engine.client(scene.owner, REGION, "kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    scene.s3.put_bucket_encryption(Bucket=scene.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert deliver(scene.engine, flow_log, RECORDS, WHEN) is None
    assert scene.status(flow_log) == ("FAILED", "Access error")
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    statement["Principal"] = {"Service": "delivery.logs.amazonaws.com"}  # type: ignore[assignment]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    assert deliver(scene.engine, flow_log, RECORDS, WHEN)


def test_nothing_recorded_is_no_object(scene: Scene) -> None:
    assert deliver(scene.engine, scene.flow_log(), [], WHEN) is None


def test_a_field_that_no_flow_log_has_is_an_error(scene: Scene) -> None:
    with pytest.raises(ValueError, match="src_addr"):
        deliver(scene.engine, scene.flow_log(), [{"src_addr": "10.0.0.1"}], WHEN)
