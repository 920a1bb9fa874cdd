"""What any witness tells, and what CloudWatch and EC2 make hard to tell."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub.domain.errors import RecordingFault
from hub.domain.gateways import Availability, GatewayRef
from hub.domain.suspecting import Evidence
from scripts.sandbox.engine.core import Engine
from tests.contract.metrics import EngineWitnessWorld, FakeWitnessWorld, WitnessWorld, minutes


@pytest.fixture
def engine_witness(engine: Engine, fresh_account: Callable[[], str]) -> EngineWitnessWorld:
    return EngineWitnessWorld(engine, fresh_account())


@pytest.fixture
def metrics(world: str, request: pytest.FixtureRequest) -> WitnessWorld:
    if world == "fake":
        return FakeWitnessWorld()
    made: EngineWitnessWorld = request.getfixturevalue("engine_witness")
    return made


def told(
    metrics: WitnessWorld, gateway: GatewayRef, availability: Availability = "zonal", ago: int = 60
) -> Evidence:
    since = metrics.now - timedelta(minutes=ago)
    return metrics.witness.evidence(gateway, availability, since, metrics.now)


@pytest.mark.parametrize("availability", ["zonal", "regional"])
def test_gateway_and_clients_are_told_in_both_directions(
    metrics: WitnessWorld, availability: Availability
) -> None:
    gateway = metrics.gateway(availability)
    instance = metrics.instance(gateway, "etl-runner-3")
    for who, factor in ((gateway.gateway, 2), (instance, 1)):
        metrics.count(who, "download", 10.0 * factor, 900.0 * factor)
        metrics.count(who, "upload", 1.0 * factor, 3.0 * factor)
    found = told(metrics, gateway, availability)
    download, upload = found.watched["download"], found.watched["upload"]
    assert download.gateway == minutes(metrics.now, (20.0, 1800.0))
    assert download.clients == {instance: minutes(metrics.now, (10.0, 900.0))}
    assert upload.gateway == minutes(metrics.now, (2.0, 6.0))
    assert upload.clients == {instance: minutes(metrics.now, (1.0, 3.0))}
    client = found.clients[instance]
    assert (client.id, client.name, client.kind) == (instance, "etl-runner-3", "instance")
    assert [each[:3] for each in client.addresses] == ["10."]


def test_who_does_not_route_through_the_gateway_is_no_client(metrics: WitnessWorld) -> None:
    gateway = metrics.gateway()
    mine, other = metrics.instance(gateway, "mine"), metrics.instance(None, "another")
    for instance in (mine, other):
        metrics.count(instance, "download", 900.0)
    assert set(told(metrics, gateway).clients) == {mine}


def test_a_client_that_was_silent_is_none(metrics: WitnessWorld) -> None:
    gateway = metrics.gateway()
    metrics.instance(gateway, "silent")
    metrics.count(gateway.gateway, "download", 900.0)
    found = told(metrics, gateway)
    assert not found.clients
    assert found.watched["download"].gateway == minutes(metrics.now, (900.0,))


def test_only_the_time_asked_for_is_told(metrics: WitnessWorld) -> None:
    gateway = metrics.gateway()
    metrics.count(gateway.gateway, "upload", 1.0, 2.0, 3.0, 4.0)
    assert told(metrics, gateway, ago=2).watched["upload"].gateway == minutes(metrics.now, (3.0, 4.0))


def test_without_metrics_there_is_nothing_to_tell(metrics: WitnessWorld) -> None:
    found = told(metrics, metrics.gateway())
    assert not found.clients
    assert not any(each.gateway.points or each.clients for each in found.watched.values())


def test_a_subnet_without_a_table_of_its_own_has_the_main_one(engine_witness: EngineWitnessWorld) -> None:
    gateway = engine_witness.gateway()
    other = engine_witness.subnet()
    own = engine_witness.ec2.create_route_table(VpcId=engine_witness.vpc)["RouteTable"]["RouteTableId"]
    engine_witness.ec2.associate_route_table(RouteTableId=own, SubnetId=other)
    implicit = engine_witness.instance(None, "implicit")
    explicit = engine_witness.instance(None, "explicit", subnet=other)
    for instance in (implicit, explicit):
        engine_witness.count(instance, "download", 900.0)
    assert not told(engine_witness, gateway).clients
    [main] = engine_witness.ec2.describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [engine_witness.vpc]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )["RouteTables"]
    engine_witness.ec2.create_route(
        RouteTableId=main["RouteTableId"],
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId=gateway.gateway,
    )
    assert set(told(engine_witness, gateway).clients) == {implicit}


def test_an_instance_that_is_gone_fails_nothing(engine_witness: EngineWitnessWorld) -> None:
    gateway = engine_witness.gateway()
    mine = engine_witness.instance(gateway, "mine")
    for instance in (mine, "i-0ffffffffffffffff"):
        engine_witness.count(instance, "download", 900.0)
    assert set(told(engine_witness, gateway).clients) == {mine}


def test_a_name_is_one_short_line_whatever_the_tag_holds(engine_witness: EngineWitnessWorld) -> None:
    gateway = engine_witness.gateway()
    hostile = "<script>\r\n*bold*\u202e " + "x" * 200
    instance = engine_witness.instance(gateway, hostile)
    engine_witness.count(instance, "download", 900.0)
    name = str(told(engine_witness, gateway).clients[instance].name)
    assert name.startswith("<script> *bold* xxx")
    assert name.isprintable()
    assert len(name) == 60


def test_pods_are_told_where_a_node_of_their_cluster_stands_behind_the_gateway(
    engine_witness: EngineWitnessWorld,
) -> None:
    gateway = engine_witness.gateway()
    instance = engine_witness.instance(gateway, "member")
    engine_witness.ec2.create_tags(Resources=[instance], Tags=[{"Key": "eks:cluster-name", "Value": "shop"}])
    engine_witness.count(instance, "download", 900.0)
    for cluster in ("shop", "other"):
        dimensions = {"ClusterName": cluster, "Namespace": "default", "PodName": "etl"}
        engine_witness.put("ContainerInsights", "pod_network_rx_bytes", dimensions, 15.0)
    found = told(engine_witness, gateway)
    assert set(found.clients) == {instance, "shop/default/etl"}
    assert found.clients["shop/default/etl"].kind == "pod"
    pod = found.watched["download"].clients["shop/default/etl"]
    assert pod == minutes(engine_witness.now, (15.0 * 60,))


SERVICES = {"shop/checkout": 15.0, "shop/search": 5.0, "other/batch": 90.0}


def with_services(world: EngineWitnessWorld) -> None:
    for service, rate in SERVICES.items():
        cluster, name = service.split("/")
        for family in (None, "checkout-task"):
            key = {"ServiceName": name} if family is None else {"TaskDefinitionFamily": family}
            world.put("ECS/ContainerInsights", "NetworkRxBytes", {"ClusterName": cluster, **key}, rate)


def test_a_service_is_told_where_a_task_of_it_stands_behind_the_gateway(
    engine_witness: EngineWitnessWorld,
) -> None:
    gateway = engine_witness.gateway()
    first, second = (engine_witness.task(gateway, "shop/checkout") for _ in range(2))
    engine_witness.task(None, "other/batch")
    with_services(engine_witness)
    found = told(engine_witness, gateway)
    [service] = found.clients.values()
    assert (service.id, service.kind) == ("shop/checkout", "service")
    assert sorted(service.addresses) == sorted([first, second])
    assert found.watched["download"].clients == {"shop/checkout": minutes(engine_witness.now, (15.0 * 60,))}


def test_where_a_task_does_not_tell_its_service_any_may_be_its(engine_witness: EngineWitnessWorld) -> None:
    gateway = engine_witness.gateway()
    engine_witness.task(gateway, None)
    with_services(engine_witness)
    found = told(engine_witness, gateway)
    assert set(found.clients) == set(SERVICES)
    assert not any(each.addresses for each in found.clients.values())


def test_a_task_on_an_instance_is_seen_with_its_instance(engine_witness: EngineWitnessWorld) -> None:
    gateway = engine_witness.gateway()
    instance = engine_witness.instance(gateway, "container-host")
    engine_witness.task(gateway, "shop/checkout", attached=instance)
    engine_witness.count(instance, "download", 900.0)
    with_services(engine_witness)
    assert set(told(engine_witness, gateway).clients) == {instance}


def test_what_cannot_be_asked_says_where(engine_witness: EngineWitnessWorld) -> None:
    gateway = engine_witness.gateway()
    with pytest.raises(RecordingFault, match=f"asking for metrics in {gateway.account}"):
        told(engine_witness, gateway, ago=-60)
