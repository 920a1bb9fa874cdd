"""From what EC2 says of a network interface to who holds its addresses.

What made an interface stands in its description, a text that no reference lists whole. Sources: Cloud
Custodian, `c7n/utils.py`, `get_eni_resource_type`, which knows most of them from accounts; Amazon VPC CNI,
`pkg/awsutils/awsutils.go`, `eniDescriptionPrefix` and `eniClusterTagKey`; EC2 API reference,
NetworkInterface, `InterfaceType`. What is in none of them stays an interface with its description.
"""

import re
from collections.abc import Iterator, Sequence

from hub.domain.named import Named
from hub.domain.networks import Interface, Network, Tags

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# What follows in the description is the id; without a group of that name, the interface's own is.
_MADE_BY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"Interface for NAT Gateway (?P<id>nat-\w+)", "NAT gateway"),
        # Functions of one subnet and set of security groups share it; it bears the first one's name.
        (rf"AWS Lambda VPC ENI-(?P<id>.+)-{_UUID}$", "Lambda function"),
        (r"AWS Lambda VPC ENI", "Lambda function"),
        (r"ELB app/(?P<id>[^/]+)/", "application load balancer"),
        (r"ELB net/(?P<id>[^/]+)/", "network load balancer"),
        (r"ELB gwy/(?P<id>[^/]+)/", "gateway load balancer"),
        (r"ELB (?P<id>[\w-]+)$", "classic load balancer"),
        (r"VPC Endpoint Interface (?P<id>vpce-\w+)", "VPC endpoint"),
        (r"Network Interface for Transit Gateway Attachment (?P<id>tgw-\S+)", "transit gateway attachment"),
        (r"Network interface for DBProxy (?P<id>\S+)", "RDS proxy"),
        (r"RDSNetworkInterface", "RDS database"),
        (r"EFS mount target for (?P<id>fs-\w+)", "EFS file system"),
        (r"ElastiCache (?P<id>\S+)", "ElastiCache cluster"),
        (r"RedshiftNetworkInterface", "Redshift cluster"),
        (r"DMSNetworkInterface", "DMS instance"),
        (r"DAX (?P<id>\S+)", "DAX cluster"),
        (r"ES (?P<id>\S+)", "OpenSearch domain"),
        (r"Amazon EKS (?P<id>\S+)", "EKS control plane"),
        (r"aws-k8s-branch-eni", "EKS pod"),
        (r"AWS created network interface for directory (?P<id>d-\w+)", "directory"),
        (r"ENI managed by APIGateway", "API Gateway VPC link"),
    )
)  # fmt: skip
_TASK = re.compile(rf"arn:[\w-]+:ecs:[\w-]+:\d+:attachment/(?P<id>{_UUID})")
_NODES_OWN = re.compile(r"aws-K8S-(?P<id>i-\w+)")
# On nodes (EKS User Guide, "Tagging your Amazon EKS resources"), and the VPC CNI's own on interfaces.
_CLUSTER_TAGS = ("aws:eks:cluster-name", "eks:cluster-name", "cluster.k8s.amazonaws.com/name")
_CLUSTER_KEY = "kubernetes.io/cluster/"
_GROUP_TAG = (
    "aws:autoscaling:groupName"  # EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances"
)


def held(network: Network, owner_tags: Sequence[str]) -> Iterator[tuple[Interface, str, Named]]:
    """Every address and delegated prefix with its holder.

    Args:
        network: What EC2 says.
        owner_tags: Keys of tags that say whose something is, the first that is there; case does not count.

    """
    for each in network.interfaces:
        of_instance = network.instances.get(_instance(each) or "", {})
        # A task's tags are on its interface; the instance it runs on may be everybody's.
        tags = (each.tags, of_instance) if _TASK.match(each.description) else (of_instance, each.tags)
        owner = next(filter(None, (_owner(some, owner_tags) for some in tags)), None)
        for address in (*each.addresses, *each.prefixes):
            yield each, address, _holder(each, of_instance, owner, itself=address == each.primary)


def _instance(interface: Interface) -> str | None:
    found = _NODES_OWN.match(interface.description)
    return interface.instance or (found["id"] if found else None)


def _holder(interface: Interface, of_instance: Tags, owner: str | None, *, itself: bool) -> Named:
    task, instance = _TASK.match(interface.description), _instance(interface)
    if task:
        kind, identity, name = *_task(task["id"], interface.tags), None
    elif instance:
        every = {**interface.tags, **of_instance}
        kind, identity, name = _of_instance(instance, every, of_instance, itself=itself)
    else:
        kind, identity, name = _made(interface)
    return Named(kind, identity, name, owner, interface.zone)


def _task(attachment: str, tags: Tags) -> tuple[str, str]:
    """Managed tags name cluster and service (ECS Developer Guide, "Tagging your Amazon ECS resources")."""
    cluster, service = (tags.get(f"aws:ecs:{each}") for each in ("clusterName", "serviceName"))
    if service:
        return "ECS service", "/".join(filter(None, (cluster, service)))
    return ("ECS task in cluster", cluster) if cluster else ("ECS task with attachment", attachment)


def _of_instance(instance: str, all_tags: Tags, own: Tags, *, itself: bool) -> tuple[str, str, str | None]:
    """An instance, or a node; any but the first address of a node's interface is a pod's (Amazon VPC CNI)."""
    called = own.get("Name") or own.get(_GROUP_TAG)
    cluster = _cluster(all_tags)
    if cluster is None:
        return "instance", instance, called
    name = f"{called} of cluster {cluster}" if called else f"of cluster {cluster}"
    return ("EKS node" if itself else "pod on EKS node"), instance, name


def _cluster(tags: Tags) -> str | None:
    by_tag = next(filter(None, map(tags.get, _CLUSTER_TAGS)), None)
    by_key = (key.removeprefix(_CLUSTER_KEY) for key in sorted(tags) if key.startswith(_CLUSTER_KEY))
    return by_tag or next(by_key, None)


def _made(interface: Interface) -> tuple[str, str, str | None]:
    name = interface.tags.get("Name")
    for pattern, kind in _MADE_BY:
        found = pattern.match(interface.description)
        if found:
            return kind, found.groupdict().get("id") or interface.id, name
    kind = "interface" if interface.type == "interface" else interface.type.replace("_", " ")
    return kind, interface.id, name or interface.description or None


def _owner(tags: Tags, owner_tags: Sequence[str]) -> str | None:
    by_key = {key.casefold(): value for key, value in sorted(tags.items(), reverse=True)}
    return next(filter(None, (by_key.get(key.casefold()) for key in owner_tags)), None)
