"""What every EC2 Describe call shares: filters with wildcards and tags, and paging."""

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moto.ec2.exceptions import EC2ClientError

Item = dict[str, Any]


def _values(item: Item, name: str, fields: Mapping[str, str]) -> list[str]:
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}
    if name == "tag-key":
        return list(tags)
    if name.startswith("tag:"):
        return [tags[name[4:]]] if name[4:] in tags else []
    if name not in fields:
        raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
    value = item.get(fields[name])
    return [] if value is None else [str(value)]


def filtered(
    items: Iterable[Item], filters: Mapping[str, Sequence[str]], fields: Mapping[str, str]
) -> list[Item]:
    """The items that pass every filter; a filter passes when any of its values matches.

    Args:
        items: Answers in the API's own shape.
        filters: Filter name to accepted values; `*` and `?` are wildcards, case counts
            (EC2 API Reference, page "Using filtering").
        fields: The filters this call knows besides `tag:K` and `tag-key`, each with the item's field.

    Raises:
        EC2ClientError: `InvalidParameterValue` for a filter the call does not know.

    """
    chosen = list(items)
    for name, patterns in filters.items():
        _values({}, name, fields)  # an unknown filter is refused even when there is nothing to filter
        chosen = [
            item
            for item in chosen
            if any(fnmatch.fnmatchcase(v, p) for v in _values(item, name, fields) for p in patterns)
        ]
    return chosen


def paged(items: Sequence[Item], limit: int | None, token: str | None) -> tuple[list[Item], str | None]:
    """One page of the items and the token of the next, if there is one.

    Raises:
        EC2ClientError: The limit is outside 5 to 1000, or the token is not one of ours.

    """
    if limit is not None and not 5 <= limit <= 1000:  # noqa: PLR2004 - EC2 API Reference, DescribeNatGateways
        raise EC2ClientError(
            "InvalidParameterValue", f"Value ( {limit} ) for parameter maxResults is invalid."
        )
    if token is not None and not token.isdecimal():
        raise EC2ClientError("InvalidNextToken", "The token is invalid.")
    first = int(token or 0)
    last = len(items) if limit is None else first + limit
    return list(items[first:last]), str(last) if last < len(items) else None


def tags_asked(specifications: Sequence[Mapping[str, Any]], resource_type: str) -> dict[str, str]:
    """The tags of `TagSpecifications`, which may only be for the resource being created.

    Raises:
        EC2ClientError: `InvalidParameterValue` for tags on another type of resource.

    """
    tags: dict[str, str] = {}
    for specification in specifications:
        if specification.get("ResourceType") != resource_type:
            wrong = specification.get("ResourceType")
            raise EC2ClientError(
                "InvalidParameterValue",
                f"'{wrong}' is not a valid taggable resource type for this operation.",
            )
        tags |= {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", ())}
    return tags


def tags_of(backend: Any, resource_id: str) -> list[dict[str, str]]:
    """A resource's tags as the API lists them."""
    return [{"Key": key, "Value": value} for key, value in dict(backend.tags.get(resource_id, {})).items()]
