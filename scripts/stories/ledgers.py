"""The hub's books: its table as a whole, and the counters and leases in it while something happens."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from boto3.dynamodb.types import TypeDeserializer

from scripts.stories.places import Document, Organization

_plain = TypeDeserializer().deserialize

# Whose usage, by name, of what.
Counted = tuple[str, str, str]


@dataclass(frozen=True)
class Books:
    """Everything in the table."""

    items: tuple[Document, ...]

    @cached_property
    def recordings(self) -> tuple[Document, ...]:
        """What was admitted."""
        return tuple(each for each in self._history if each["state"] != "refused")

    @cached_property
    def refusals(self) -> Mapping[str, int]:
        """How often onsets were refused, by reason."""
        found = Counter[str]()
        for each in self._history:
            if each["state"] == "refused":
                found[each["reason"]] += int(each["times"])
        return found

    @property
    def _history(self) -> list[Document]:
        return [each for each in self.items if each["sk"] == "RECORDING"]

    @cached_property
    def gateways(self) -> Mapping[str, Document]:
        """What is known of each gateway, by its id."""
        return {each["pk"].split("#")[-1]: each for each in self.items if each["sk"] == "GATEWAY"}

    @cached_property
    def usage(self) -> Mapping[Counted, int]:
        """Every counter that is not zero, all periods added up."""
        found = Counter[Counted]()
        for each in self.items:
            if each["pk"].startswith("USAGE#"):
                _, scope, holder = each["pk"].split("#", 2)
                found[scope, holder, each["sk"].split("#")[0]] += int(each["used"])
        return {counted: used for counted, used in found.items() if used}


def read(organization: Organization) -> Books:
    """The table as it is now."""
    pages = organization.hub("dynamodb").get_paginator("scan").paginate(TableName=organization.names.table)
    items = [
        {name: _plain(value) for name, value in item.items()} for page in pages for item in page["Items"]
    ]
    return Books(tuple(items))


def leased(organization: Organization) -> frozenset[str]:
    """Ids of the gateways that hold a lease now."""
    pages = (
        organization.hub("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=organization.names.table,
            IndexName="open",
            KeyConditionExpression="watched = :open",
            FilterExpression="attribute_exists(recording)",
            ExpressionAttributeValues={":open": {"S": "open"}},
        )
    )
    return frozenset(item["pk"]["S"].split("#")[-1] for page in pages for item in page["Items"])


def used(organization: Organization, counter: str) -> int:
    """One of the organization's own counters, such as `active#now`."""
    key = {"pk": {"S": "USAGE#organization#organization"}, "sk": {"S": counter}}
    item = organization.hub("dynamodb").get_item(
        TableName=organization.names.table, Key=key, ConsistentRead=True
    )
    return int(item.get("Item", {}).get("used", {}).get("N", 0))
