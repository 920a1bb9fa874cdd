"""Installations of other namespaces beside this one: one that was renamed leaves the old one behind."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from orgconfig.names import Names
from stacksets.administration import Administrator
from stacksets.places import home_region
from stacksets.steps import Clients

# As `hub.yaml.j2` and `management.yaml.j2` begin their descriptions.
_HUB = re.compile(r"The hub of (?P<namespace>[a-z0-9-]+) - ")
_MANAGEMENT = re.compile(r"What (?P<namespace>[a-z0-9-]+) needs in the management account - ")


class BesideError(NatrecError):
    """Another installation is there, and nobody said that both shall stand."""


@dataclass(frozen=True)
class Other:
    """Another installation.

    Attributes:
        namespace: Its namespace.
        where: Its hub, for people.
        bucket: The bucket of its archive, where it is known.

    """

    namespace: str
    where: str
    bucket: str = ""


def others(config: OrgConfig, clients: Clients, administrator: Administrator) -> Iterator[Other]:
    """Those with a hub in this hub's account and region, and all of the organization, as far as they tell."""
    hub, found = config.organization.hub, set[str]()
    for namespace, values in _stacks(clients(hub.account, hub.region, "cloudformation"), _HUB):
        if Names(namespace).hub_stack == values["StackName"] and namespace != config.namespace:
            found.add(namespace)
            yield Other(namespace, f"{hub.account} {hub.region}", values.get("ArchiveBucket", ""))
    if not administrator.manages:
        return
    home = clients(administrator.account, home_region(hub.region), "cloudformation")
    for namespace, values in _stacks(home, _MANAGEMENT):
        ours = namespace in {config.namespace, *found}
        if not ours and Names(namespace).management_stack == values["StackName"]:
            yield Other(namespace, f"{values.get('HubAccount')} {values.get('HubRegion')}")


def check(config: OrgConfig, found: Collection[Other], beside: Collection[str], file: str) -> None:
    """Refuse to deploy a second installation that may be the first one, renamed.

    Args:
        config: The organization's config.
        found: What others there are.
        beside: Namespaces of which somebody said that both shall stand.
        file: The config's file, for the commands that are told.

    Raises:
        BesideError: Of one of them nobody has said so.

    """
    for other in sorted(found, key=lambda each: each.namespace):
        if other.namespace in beside:
            continue
        raise BesideError(
            f"natrec is deployed under the namespace `{other.namespace}`, with its hub in {other.where}, and "
            f"not under `{config.namespace}`",
            f"organization {config.organization.id}",
            _way(other, config, file),
        )


def _way(other: Other, config: OrgConfig, file: str) -> str:
    same = other.bucket == config.organization.archive.bucket
    bucket = (
        ".\nThe archive stays with it, so give organization.archive.bucket another name here" if same else ""
    )
    return (
        "Was it renamed? The namespace is in every name, so nothing would follow, and both would record.\n"
        f"Nothing was changed. Remove the old one first{bucket}:\n"
        f"  cp {file} before.yaml    # and say in it, as it is deployed:\n"
        f"    namespace: {other.namespace}\n"
        f"  natrec destroy -c before.yaml\n  natrec apply -c {file}\n"
        f"Shall both stand? Say `--beside {other.namespace}`."
    )


def _stacks(client: Any, description: re.Pattern[str]) -> Iterator[tuple[str, Mapping[str, str]]]:  # noqa: ANN401
    """Namespace, and name and parameters, of each stack whose description is one of ours."""
    for page in client.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            if found := description.match(stack.get("Description", "")):
                given = {
                    each["ParameterKey"]: each.get("ParameterValue", "")
                    for each in stack.get("Parameters", ())
                }
                yield found["namespace"], {**given, "StackName": stack["StackName"]}
