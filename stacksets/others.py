"""Installations of other namespaces beside this one: one that was changed leaves the old one behind."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orgconfig.names import Names
from stacksets.steps import Change

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# As `hub.yaml.j2` begins its description.
_HUB = re.compile(r"The hub of (?P<namespace>[a-z0-9-]+) - ")


def other_namespaces(client: "CloudFormationClient", namespace: str) -> Iterator[str]:
    """The namespaces of other hubs in the hub's account and region."""
    for page in client.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            found = _HUB.match(stack.get("Description", ""))
            if (
                found
                and found["namespace"] != namespace
                and stack["StackName"] == Names(found["namespace"]).hub_stack
            ):
                yield found["namespace"]


def stays(namespace: str) -> Change:
    """What a plan says of one of them."""
    return Change(
        "none",
        f"is here too and stays. Was `namespace` once `{namespace}` in this config? Then `natrec destroy` "
        "with the config as it was removes it, and the new one needs another organization.archive.bucket",
    )
