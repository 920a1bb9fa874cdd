"""Who talks with whom behind a gateway: clients of the VPC, the remotes such a VPC really has, one culprit.

Pure: the same seed and clients give the same conversations, and bytes add up exactly.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Direction = Literal["upload", "download"]

TCP, UDP = 6, 17
# What the culprit takes of its direction; the rest is the ordinary noise of a VPC.
CULPRIT_SHARE = 0.8


@dataclass(frozen=True)
class Client:
    """An instance behind the gateway, or a task of Fargate.

    Attributes:
        instance: Its id; of a task `cluster/service`.
        service: Cluster and service of a task; None of an instance.

    """

    ip: str
    instance: str
    service: tuple[str, str] | None = None


@dataclass(frozen=True)
class Remote:
    """A far end; `aws_service` is as flow logs name it, `-` outside AWS (page "Flow log records")."""

    name: str
    addresses: tuple[str, ...]
    port: int
    protocol: int
    aws_service: str
    upload_weight: int
    download_weight: int


@dataclass(frozen=True)
class Conversation:
    """One connection through the gateway and the bytes it carried in some span of time."""

    client_ip: str
    client_instance: str
    client_port: int
    gateway_port: int
    remote_ip: str
    remote_port: int
    protocol: int
    aws_service: str
    upload_bytes: int = 0
    download_bytes: int = 0


REMOTES = (
    Remote("S3", ("52.218.97.10", "52.218.116.42", "3.5.68.131"), 443, TCP, "S3", 4, 12),
    Remote("DynamoDB", ("52.94.25.67", "52.94.25.90"), 443, TCP, "DYNAMODB", 6, 4),
    Remote("ECR and other AWS endpoints", ("52.95.124.18", "54.239.32.7"), 443, TCP, "AMAZON", 3, 8),
    Remote("package mirror on CloudFront", ("18.66.171.22", "18.66.171.77"), 443, TCP, "CLOUDFRONT", 1, 9),
    Remote("Docker registry", ("44.205.64.79", "3.216.34.172"), 443, TCP, "EC2", 1, 10),
    Remote("GitHub", ("140.82.121.3", "140.82.121.9"), 443, TCP, "-", 2, 5),
    Remote("GitHub over SSH", ("140.82.121.4",), 22, TCP, "-", 1, 2),
    Remote("monitoring SaaS", ("34.149.66.137", "35.241.9.150"), 443, TCP, "-", 8, 1),
    Remote("partner API", ("198.51.100.20",), 8443, TCP, "-", 2, 2),
    Remote("time", ("162.159.200.123", "162.159.200.1"), 123, UDP, "-", 1, 1),
)
# What the story needs a reader to find: a bulk read from S3, or data leaving to a host nobody knows.
CULPRIT_OF: dict[Direction, Remote] = {
    "download": Remote("S3, in bulk", ("52.218.41.112",), 443, TCP, "S3", 0, 0),
    "upload": Remote("unknown host", ("203.0.113.77",), 443, TCP, "-", 0, 0),
}


@dataclass(frozen=True)
class Plan:
    """Conversations that go on for a while, each with its share of either direction."""

    conversations: tuple[Conversation, ...]
    upload_weights: tuple[float, ...]
    download_weights: tuple[float, ...]

    def during(self, upload: int, download: int) -> list[Conversation]:
        """The conversations of a span of time in which so many bytes went up and down in all."""
        ups, downs = shared(upload, self.upload_weights), shared(download, self.download_weights)
        return [
            Conversation(
                **{**vars(conversation), "upload_bytes": up, "download_bytes": down},
            )
            for conversation, up, down in zip(self.conversations, ups, downs, strict=True)
            if up or down
        ]


def shared(total: int, weights: Sequence[float]) -> list[int]:
    """Split a total by weights into whole numbers that add up to it exactly."""
    whole, so_far, marks = sum(weights), 0.0, [0]
    for weight in weights[:-1]:
        so_far += weight
        marks.append(min(total, int(total * so_far / whole)))
    marks.append(total)
    return [after - before for before, after in pairwise(marks)]


def plan(clients: Sequence[Client], direction: Direction, seed: int) -> Plan:
    """Conversations of some clients, one of whom causes most of the traffic of one direction.

    Args:
        clients: The instances behind the gateway.
        direction: What is abnormal: `download` from S3, or `upload` to an unknown host.
        seed: Decides ports, addresses and the culprit.

    Raises:
        ValueError: There is no client.

    """
    if not clients:
        raise ValueError("traffic needs at least one client behind the gateway")
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    ports = iter(chance.sample(range(32768, 60999), 2 * (len(REMOTES) * len(clients) + 1)))

    def conversation(client: Client, remote: Remote) -> Conversation:
        return Conversation(
            client_ip=client.ip,
            client_instance=client.instance,
            client_port=next(ports),
            gateway_port=next(ports),
            remote_ip=chance.choice(remote.addresses),
            remote_port=remote.port,
            protocol=remote.protocol,
            aws_service=remote.aws_service,
        )

    guilty = conversation(chance.choice(clients), CULPRIT_OF[direction])
    noise = [(conversation(client, remote), remote) for client in clients for remote in REMOTES]
    luck = [chance.uniform(0.5, 1.5) for _ in noise]
    ups = [each * remote.upload_weight for each, (_, remote) in zip(luck, noise, strict=True)]
    downs = [each * remote.download_weight for each, (_, remote) in zip(luck, noise, strict=True)]
    times_noise = CULPRIT_SHARE / (1 - CULPRIT_SHARE)
    return Plan(
        conversations=(guilty, *(each for each, _ in noise)),
        upload_weights=(sum(ups) * times_noise, *ups),
        download_weights=(sum(downs) * times_noise, *downs),
    )
