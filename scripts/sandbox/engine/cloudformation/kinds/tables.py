"""DynamoDB tables; moto's own type forgets everything beyond keys and indexes."""

from typing import Any

from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only

_CREATE = (
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "BillingMode",
    "ProvisionedThroughput",
    "DeletionProtectionEnabled",
    "TableClass",
    "Tags",
)
_AFTER = (
    "TimeToLiveSpecification",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "StreamSpecification",
)


def _encryption(value: Properties) -> dict[str, Any]:
    kept = only(value, "SSEType", "KMSMasterKeyId")
    return {"SSESpecification": {"Enabled": value["SSEEnabled"], **kept}}


def _stream(value: Properties) -> dict[str, Any]:
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": value["StreamViewType"]}}


class Table(Kind):
    """AWS::DynamoDB::Table."""

    type = "AWS::DynamoDB::Table"
    name_property = "TableName"

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateTable, then what has a call of its own."""
        strange = sorted(set(properties) - {*_CREATE, *_AFTER})
        if strange:
            raise Unsupported(f"the properties {strange} of {self.type}")
        values = only(properties, *_CREATE)
        if "SSESpecification" in properties:
            values |= _encryption(properties["SSESpecification"])
        if "StreamSpecification" in properties:
            values |= _stream(properties["StreamSpecification"])
        place.call("dynamodb", "create_table", **values)
        name = properties["TableName"]
        self._settings(place, name, properties, {})
        return self._made(place, name)

    def _made(self, place: Place, name: str) -> Made:
        table = place.client("dynamodb").describe_table(TableName=name)["Table"]
        stream = {"StreamArn": table["LatestStreamArn"]} if "LatestStreamArn" in table else {}
        return Made(name, {"Arn": table["TableArn"], **stream})

    def there(self, place: Place, ref: str) -> bool:
        """Whether there is such a table."""
        return ref in place.client("dynamodb").list_tables()["TableNames"]

    def adopt(self, place: Place, ref: str) -> Made:
        """The table as it is."""
        return self._made(place, ref)

    def _settings(self, place: Place, name: str, properties: Properties, before: Properties) -> None:
        ttl, recovery = "TimeToLiveSpecification", "PointInTimeRecoverySpecification"
        if properties.get(ttl) != before.get(ttl):
            off = {**before.get(ttl, {}), "Enabled": False}
            value = {ttl: properties.get(ttl, off)}
            place.call("dynamodb", "update_time_to_live", TableName=name, **value)
        if properties.get(recovery) != before.get(recovery):
            value = {recovery: properties.get(recovery, {"PointInTimeRecoveryEnabled": False})}
            place.call("dynamodb", "update_continuous_backups", TableName=name, **value)

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Change what AWS changes in place; indexes one by one."""
        self._settings(place, ref, properties, before)
        values: dict[str, Any] = {}
        for name in ("BillingMode", "ProvisionedThroughput", "DeletionProtectionEnabled", "TableClass"):
            if properties.get(name) != before.get(name):
                values[name] = properties.get(name, False)
        if properties.get("SSESpecification") != before.get("SSESpecification"):
            values |= _encryption(properties.get("SSESpecification", {"SSEEnabled": False}))
        if values:
            place.call("dynamodb", "update_table", TableName=ref, **values)
        self._indexes(place, ref, properties, before)
        return self._made(place, ref)

    def _indexes(self, place: Place, ref: str, properties: Properties, before: Properties) -> None:
        new = {i["IndexName"]: i for i in properties.get("GlobalSecondaryIndexes", [])}
        old = {i["IndexName"]: i for i in before.get("GlobalSecondaryIndexes", [])}
        changes: list[dict[str, Any]] = [
            {"Delete": {"IndexName": name}} for name in old if new.get(name) != old[name]
        ]
        changes += [{"Create": index} for name, index in new.items() if old.get(name) != index]
        for change in changes:
            place.call(
                "dynamodb",
                "update_table",
                TableName=ref,
                AttributeDefinitions=properties["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[change],
            )

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the table; DynamoDB refuses while it is protected."""
        place.client("dynamodb").delete_table(TableName=ref)
