"""S3: buckets and their policies."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only


def _days(entry: Properties, prefix: str) -> dict[str, Any]:
    return (
        {"Days": entry[f"{prefix}InDays"]} if f"{prefix}InDays" in entry else {"Date": entry[f"{prefix}Date"]}
    )


def _rule(rule: Properties) -> dict[str, Any]:
    """One lifecycle rule; CloudFormation's shape differs from the API's here more than anywhere."""
    handled = {"Id", "Status", "Prefix", "ExpirationInDays", "ExpirationDate", "NoncurrentVersionExpiration"}
    handled |= {"Transitions", "AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker"}
    handled |= {"NoncurrentVersionExpirationInDays"}
    if set(rule) - handled:
        raise Unsupported(f"the lifecycle rule properties {sorted(set(rule) - handled)}")
    api: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        api["ID"] = rule["Id"]
    if "ExpirationInDays" in rule or "ExpirationDate" in rule:
        api["Expiration"] = _days(rule, "Expiration")
    if "ExpiredObjectDeleteMarker" in rule:
        api["Expiration"] = {"ExpiredObjectDeleteMarker": rule["ExpiredObjectDeleteMarker"]}
    if "NoncurrentVersionExpiration" in rule:
        api["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
    if "NoncurrentVersionExpirationInDays" in rule:
        api["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    if "AbortIncompleteMultipartUpload" in rule:
        api["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    if "Transitions" in rule:
        moves = [{**_days(t, "Transition"), "StorageClass": t["StorageClass"]} for t in rule["Transitions"]]
        api["Transitions"] = moves
    return api


def _encryption(value: Properties) -> dict[str, Any]:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _logging(value: Properties) -> dict[str, Any]:
    enabled = {"TargetBucket": value["DestinationBucketName"], "TargetPrefix": value.get("LogFilePrefix", "")}
    return {"BucketLoggingStatus": {"LoggingEnabled": enabled}}


# Property -> the call that puts it, the call that takes it away, and its parameters.
_SETTINGS: dict[str, tuple[str, str | None, Callable[[Any], dict[str, Any]]]] = {
    "PublicAccessBlockConfiguration": (
        "put_public_access_block",
        "delete_public_access_block",
        lambda v: {"PublicAccessBlockConfiguration": v},
    ),
    "VersioningConfiguration": ("put_bucket_versioning", None, lambda v: {"VersioningConfiguration": v}),
    "OwnershipControls": (
        "put_bucket_ownership_controls",
        "delete_bucket_ownership_controls",
        lambda v: {"OwnershipControls": v},
    ),
    "BucketEncryption": ("put_bucket_encryption", "delete_bucket_encryption", _encryption),
    "LifecycleConfiguration": (
        "put_bucket_lifecycle_configuration",
        "delete_bucket_lifecycle",
        lambda v: {"LifecycleConfiguration": {"Rules": [_rule(r) for r in v["Rules"]]}},
    ),
    "LoggingConfiguration": ("put_bucket_logging", None, _logging),
    "Tags": ("put_bucket_tagging", "delete_bucket_tagging", lambda v: {"Tagging": {"TagSet": v}}),
}


class Bucket(Kind):
    """AWS::S3::Bucket; moto's keeps only the encryption. Names are everybody's: taken is taken."""

    type = "AWS::S3::Bucket"
    name_property = "BucketName"

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateBucket, then every setting by its own call."""
        name, s3 = properties["BucketName"], place.client("s3")
        strange = sorted(set(properties) - {*_SETTINGS, "BucketName"})
        if strange:
            raise Unsupported(f"the properties {strange} of {self.type}")
        with suppress(ClientError):  # in us-east-1 creating one's own bucket again succeeds, but not here
            s3.head_bucket(Bucket=name)
            raise ValueError(f"{name} already exists")
        where = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
        try:
            return self.update(place, name, properties, {})
        except Exception:
            s3.delete_bucket(Bucket=name)
            raise

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Put what is new or changed, take away what is gone."""
        s3 = place.client("s3")
        for name, (put, remove, parameters) in _SETTINGS.items():
            if name in properties and properties[name] != before.get(name):
                place.call("s3", put, Bucket=ref, **parameters(properties[name]))
            elif name in before and name not in properties and remove:
                getattr(s3, remove)(Bucket=ref)
        return self.adopt(place, ref)

    def there(self, place: Place, ref: str) -> bool:
        """Whether the bucket exists here."""
        return ref in {each["Name"] for each in place.client("s3").list_buckets()["Buckets"]}

    def adopt(self, place: Place, ref: str) -> Made:
        """The bucket as it is."""
        domains = {
            "DomainName": f"{ref}.s3.amazonaws.com",
            "RegionalDomainName": f"{ref}.s3.{place.region}.amazonaws.com",
        }
        return Made(ref, {"Arn": f"arn:aws:s3:::{ref}", **domains})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the bucket; S3 refuses while it holds objects."""
        place.client("s3").delete_bucket(Bucket=ref)


class BucketPolicy(Kind):
    """AWS::S3::BucketPolicy."""

    type = "AWS::S3::BucketPolicy"

    def create(self, place: Place, properties: Properties) -> Made:
        """Put the policy."""
        values = only(properties, "Bucket")
        place.client("s3").put_bucket_policy(**values, Policy=json.dumps(properties["PolicyDocument"]))
        return Made(properties["Bucket"])

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Take it away."""
        place.client("s3").delete_bucket_policy(Bucket=ref)
