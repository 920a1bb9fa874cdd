"""Regions by their names: which there are, and in which partition, as the SDK knows them."""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader

from orgconfig.origin import Path

_GLOBAL = "-global"  # a pseudo region of services without regions, as in `aws-global`
_NEAR = 3
_HUB: Path = ("organization", "hub", "region")
_TARGETS: Path = ("targets", "regions")


@cache
def partitions() -> Mapping[str, str]:
    """The partition of every region that the SDK knows."""
    found: Any = Loader().load_data("partitions")
    return {
        region: partition["id"]
        for partition in found["partitions"]
        for region in partition["regions"]
        if not region.endswith(_GLOBAL)
    }


def strange_regions(document: object) -> Iterator[tuple[Path, str]]:
    """Regions of a config that are none, or that its hub cannot reach, and what is wrong with each.

    IAM User Guide, "Amazon Resource Names": accounts, roles and organizations end where their partition does.

    Args:
        document: The config as it was written, whatever else is wrong with it.

    """
    hub = _at(document, _HUB)
    home = partitions().get(hub) if isinstance(hub, str) else None
    targets = _at(document, _TARGETS)
    named = [(_HUB, hub)]
    named += [((*_TARGETS, at), each) for at, each in enumerate(targets if isinstance(targets, list) else ())]
    for path, region in named:
        if not isinstance(region, str):
            continue
        partition = partitions().get(region)
        if partition is None:
            yield path, _none(region, home)
        elif home and partition != home:
            told = f"{region} is in the partition {partition}, and the hub's region {hub} in {home}"
            yield path, f"{told}: an organization is in one"


def _none(region: str, partition: str | None) -> str:
    """That there is no such region, with those it may have meant."""
    names = [name for name, owner in partitions().items() if partition in (None, owner)]
    near = difflib.get_close_matches(region, names, _NEAR)
    advice = f"did you mean {' or '.join(f'`{each}`' for each in near)}? " if near else ""
    return f"there is no region `{region}` that the SDK knows; {advice}One that is newer needs a newer boto3"


def _at(value: Any, path: Path) -> object:  # noqa: ANN401
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    found: object = value
    return found
