"""KMS keys and aliases."""

import json

from botocore.exceptions import ClientError

from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only, tag_map

_DEFAULT_WAIT = 30


class Key(Kind):
    """AWS::KMS::Key."""

    type = "AWS::KMS::Key"

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateKey with its policy, then rotation."""
        values = only(properties, "Description", "KeyUsage", "KeySpec", "MultiRegion", "Origin")
        if "KeyPolicy" in properties:
            values["Policy"] = properties["KeyPolicy"]
        tags = [{"TagKey": key, "TagValue": value} for key, value in tag_map(properties).items()]
        key = place.call("kms", "create_key", **values, Tags=tags)["KeyMetadata"]["KeyId"]
        self._rotation(place, key, properties)
        return self._made(place, key)

    def _made(self, place: Place, key: str) -> Made:
        return Made(key, {"Arn": place.arn("kms", f"key/{key}"), "KeyId": key})

    def there(self, place: Place, ref: str) -> bool:
        """Whether there is such a key, and nobody has scheduled its deletion."""
        try:
            found = place.client("kms").describe_key(KeyId=ref)["KeyMetadata"]
        except ClientError:
            return False
        return bool(found["KeyState"] == "Enabled")

    def adopt(self, place: Place, ref: str) -> Made:
        """The key as it is."""
        return self._made(place, ref)

    def _rotation(self, place: Place, key: str, properties: Properties) -> None:
        kms = place.client("kms")
        if properties.get("EnableKeyRotation"):
            kms.enable_key_rotation(KeyId=key)
        else:
            kms.disable_key_rotation(KeyId=key)

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """Put policy, description and rotation."""
        kms = place.client("kms")
        if "KeyPolicy" in properties:
            kms.put_key_policy(KeyId=ref, PolicyName="default", Policy=json.dumps(properties["KeyPolicy"]))
        kms.update_key_description(KeyId=ref, Description=properties.get("Description", ""))
        self._rotation(place, ref, properties)
        return self._made(place, ref)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """A key is never deleted at once, only scheduled for it."""
        days = properties.get("PendingWindowInDays", _DEFAULT_WAIT)
        place.client("kms").schedule_key_deletion(KeyId=ref, PendingWindowInDays=days)


class Alias(Kind):
    """AWS::KMS::Alias."""

    type = "AWS::KMS::Alias"
    name_property = "AliasName"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the alias."""
        place.call("kms", "create_alias", **properties)
        return Made(properties["AliasName"])

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """Point it at another key."""
        place.call("kms", "update_alias", **properties)
        return Made(ref)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the alias."""
        place.client("kms").delete_alias(AliasName=ref)
