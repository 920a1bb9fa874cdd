"""What a permissions boundary must allow, in the members' accounts and in the hub's."""

import json
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from orgconfig.models import OrgConfig
from stacksets.inspection.conditions import listed
from stacksets.inspection.rendered import Rendered
from stacksets.inspection.targets import Place
from stacksets.rendering import render_hub, render_spoke

VERSION = "2012-10-17"
# The roles of a spoke, as the spoke's template names them.
SPOKE_ROLES = ("WorkerRole", "ForwarderRole", "FailsafeRole")


def boundary(template: str, partition: str) -> dict[str, Any]:
    """What a permissions boundary must allow beside what it does: the statements of the spoke's roles."""
    desired = Rendered(template, Place("*", "*"), partition)
    found: list[Mapping[str, Any]] = []
    for role in SPOKE_ROLES:
        for policy in desired.properties(role)["Policies"]:
            found += [each for each in policy["PolicyDocument"]["Statement"] if each not in found]
    return {"Version": VERSION, "Statement": [_anywhere(each) for each in found]}


def hub_boundary(config: OrgConfig, partition: str) -> dict[str, Any]:
    """What a boundary must allow in the hub's account, which may be a target too, for the hub's own roles.

    Short enough for a managed policy: statements that differ in actions or resources only are one, and of
    several resources their common beginning stands for all. The roles' own policies keep each to its own.
    """
    desired = Rendered(render_hub(config), Place("*", config.organization.hub.region), partition)
    said: list[Mapping[str, Any]] = [
        each
        for role in desired.of_type("AWS::IAM::Role")
        for policy in role["Policies"]
        for each in policy["PolicyDocument"]["Statement"]
    ]
    said += boundary(render_spoke(config), partition)["Statement"]
    fewer = _together(_needed(_together(said, "Action")), "Resource")
    return {"Version": VERSION, "Statement": list(map(_shortened, fewer))}


def _together(statements: Sequence[Mapping[str, Any]], part: str) -> list[dict[str, Any]]:
    """Those that differ in one part only as one, with the parts of all."""
    found: dict[str, dict[str, Any]] = {}
    for statement in statements:
        kept = {key: each for key, each in statement.items() if key != "Sid"}
        rest = {key: _sorted(each) for key, each in kept.items() if key != part}
        same = found.setdefault(json.dumps(rest, sort_keys=True), {**rest, part: []})
        same[part] = sorted({*same[part], *listed(kept[part])})
    return list(found.values())


def _needed(statements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those that another allows without their condition."""
    free = [each for each in statements if "Condition" not in each]
    return [
        each
        for each in statements
        if "Condition" not in each
        or not any(
            each["Resource"] == other["Resource"] and set(each["Action"]) <= set(other["Action"])
            for other in free
        )
    ]


def _sorted(value: Any) -> Any:  # noqa: ANN401 - an element of a policy
    return sorted(listed(value)) if isinstance(value, str | list) else value


def _shortened(statement: Mapping[str, Any]) -> dict[str, Any]:
    resources: list[str] = statement["Resource"]
    condition = {key: each for key, each in statement.items() if key == "Condition"}
    on = resources[0] if len(resources) == 1 else f"{_beginning(resources)}*"
    return {"Effect": "Allow", "Action": _one_or_more(statement["Action"]), "Resource": on, **condition}


def _beginning(texts: Sequence[str]) -> str:
    """What all of them begin with."""
    both = zip(min(texts), max(texts), strict=False)
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _one_or_more(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _anywhere(statement: Mapping[str, Any]) -> dict[str, Any]:
    """In any region: the roles' own policies keep each to its own."""
    equals = dict(statement.get("Condition", {}).get("StringEquals", {}))
    equals.pop("aws:RequestedRegion", None)
    rest = {key: each for key, each in statement.get("Condition", {}).items() if key != "StringEquals"}
    condition = {**rest, **({"StringEquals": equals} if equals else {})}
    return {
        **{key: each for key, each in statement.items() if key not in ("Sid", "Condition")},
        **({"Condition": condition} if condition else {}),
    }
