"""What AWS charges: one table, in US dollars, without tax, discounts or free tiers.

Every price is that of one region unless a region is known to differ. What is not known of a region is taken
from the first one, and said to be: a wrong price makes an estimate wrong and nothing else. A config may say
what the organization really pays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

REGION = "us-east-1"
AS_OF = "2026-11"
GB = 10**9  # as AWS bills it here: a recording of a few GB differs by less than a cent
HOURS_A_MONTH = 730


def _price(usd: float, of: str, unit: str, source: str) -> float:
    price: float = field(default=usd, metadata={"of": of, "unit": unit, "source": source})
    return price


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Prices of one region; each says of what it is, for how much of it, and where it is written.

    Attributes:
        basis: Whose prices these are and of when, in words; what is assumed is said.

    """

    nat_gb: float = _price(
        0.045, "NAT processing", "a gigabyte through a NAT gateway", "aws.amazon.com/vpc/pricing"
    )
    interface_endpoint_hour: float = _price(
        0.01,
        "interface endpoints' hours",
        "an hour of an interface endpoint in one zone",
        "aws.amazon.com/privatelink/pricing",
    )
    interface_endpoint_gb: float = _price(
        0.01,
        "interface endpoints' gigabytes",
        "a gigabyte through an interface endpoint",
        "aws.amazon.com/privatelink/pricing",
    )
    zone_gb: float = _price(
        0.01,
        "traffic between zones",
        "a gigabyte between zones, in each direction",
        "aws.amazon.com/ec2/pricing/on-demand, Data Transfer",
    )
    vended_gb: float = _price(
        0.25,
        "delivery of records",
        "a gigabyte of flow log records delivered to S3, uncompressed",
        "aws.amazon.com/cloudwatch/pricing, Vended Logs, and public bills",
    )
    parquet_gb: float = _price(
        0.035,
        "records in parquet",
        "a gigabyte of records made into parquet, added to its delivery",
        "aws.amazon.com/cloudwatch/pricing, Vended Logs, and public bills",
    )
    storage_gb: float = _price(
        0.023, "storage", "a gigabyte in S3 for a month", "aws.amazon.com/s3/pricing, Standard"
    )
    scan_tb: float = _price(5.0, "Athena", "a terabyte that Athena reads", "aws.amazon.com/athena/pricing")
    # By the metrics it analyses and the hour, so that no gateway costs nothing.
    insights_metric: float = _price(
        0.10,
        "Metrics Insights alarms",
        "a metric that a Metrics Insights alarm analyses for a month",
        "aws.amazon.com/cloudwatch/pricing, Alarms",
    )
    # Of metric math each metric that it refers to.
    alarm_metric: float = _price(
        0.10, "alarms", "a metric of another alarm for a month", "aws.amazon.com/cloudwatch/pricing, Alarms"
    )
    custom_metric: float = _price(
        0.30,
        "custom metrics",
        "a metric of the hub's own for a month, by the hours in which it is sent",
        "aws.amazon.com/cloudwatch/pricing, Metrics",
    )
    metric_read: float = _price(
        0.01 / 1000,
        "reading metrics",
        "a metric that GetMetricData reads or analyses",
        "aws.amazon.com/cloudwatch/pricing, API requests",
    )
    dashboard: float = _price(
        3.00, "dashboards", "a dashboard for a month", "aws.amazon.com/cloudwatch/pricing, Dashboards"
    )
    kms_key: float = _price(1.00, "keys", "a key for a month", "aws.amazon.com/kms/pricing")
    state_transition: float = _price(
        0.025 / 1000, "Step Functions", "a state transition", "aws.amazon.com/step-functions/pricing"
    )
    lambda_request: float = _price(
        0.20 / 1_000_000, "Lambda's requests", "a request", "aws.amazon.com/lambda/pricing"
    )
    lambda_gb_second: float = _price(
        0.0000133334, "Lambda's time", "a gigabyte and second on arm64", "aws.amazon.com/lambda/pricing"
    )
    basis: str = ""


class Known(NamedTuple):
    """What is known of another region.

    Attributes:
        prices: Its own prices, by their names above.
        source: Where they are written.

    """

    prices: Mapping[str, float]
    source: str


REGIONS: Mapping[str, Known] = {
    "eu-west-1": Known({"nat_gb": 0.048, "interface_endpoint_hour": 0.011}, "public bills, 2026"),
    "ap-southeast-1": Known({"nat_gb": 0.059}, "basavytix.com/blog/aws-nat-gateway-pricing, 2026"),
    "ap-northeast-1": Known({"vended_gb": 0.38, "parquet_gb": 0.056}, "zenn.dev, a bill of Tokyo"),
}
_TABLE = {each.name: each.metadata for each in fields(Prices) if each.metadata}
NAMES = tuple(_TABLE)


def unit_of(name: str) -> str:
    """For what a price is paid, in words."""
    return str(_TABLE[name]["unit"])


def source_of(name: str) -> str:
    """Where a price is written, and of when."""
    return f"{_TABLE[name]['source']}, {AS_OF}"


def prices_of(region: str | None, paid: Mapping[str, float] | None = None) -> Prices:
    """The prices of a region.

    Args:
        region: None where it is not known.
        paid: What the organization says that it pays, by name, in whatever region; a name that is not known,
            of a newer natrec, is passed over.

    """
    known = REGIONS[region].prices if region and region in REGIONS else {}
    own = {name: usd for name, usd in {**known, **(paid or {})}.items() if name in _TABLE}
    if region is None:
        basis = f"{REGION}, {AS_OF}, assumed because the region is not known{_but(own)}"
    else:
        basis = basis_of([region], own)
    return replace(Prices(), **own, basis=basis)


def basis_of(regions: Iterable[str], own: Iterable[str] = ()) -> str:
    """Whose prices are told of these regions and of when, in words, following "prices of".

    Args:
        regions: Where it is paid.
        own: Which prices are not the table's first region's.

    """
    others = sorted({*regions} - {REGION})
    assumed = f", assumed for {', '.join(others)}" if others else ""
    return f"{REGION}, {AS_OF}{assumed}{_but(own)}"


def _but(own: Iterable[str]) -> str:
    names = [str(_TABLE[name]["of"]) for name in _TABLE if name in {*own}]
    return f" but for {' and '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}" if names else ""
