"""Where things are in an organization: the region of Organizations itself, and the accounts below OUs."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from orgconfig.members import Members

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

_AT_ONCE = 8  # OUs looked into at a time; Organizations throttles


@cache
def home_region(region: str) -> str:
    """The region where Organizations lives, and tells its events, in the partition of a region.

    The SDK knows it: Organizations has one endpoint per partition, and signs for that endpoint's region.

    """
    resolver: Any = EndpointResolver(Loader().load_data("endpoints"))
    partition = resolver.get_partition_for_region(region)
    endpoint = resolver.construct_endpoint("organizations", region, partition_name=partition)
    return str(endpoint["credentialScope"]["region"])


@cache
def unnamed_region(region: str) -> bool:
    """Whether a bucket is made in a region by naming none (S3 API reference, CreateBucket).

    That is the region of S3's own global endpoint, which one partition has.

    """
    resolver: Any = EndpointResolver(Loader().load_data("endpoints"))
    partition = resolver.get_partition_for_region(region)
    endpoint = resolver.construct_endpoint("s3", f"{partition}-global", partition_name=partition)
    return bool(endpoint) and bool(endpoint.get("credentialScope", {}).get("region") == region)


def accounts_below(client: "OrganizationsClient", parents: Iterable[str]) -> set[str]:
    """Every account below these roots and OUs at any depth; closed ones have no part in it."""
    found = _tree(client, list(parents))
    return set(found.accounts) - found.suspended


def organization_members(client: "OrganizationsClient") -> Members:
    """The whole organization: its OUs, its accounts, and which of them are not active.

    Two calls for each OU, several OUs at a time; names are not kept.
    """
    pages = client.get_paginator("list_roots").paginate()
    return _tree(client, [root["Id"] for page in pages for root in page["Roots"]])


def _tree(client: "OrganizationsClient", tops: list[str]) -> Members:
    ous: dict[str, str | None] = dict.fromkeys(tops)
    accounts: dict[str, str] = {}
    suspended: set[str] = set()
    level = list(ous)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while level:
            below = list(pool.map(lambda parent: _children(client, parent), level))
            children: list[str] = []
            for parent, (found, units) in zip(level, below, strict=True):
                accounts |= dict.fromkeys(found, parent)
                suspended |= {account for account, state in found.items() if state != "ACTIVE"}
                children += [unit for unit in units if unit not in ous]
                ous |= {unit: parent for unit in units if ous.get(unit) is None}
            level = children
    return Members(ous, accounts, frozenset(suspended))


def _children(client: "OrganizationsClient", parent: str) -> tuple[dict[str, str], list[str]]:
    """The accounts of one OU with their states, and the OUs in it."""
    # Organizations API reference, "Account": `State` takes the place of `Status`.
    accounts = {
        account["Id"]: str(account.get("State") or account["Status"])
        for page in client.get_paginator("list_accounts_for_parent").paginate(ParentId=parent)
        for account in page["Accounts"]
    }
    units = client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent)
    return accounts, [unit["Id"] for page in units for unit in page["OrganizationalUnits"]]
