"""What AWS charges, by region: one dated table. US dollars, without tax, discounts or free tiers.

As of November 2026. us-east-1: pricing pages of VPC, S3 and Athena, public bills for vended logs;
eu-west-1 and ap-southeast-1: public bills. The other regions are from memory of the price list, not checked.
A region that is not listed has the prices of us-east-1. A wrong price makes an estimate wrong and nothing
else, and a config may say what the organization really pays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

DATE = "2026-11"
GB = 10**9  # as AWS bills it here: a recording of a few GB differs by less than a cent
HOURS_A_MONTH = 730


@dataclass(frozen=True)
class Prices:
    """Prices of one region.

    Attributes:
        nat_gb: A gigabyte through a NAT gateway.
        interface_endpoint_hour: An hour of an interface endpoint in one zone.
        interface_endpoint_gb: A gigabyte through it.
        vended_gb: A gigabyte of flow log records delivered to S3.
        parquet_gb: What their conversion to parquet adds.
        storage_gb: A gigabyte in S3 for a month.
        scan_tb: A terabyte that Athena reads.

    """

    nat_gb: float = 0.045
    interface_endpoint_hour: float = 0.01
    interface_endpoint_gb: float = 0.01
    vended_gb: float = 0.25
    parquet_gb: float = 0.035
    storage_gb: float = 0.023
    scan_tb: float = 5.0


_DEFAULT = Prices()
_REGIONS: Mapping[str, Prices] = {
    "us-east-1": _DEFAULT,
    "us-east-2": _DEFAULT,
    "us-west-2": _DEFAULT,
    "us-west-1": Prices(nat_gb=0.048),
    "ca-central-1": Prices(nat_gb=0.05, interface_endpoint_hour=0.011),
    "eu-west-1": Prices(nat_gb=0.048, interface_endpoint_hour=0.011),
    "eu-west-2": Prices(nat_gb=0.05, interface_endpoint_hour=0.011),
    "eu-west-3": Prices(nat_gb=0.05, interface_endpoint_hour=0.011),
    "eu-north-1": Prices(nat_gb=0.046, interface_endpoint_hour=0.0105),
    "eu-central-1": Prices(nat_gb=0.052, interface_endpoint_hour=0.012),
    "ap-northeast-1": Prices(
        nat_gb=0.062, interface_endpoint_hour=0.014, vended_gb=0.38, parquet_gb=0.056, storage_gb=0.025
    ),
    "ap-southeast-1": Prices(nat_gb=0.059, interface_endpoint_hour=0.013, storage_gb=0.025),
    "ap-southeast-2": Prices(nat_gb=0.059, interface_endpoint_hour=0.013, storage_gb=0.025),
    "ap-south-1": Prices(nat_gb=0.056, interface_endpoint_hour=0.013, storage_gb=0.025),
    "sa-east-1": Prices(nat_gb=0.093, interface_endpoint_hour=0.021, storage_gb=0.0405),
}
NAMES = tuple(each.name for each in fields(Prices))


def is_listed(region: str | None) -> bool:
    """Whether the table has this region's own prices."""
    return region in _REGIONS


def prices_of(region: str | None, changed: Mapping[str, float] | None = None) -> Prices:
    """The prices of a region.

    Args:
        region: None where it is not known.
        changed: Prices that the organization pays instead, by their names above.

    """
    return replace(_REGIONS.get(region or "", _DEFAULT), **(changed or {}))
