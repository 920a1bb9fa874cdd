import pytest

from hub.domain.holders import held
from hub.domain.networks import Interface, Network

UUID = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
OWNERS = ("owner", "team")


def named(interface: Interface, **instances: dict[str, str]) -> dict[str, str]:
    """Each address and what its holder is called, with the owner behind it."""
    network = Network((interface,), {key.replace("_", "-"): tags for key, tags in instances.items()})
    return {
        address: f"{who} of {who.owner}" if who.owner else str(who)
        for _, address, who in held(network, OWNERS)
    }


def called(description: str, **more: object) -> str:
    fields: dict[str, object] = {"primary": "10.0.1.5", "addresses": ("10.0.1.5",), **more}
    [name] = named(Interface("eni-1", "vpc-1", description=description, **fields)).values()  # type: ignore[arg-type]
    return name


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Interface for NAT Gateway nat-02d216882c09db8e6", "nat-02d216882c09db8e6"),
        (f"AWS Lambda VPC ENI-etl-load-orders-{UUID}", "Lambda function etl-load-orders"),
        (f"AWS Lambda VPC ENI: {UUID}", "Lambda function eni-1"),
        ("ELB app/front/50dc6c495c0c9188", "application load balancer front"),
        ("ELB net/tcp-in/50dc6c495c0c9188", "network load balancer tcp-in"),
        ("ELB gwy/firewall/50dc6c495c0c9188", "gateway load balancer firewall"),
        ("ELB old-one", "classic load balancer old-one"),
        ("VPC Endpoint Interface vpce-0123456789abcdef0", "vpce-0123456789abcdef0"),
        ("Network Interface for Transit Gateway Attachment tgw-attach-0fadefb9eff283b00",
         "tgw-attach-0fadefb9eff283b00"),
        ("RDSNetworkInterface", "RDS database eni-1"),
        ("Network interface for DBProxy orders", "RDS proxy orders"),
        ("EFS mount target for fs-0123 (fsmt-0456)", "EFS file system fs-0123"),
        ("ElastiCache sessions-001", "ElastiCache cluster sessions-001"),
        ("Amazon EKS prod", "EKS control plane prod"),
        ("aws-k8s-branch-eni", "EKS pod eni-1"),
        (f"arn:aws:ecs:eu-west-1:111111111111:attachment/{UUID}", f"ECS task with attachment {UUID}"),
        ("my own appliance", "interface eni-1 my own appliance"),
        ("", "interface eni-1"),
    ],
)  # fmt: skip
def test_an_interface_is_named_after_what_made_it(description: str, name: str) -> None:
    assert called(description) == name


def test_an_interface_that_says_nothing_is_named_after_its_type_and_its_own_tag() -> None:
    assert called("", type="api_gateway_managed") == "api gateway managed eni-1"
    assert called("", tags={"Name": "proxy"}) == "interface eni-1 proxy"


def attached(description: str = "", **tags: str) -> Interface:
    return Interface(
        "eni-1", "vpc-1", primary="10.0.1.5", addresses=("10.0.1.5", "10.0.1.6"), prefixes=("10.0.1.16/28",),
        instance="i-1", description=description, tags=tags,
    )  # fmt: skip


def test_an_instance_is_named_by_its_own_name_else_by_its_auto_scaling_group() -> None:
    assert named(
        attached(), i_1={"Name": "etl-runner-3", "aws:autoscaling:groupName": "etl"}
    ) == dict.fromkeys(("10.0.1.5", "10.0.1.6", "10.0.1.16/28"), "i-1 etl-runner-3")
    assert named(attached(), i_1={"aws:autoscaling:groupName": "etl"})["10.0.1.5"] == "i-1 etl"
    assert named(attached())["10.0.1.5"] == "i-1"


@pytest.mark.parametrize("tag", ["aws:eks:cluster-name", "eks:cluster-name", "kubernetes.io/cluster/prod"])
def test_a_node_is_told_from_the_pods_on_it(tag: str) -> None:
    found = named(attached(), i_1={"Name": "ng-1", tag: "prod"})
    assert found["10.0.1.5"] == "EKS node i-1 ng-1 of cluster prod"
    assert found["10.0.1.6"] == found["10.0.1.16/28"] == "pod on EKS node i-1 ng-1 of cluster prod"


def test_an_interface_that_a_node_made_belongs_to_it_also_while_it_is_detached() -> None:
    tags = {"cluster.k8s.amazonaws.com/name": "prod"}
    own = Interface("eni-2", "vpc-1", addresses=("10.0.1.7",), description="aws-K8S-i-1", tags=tags)
    assert named(own, i_1={"team": "web"}) == {"10.0.1.7": "pod on EKS node i-1 of cluster prod of web"}


def test_a_task_is_named_by_its_service_whatever_it_runs_on() -> None:
    description = f"arn:aws-us-gov:ecs:us-gov-west-1:111111111111:attachment/{UUID}"
    tags = {"aws:ecs:clusterName": "shop", "aws:ecs:serviceName": "cart", "team": "checkout"}
    found = named(attached(description, **tags), i_1={"Name": "container-host", "team": "platform"})
    assert found["10.0.1.5"] == "ECS service shop/cart of checkout"
    alone = attached(description, **{"aws:ecs:clusterName": "shop"})
    assert named(alone)["10.0.1.5"] == "ECS task in cluster shop"


def test_the_first_owner_tag_that_is_there_counts_in_any_capitals() -> None:
    assert named(attached(), i_1={"Team": "data", "OWNER": "ann"})["10.0.1.5"] == "i-1 of ann"
    assert named(attached(TEAM="net"), i_1={"owner": ""})["10.0.1.5"] == "i-1 of net"


HOSTILE = "<script>alert(1)</script>\n\x1b[31m*bold* <!channel>\u202egpj.exe\u2028" + "x" * 300


def test_whatever_a_tag_holds_its_name_is_one_short_line() -> None:
    [(_, _, who), *_] = held(Network((attached(),), {"i-1": {"Name": HOSTILE, "team": "a\r\nb\x00"}}), OWNERS)
    assert who.name is not None
    assert len(who.name) <= 60
    assert who.name.isprintable()
    assert who.name.startswith("<script>alert(1)</script> [31m*bold* <!channel>gpj.exe")
    assert who.owner == "a b"


def test_a_name_of_nothing_that_shows_is_none() -> None:
    [(_, _, who), *_] = held(Network((attached(),), {"i-1": {"Name": "\u200b\n"}}), OWNERS)
    assert (who.name, str(who)) == (None, "i-1")
