"""Where things are in an organization: the region of Organizations itself, and the accounts below OUs."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader
from botocore.regions import EndpointResolver

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient


@cache
def home_region(region: str) -> str:
    """The region where Organizations lives, and tells its events, in the partition of a region.

    The SDK knows it: Organizations has one endpoint per partition, and signs for that endpoint's region.

    """
    resolver: Any = EndpointResolver(Loader().load_data("endpoints"))
    partition = resolver.get_partition_for_region(region)
    endpoint = resolver.construct_endpoint("organizations", region, partition_name=partition)
    return str(endpoint["credentialScope"]["region"])


def accounts_below(client: "OrganizationsClient", parents: Iterable[str]) -> set[str]:
    """Every account below these roots and OUs at any depth; closed ones have no part in it."""
    accounts: set[str] = set()
    waiting, seen = list(parents), set[str]()
    while waiting:
        parent = waiting.pop()
        if parent in seen:
            continue
        seen.add(parent)
        for page in client.get_paginator("list_accounts_for_parent").paginate(ParentId=parent):
            accounts |= {account["Id"] for account in page["Accounts"] if account["Status"] == "ACTIVE"}
        units = client.get_paginator("list_organizational_units_for_parent")
        for found in units.paginate(ParentId=parent):
            waiting += [unit["Id"] for unit in found["OrganizationalUnits"]]
    return accounts
