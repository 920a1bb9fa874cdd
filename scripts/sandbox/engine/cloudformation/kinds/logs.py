"""CloudWatch Logs groups."""

from scripts.sandbox.engine import log_groups
from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, tag_map


class LogGroup(Kind):
    """AWS::Logs::LogGroup."""

    type = "AWS::Logs::LogGroup"
    name_property = "LogGroupName"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the group, then its retention."""
        strange = set(properties) - {"LogGroupName", "RetentionInDays", "KmsKeyId", "Tags", "LogGroupClass"}
        strange -= {"DeletionProtectionEnabled"}
        if strange:
            raise Unsupported(f"the properties {sorted(strange)} of {self.type}")
        name, key = properties["LogGroupName"], properties.get("KmsKeyId")
        log_groups.check(place.account, place.region, name, key)
        values = {"LogGroupName": name, "Tags": tag_map(properties)} | ({"KmsKeyId": key} if key else {})
        place.call("logs", "create_log_group", **values)
        return self.update(place, name, properties, {"KmsKeyId": key})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Retention and key change here."""
        logs, days = place.client("logs"), properties.get("RetentionInDays")
        if properties.get("KmsKeyId") != before.get("KmsKeyId"):
            log_groups.encrypt(place.account, place.region, ref, properties.get("KmsKeyId"))
        if days is not None:
            logs.put_retention_policy(logGroupName=ref, retentionInDays=days)
        elif "RetentionInDays" in before:
            logs.delete_retention_policy(logGroupName=ref)
        return Made(ref, {"Arn": place.arn("logs", f"log-group:{ref}:*")})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the group with its events."""
        place.client("logs").delete_log_group(logGroupName=ref)
