"""What would have avoided the spike, and what that saves at this rate; the largest first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from hub.domain.wording import share, size, usd
from hub.reporting.findings import DIRECTIONS, Findings, main_direction
from hub.reporting.names import Named, called
from orgconfig.prices import GB, HOURS_A_MONTH, Prices

Kind = Literal["gateway_endpoint", "interface_endpoint", "registry", "other_zone", "one_client"]

_HOUR = 3600
# A shorter recording says nothing of a month.
_LONG_ENOUGH = 10 * 60
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
        saving: The same in words: by the month where that much was recorded, by the hour otherwise.

    """

    kind: Kind
    text: str
    saves_usd: float | None = None
    saving: str | None = None


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
        *_other_zone(found, names, prices, zone),
        *_one_client(found, names),
    ]
    return tuple(sorted(filter(None, pieces), key=lambda each: -(each.saves_usd or 0)))


def _saving(kind: Kind, text: str, found: Findings, rate: float, fixed: float = 0) -> Advice | None:
    """An advice that saves; None where it would cost more.

    Args:
        kind: Which one.
        text: What to do.
        found: What was recorded.
        rate: US dollars that it saves of the recorded traffic.
        fixed: US dollars that it costs an hour.

    """
    seconds = _seconds(found)
    if seconds is None:
        return Advice(kind, text)
    hourly = rate * _HOUR / seconds - fixed
    if hourly <= 0:
        return None
    monthly = hourly * HOURS_A_MONTH
    if seconds >= _LONG_ENOUGH:
        saving = f"Saves {usd(monthly)} a month at this rate."
    else:
        saving = f"Saves {usd(hourly)} for each hour of such traffic."
    return Advice(kind, text, round(monthly, 2), saving)


def _seconds(found: Findings) -> int | None:
    """How long was recorded, a minute at least, as aggregation intervals are; None where nothing tells."""
    return None if found.began is None or found.ended is None else max(60, found.ended - found.began)


def _of(found: Findings, services: Iterable[str]) -> int:
    """Bytes of the talkers with these services, or 0 where they are not worth a word."""
    wanted = frozenset(services)
    amount = sum(each.bytes for each in found.talkers if each.service in wanted)
    whole = sum(map(found.total, DIRECTIONS))
    return amount if whole and amount >= _WORTH * whole else 0


def _to(
    found: Findings, kind: Kind, services: Iterable[str], text: str, rate: float, *, fixed: float = 0
) -> Iterator[Advice | None]:
    """What to do about the traffic with some services.

    Args:
        found: What was recorded.
        kind: Which advice.
        services: As flow logs name them.
        text: What to do, after how much it was.
        rate: US dollars that it saves for a GB.
        fixed: US dollars that it costs an hour.

    """
    amount = _of(found, services)
    if amount:
        yield _saving(kind, f"{size(amount)} {text}", found, amount / GB * rate, fixed=fixed)


def _gateway_endpoints(found: Findings, prices: Prices) -> Iterator[Advice | None]:
    for service, name in _GATEWAY_ENDPOINTS.items():
        text = (
            f"went to or came from {name}. A gateway endpoint for {name} in this VPC costs nothing and takes "
            "what stays in this region off the NAT gateway; add it to the clients' route tables."
        )
        yield from _to(found, "gateway_endpoint", (service,), text, prices.nat_gb)


def _interface_endpoints(found: Findings, prices: Prices) -> Iterator[Advice | None]:
    text = (
        "went to or came from AWS's own services. An interface endpoint for the service "
        f"that is called costs ${prices.interface_endpoint_gb:.3f} a GB instead of ${prices.nat_gb:.3f}."
    )
    rate, fixed = prices.nat_gb - prices.interface_endpoint_gb, _ZONES * prices.interface_endpoint_hour
    yield from _to(found, "interface_endpoint", _INTERFACE_ENDPOINTS, text, rate, fixed=fixed)


def _mirrors(found: Findings, prices: Prices) -> Iterator[Advice | None]:
    text = (
        "came through CloudFront, where public registries and package mirrors stand. A "
        "pull-through cache in ECR, or a mirror in CodeArtifact, is fetched from inside of AWS."
    )
    yield from _to(found, "registry", _MIRRORS, text, prices.nat_gb)


def _same_region(found: Findings, prices: Prices) -> Iterator[Advice | None]:
    text = (
        "went to or came from public addresses of EC2. If they are yours, VPC peering, "
        "PrivateLink or a transit gateway reaches them without a NAT gateway."
    )
    yield from _to(found, "registry", _IN_THE_REGION, text, prices.nat_gb)


def _other_zone(
    found: Findings, names: Mapping[str, Named], prices: Prices, zone: str | None
) -> Iterator[Advice | None]:
    far = [
        each
        for each in found.talkers
        if zone and (holder := names.get(each.client)) and holder.zone and holder.zone != zone
    ]
    amount = sum(each.bytes for each in far)
    if amount and amount >= _WORTH * sum(map(found.total, DIRECTIONS)):
        yield _saving(
            "other_zone",
            f"{size(amount)} crossed availability zones on its way to this gateway, at "
            f"${prices.zone_gb:.2f} a GB in each direction. A NAT gateway in the clients' own zone, or a "
            "regional one, avoids that.",
            found,
            amount / GB * 2 * prices.zone_gb,
        )


def _one_client(found: Findings, names: Mapping[str, Named]) -> Iterator[Advice]:
    """Of the main direction only: the other one follows it."""
    direction = main_direction(found)
    by_client = Counter[str]()
    for each in found.talkers:
        if each.direction == direction:
            by_client[each.client] += each.bytes
    whole = found.total(direction)
    done = "sent" if direction == "upload" else "received"
    for client, amount in by_client.items():
        if amount > _DOMINANT * whole:
            part = share(amount, whole)
            yield Advice(
                "one_client", f"{called(client, names)} {done} {part} of the {direction}: begin there."
            )
