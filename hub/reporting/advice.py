"""What would have avoided the spike, and what that saves in a month at this rate; the largest first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from hub.domain.wording import size
from hub.reporting.findings import DIRECTIONS, Findings, Talker
from hub.reporting.names import Named, called
from orgconfig.prices import GB, HOURS_A_MONTH, Prices

Kind = Literal["gateway_endpoint", "interface_endpoint", "registry", "other_zone", "one_client"]

_MONTH = 30 * 24 * 3600
# Below this part of all traffic an advice would be noise.
_WORTH = 0.05
_DOMINANT = 0.5
_ZONES = 2  # an endpoint stands in two zones as a rule
# The names flow logs give to services (VPC User Guide, "Flow log records", pkt-src-aws-service).
_GATEWAY_ENDPOINTS = {"S3": "S3", "DYNAMODB": "DynamoDB"}
_INTERFACE_ENDPOINTS = frozenset({"AMAZON", "API_GATEWAY", "KINESIS_VIDEO_STREAMS", "CODEBUILD", "CLOUD9"})
_IN_THE_REGION = frozenset({"EC2"})
_MIRRORS = frozenset({"CLOUDFRONT"})


@dataclass(frozen=True)
class Advice:
    """One piece.

    Attributes:
        text: A sentence or two for people.
        saves_usd: In a month at the rate of the recording; None where nothing is saved by itself.

    """

    kind: Kind
    text: str
    saves_usd: float | None


def advice(
    found: Findings, names: Mapping[str, Named], prices: Prices, zone: str | None = None
) -> tuple[Advice, ...]:
    """Everything that is worth saying.

    Args:
        found: What was recorded.
        names: Who holds which address.
        prices: Of the gateway's region.
        zone: The availability zone of the gateway, where it stands in one.

    """
    pieces = [
        *_gateway_endpoints(found, prices),
        *_interface_endpoints(found, prices),
        *_mirrors(found, prices),
        *_same_region(found, prices),
        *_other_zone(found, names, zone),
        *_one_client(found, names),
    ]
    return tuple(sorted(pieces, key=lambda each: -(each.saves_usd or 0)))


def _monthly(found: Findings, amount: int) -> float:
    """Gigabytes in a month, if it went on like this."""
    seconds = max(60, (found.ended or 0) - (found.began or 0))
    return amount / GB * _MONTH / seconds


def _of(found: Findings, services: Iterable[str]) -> int:
    """Bytes of the talkers with these services, or 0 where they are not worth a word."""
    wanted = frozenset(services)
    amount = sum(each.bytes for each in found.talkers if each.service in wanted)
    whole = sum(map(found.total, DIRECTIONS))
    return amount if whole and amount >= _WORTH * whole else 0


def _gateway_endpoints(found: Findings, prices: Prices) -> Iterator[Advice]:
    for service, name in _GATEWAY_ENDPOINTS.items():
        amount = _of(found, (service,))
        if amount:
            yield Advice(
                "gateway_endpoint",
                f"{size(amount)} went to or came from {name}. A gateway endpoint for {name} in this VPC "
                "costs nothing and takes this off the NAT gateway; add it to the clients' route tables.",
                round(_monthly(found, amount) * prices.nat_gb, 2),
            )


def _interface_endpoints(found: Findings, prices: Prices) -> Iterator[Advice]:
    amount = _of(found, _INTERFACE_ENDPOINTS)
    if not amount:
        return
    saves = _monthly(found, amount) * (prices.nat_gb - prices.interface_endpoint_gb)
    saves -= _ZONES * HOURS_A_MONTH * prices.interface_endpoint_hour
    if saves > 0:
        yield Advice(
            "interface_endpoint",
            f"{size(amount)} went to or came from AWS's own services. An interface endpoint for the service "
            f"that is called costs ${prices.interface_endpoint_gb:.3f} a GB instead of ${prices.nat_gb:.3f}.",
            round(saves, 2),
        )


def _mirrors(found: Findings, prices: Prices) -> Iterator[Advice]:
    amount = _of(found, _MIRRORS)
    if amount:
        yield Advice(
            "registry",
            f"{size(amount)} came through CloudFront, where public registries and package mirrors stand. A "
            "pull-through cache in ECR, or a mirror in CodeArtifact, is fetched from inside of AWS.",
            round(_monthly(found, amount) * prices.nat_gb, 2),
        )


def _same_region(found: Findings, prices: Prices) -> Iterator[Advice]:
    amount = _of(found, _IN_THE_REGION)
    if amount:
        yield Advice(
            "registry",
            f"{size(amount)} went to or came from public addresses of EC2. If they are yours, VPC peering, "
            "PrivateLink or a transit gateway reaches them without a NAT gateway.",
            round(_monthly(found, amount) * prices.nat_gb, 2),
        )


def _other_zone(found: Findings, names: Mapping[str, Named], zone: str | None) -> Iterator[Advice]:
    far = [
        each
        for each in found.talkers
        if zone and (holder := names.get(each.client)) and holder.zone and holder.zone != zone
    ]
    amount = sum(each.bytes for each in far)
    if amount and amount >= _WORTH * sum(map(found.total, DIRECTIONS)):
        yield Advice(
            "other_zone",
            f"{size(amount)} crossed availability zones on its way to this gateway, at $0.01 a GB in each "
            "direction. A NAT gateway in the clients' own zone, or a regional one, avoids that.",
            round(_monthly(found, amount) * 0.02, 2),
        )


def _one_client(found: Findings, names: Mapping[str, Named]) -> Iterator[Advice]:
    for direction in DIRECTIONS:
        by_client: dict[str, int] = {}
        mine: list[Talker] = [each for each in found.talkers if each.direction == direction]
        for each in mine:
            by_client[each.client] = by_client.get(each.client, 0) + each.bytes
        whole = found.total(direction)
        for client, amount in by_client.items():
            if whole > found.total("upload" if direction == "download" else "download") and (
                amount > _DOMINANT * whole
            ):
                done = "sent" if direction == "upload" else "received"
                yield Advice(
                    "one_client",
                    f"{called(client, names)} {done} {amount / whole:.0%} of the {direction}: begin there.",
                    None,
                )
