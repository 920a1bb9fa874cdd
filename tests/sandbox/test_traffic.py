import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scripts.sandbox.conversations import Direction, plan
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.flow_logs import FlowLog, active
from scripts.sandbox.minutes import Minutes
from scripts.sandbox.sites import find
from scripts.sandbox.traffic import Meter, Run, Traffic, meter
from tests.sandbox.eventually import eventually
from tests.sandbox.networks import REGION, archive, flow_log_request, zonal_gateway

SECOND = timedelta(seconds=1)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the engine stamps flow logs with the real time


class Scene:
    def __init__(self, engine: Engine, account: str, owner: str, folder: Path) -> None:
        self.engine, self.account, self.folder = engine, account, folder
        self.network = zonal_gateway(engine, account)
        self.bucket = archive(engine, owner, account, f"archive-{account}")
        self.ec2: Any = engine.client(account, REGION, "ec2")
        self.s3: Any = engine.client(owner, REGION, "s3")
        self.cloudwatch: Any = engine.client(account, REGION, "cloudwatch")
        self.ec2.run_instances(
            ImageId="ami-0123456789abcdef0", MinCount=2, MaxCount=2, SubnetId=self.network.subnet
        )

    def run(
        self,
        start: datetime,
        seconds: float,
        gateway: str | None = None,
        direction: Direction = "download",
        minutes: Minutes | None = None,
    ) -> Run:
        place = find(self.engine, self.account, REGION, gateway or self.network.gateway)
        flow = meter(start, mbps=80, seconds=seconds, direction=direction)
        story = plan(place.clients, direction, seed=1)
        stopping = threading.Event()
        return Run(self.engine, place, flow, story, now, stopping, direction, minutes or Minutes())

    def flow_log(self, **other: object) -> FlowLog:
        log_format = "${resource-id} ${srcaddr} ${dstaddr} ${pkt-srcaddr} ${bytes} ${start} ${end}"
        request = flow_log_request(self.network.interface, self.bucket, LogFormat=log_format, **other)
        [made] = self.ec2.create_flow_logs(**request)["FlowLogIds"]
        return next(each for each in active(self.account, REGION) if each.id == made)

    def delivered(self, where: str) -> int:
        """Bytes of the delivered records that pass the condition."""
        objects = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        for number, each in enumerate(objects):
            body = self.s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read()
            (self.folder / f"{number}.parquet").write_bytes(body)
        if not objects:
            return 0
        query = f"SELECT coalesce(sum(bytes), 0) FROM '{self.folder}/*.parquet' WHERE {where}"  # noqa: S608
        [(found,)] = duckdb.execute(query).fetchall()
        return int(found)

    def downloaded(self) -> int:
        """Bytes on the legs from the gateway to its clients."""
        return self.delivered(f"srcaddr = '{self.network.private_ip}' AND pkt_srcaddr <> srcaddr")

    def metric(
        self, name: str, namespace: str = "AWS/NATGateway", **dimensions: str
    ) -> dict[datetime, float]:
        answer = self.cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now() - timedelta(minutes=30),
            EndTime=now() + timedelta(minutes=30),
            Period=60,
            Statistics=["Sum"],
        )
        return {point["Timestamp"]: point["Sum"] for point in answer["Datapoints"]}


@pytest.fixture
def scene(engine: Engine, fresh_account: Callable[[], str], tmp_path: Path) -> Scene:
    return Scene(engine, fresh_account(), fresh_account(), tmp_path)


def test_touching_spans_lose_no_byte() -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    flow = Meter(start, start + 100 * SECOND, 333.333, 7777.777)
    marks = [start + n * 1.7 * SECOND for n in range(70)]
    parts = [flow.between(a, b) for a, b in pairwise(marks)]
    assert tuple(map(sum, zip(*parts, strict=True))) == flow.between(start, start + 1000 * SECOND)


def test_metrics_of_each_minute_are_told_at_its_beginning_one_minute_back(scene: Scene) -> None:
    start = now().replace(second=30, microsecond=0)
    run = scene.run(start, seconds=90)
    run.step(start)
    gateway = {"NatGatewayId": scene.network.gateway}
    minute = start.replace(second=0) - timedelta(minutes=1)
    assert scene.metric("BytesInFromDestination", **gateway) == {minute: 60 * 10**7}
    run.step(start + 61 * SECOND)
    run.step(start + 62 * SECOND)
    points = scene.metric("BytesInFromDestination", **gateway)
    assert sorted(points.values()) == [30 * 10**7, 60 * 10**7]
    assert scene.metric("BytesOutToSource", **gateway) == points


def test_the_end_of_traffic_is_told_as_zero(scene: Scene) -> None:
    end = now().replace(microsecond=0)
    run = scene.run(end - 10 * SECOND, seconds=5)
    run.calm(end)
    points = scene.metric("BytesInFromDestination", NatGatewayId=scene.network.gateway)
    assert points == {end.replace(second=0): 0}


def test_instances_have_their_own_share_of_the_bytes(scene: Scene) -> None:
    start = now()
    run = scene.run(start, seconds=10)
    run.step(start)
    inward = [
        sum(scene.metric("NetworkIn", "AWS/EC2", InstanceId=client.instance).values())
        for client in run.place.clients
    ]
    assert len(inward) == 2
    assert sum(inward) == 10 * 10**7


def test_records_hold_what_flowed_since_the_flow_log_began(scene: Scene) -> None:
    run = scene.run(now() - 30 * SECOND, seconds=120)
    flow_log = scene.flow_log()
    run.step(flow_log.created + 4 * SECOND)
    run.step(flow_log.created + 8 * SECOND)
    assert scene.downloaded() == run.meter.between(flow_log.created, flow_log.created + 8 * SECOND)[1]


def test_what_flowed_until_a_deletion_is_still_delivered(scene: Scene) -> None:
    run = scene.run(now() - 30 * SECOND, seconds=120)
    flow_log = scene.flow_log()
    run.step(now())
    scene.ec2.delete_flow_logs(FlowLogIds=[flow_log.id])
    assert flow_log.deleted is not None
    run.step(flow_log.deleted + 2 * SECOND)
    run.step(flow_log.deleted + 4 * SECOND)
    assert scene.downloaded() == run.meter.between(flow_log.created, flow_log.deleted)[1]


def test_records_and_metrics_agree_on_the_bytes(scene: Scene) -> None:
    scene.flow_log()
    start = now()
    run = scene.run(start, seconds=90)
    for second in range(0, 93, 3):
        run.step(start + second * SECOND)
    points = scene.metric("BytesInFromDestination", NatGatewayId=scene.network.gateway)
    assert scene.downloaded() == sum(points.values()) == 90 * 10**7


def test_traffic_of_a_regional_gateway_names_gateway_and_zone(scene: Scene) -> None:
    made = scene.ec2.create_nat_gateway(VpcId=scene.network.vpc, AvailabilityMode="regional")
    gateway = made["NatGateway"]["NatGatewayId"]
    zone = made["NatGateway"]["NatGatewayAddresses"][0]["AvailabilityZone"]
    flow_log = scene.flow_log(ResourceType="RegionalNatGateway", ResourceIds=[gateway])
    run = scene.run(flow_log.created, 10, gateway)
    run.step(flow_log.created + 10 * SECOND)
    points = scene.metric("BytesInFromDestination", NatGatewayId=gateway, AvailabilityZone=zone)
    assert sum(points.values()) == 10 * 10**7
    assert scene.delivered(f"resource_id = '{gateway}' AND dstaddr LIKE '10.0.1.%'") == 10 * 10**7


def test_traffic_runs_by_itself_and_ends(scene: Scene) -> None:
    traffic = Traffic(scene.engine)
    scene.flow_log()
    run = traffic.start(scene.account, REGION, scene.network.gateway, mbps=8, seconds=1)
    assert run.done.wait(20)
    assert scene.downloaded() == 10**6
    points = scene.metric("BytesInFromDestination", NatGatewayId=scene.network.gateway)
    assert sorted(points.values()) == [0, 10**6]
    traffic.stop()


def test_stopping_ends_traffic_at_once(scene: Scene) -> None:
    traffic = Traffic(scene.engine)
    run = traffic.start(scene.account, REGION, scene.network.gateway, mbps=8, seconds=600)
    traffic.stop()
    assert run.done.is_set()


def test_traffic_through_nothing_is_refused(scene: Scene) -> None:
    traffic = Traffic(scene.engine)
    with pytest.raises(ValueError, match="no gateway nat-0123456789abcdef0"):
        traffic.start(scene.account, REGION, "nat-0123456789abcdef0", mbps=1, seconds=1)
    with pytest.raises(ValueError, match="positive"):
        traffic.start(scene.account, REGION, scene.network.gateway, mbps=0, seconds=1)


def test_a_fall_is_told_in_a_later_minute_than_the_rise_and_the_next_rise_not_before_it() -> None:
    minute = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    minutes = Minutes()
    first = minutes.begin("download", minute + 5 * SECOND)
    minutes.told(first)
    assert first == minute - 55 * SECOND
    fall, calm = minutes.end("download", minute + 15 * SECOND)
    assert (fall, set(calm)) == (minute + 15 * SECOND, {"upload", "download"})
    second = minutes.begin("download", minute + 20 * SECOND)
    minutes.told(second)
    assert second == minute
    assert minutes.end("download", minute + 30 * SECOND)[0] == minute + 60 * SECOND


def test_a_fall_speaks_of_no_direction_in_which_other_traffic_flows() -> None:
    start = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
    minutes = Minutes()
    begun: tuple[Direction, ...] = ("download", "download", "upload")
    for direction in begun:
        minutes.told(minutes.begin(direction, start))
    assert minutes.end("download", start)[1] == ()
    assert minutes.end("download", start)[1] == ("download",)
    assert set(minutes.end("upload", start)[1]) == {"upload", "download"}


def test_traffic_that_ends_leaves_the_metrics_of_other_traffic_alone(scene: Scene) -> None:
    start, gateway = now(), {"NatGatewayId": scene.network.gateway}
    down = scene.run(start, seconds=30)
    up = scene.run(start, seconds=60, direction="upload", minutes=down.minutes)
    down.step(start)
    up.step(start)
    down.calm(start + 30 * SECOND)
    assert min(scene.metric("BytesInFromDestination", **gateway).values()) == 0
    assert min(scene.metric("BytesInFromSource", **gateway).values()) > 60 * 10**7


def test_a_minute_is_told_before_the_last_one_grows_stale(scene: Scene) -> None:
    start = now()
    run = scene.run(start, seconds=90)
    run.step(start)
    run.step(start + 56 * SECOND)
    assert len(scene.metric("BytesInFromDestination", NatGatewayId=scene.network.gateway)) == 2


def test_a_flow_log_of_an_idle_gateway_delivers_a_record_that_says_so(scene: Scene) -> None:
    traffic = Traffic(scene.engine)
    flow_log = scene.flow_log()
    scene.ec2.delete_flow_logs(FlowLogIds=[flow_log.id])
    found = eventually(lambda: scene.s3.list_objects_v2(Bucket=scene.bucket).get("Contents", []))
    assert flow_log.id in found[0]["Key"]
    assert scene.delivered("true") == 0
    traffic.stop()


def test_a_flow_log_that_traffic_filled_ends_with_its_traffic(scene: Scene) -> None:
    traffic = Traffic(scene.engine)
    flow_log = scene.flow_log()
    run = traffic.start(scene.account, REGION, scene.network.gateway, mbps=8, seconds=1)
    assert run.done.wait(20)
    before = len(scene.s3.list_objects_v2(Bucket=scene.bucket)["Contents"])
    scene.ec2.delete_flow_logs(FlowLogIds=[flow_log.id])
    traffic.stop()
    assert len(scene.s3.list_objects_v2(Bucket=scene.bucket)["Contents"]) == before
