"""The archive's key: log delivery must be let to encrypt; where it is not, records are lost in silence.

Source: VPC User Guide, "Publish flow logs to Amazon S3" (the key's policy; a key must be given by its ARN,
and under the key that AWS manages a bucket is undeliverable).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.models import OrgConfig
from stacksets.contexts import ARCHIVE_READER
from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.doctor.principals import DELIVERY, archive_reader, delivery_keys
from stacksets.inspection.asking import code_of
from stacksets.inspection.installation import Installation
from stacksets.inspection.statements import Asked, Outcome, decide, statements_of

_RESTORE = "Put the bucket's encryption back as `natrec render` shows it in archive.yaml."
_KEY_PASTE = "Add these statements to the key's policy; they take nothing from anybody else."


@dataclass(frozen=True)
class KeySeen:
    """The bucket's encryption and its key as they were read.

    Attributes:
        bucket: The bucket's name.
        wanted: The config's: `managed`, `none` or a key's ARN.
        algorithm: As S3 has it; None where there is no bucket.
        key: What the bucket names as its key; None where it names none.
        state: As KMS has it; None where the key does not exist or the bucket names none.
        encrypts: What its policy says to log delivery.
        decrypts: What it says to the hub's reports.
        statement: What the template gives its policy.

    """

    bucket: str
    wanted: str
    algorithm: str | None
    key: str | None = None
    state: str | None = None
    encrypts: Outcome = "unmentioned"
    decrypts: Outcome = "unmentioned"
    statement: Mapping[str, Any] | None = None


def read_key(installation: Installation, place: Place) -> KeySeen:
    """The bucket's encryption, and its key's policy, asked as log delivery and as the hub."""
    archive = installation.config.organization.archive
    client = installation.client(place, "s3")
    try:
        found = client.get_bucket_encryption(Bucket=archive.bucket)["ServerSideEncryptionConfiguration"]
        rule = found["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    except ClientError as problem:
        if code_of(problem) == "NoSuchBucket":
            return KeySeen(archive.bucket, archive.kms, None)
        if code_of(problem) != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        rule = {"SSEAlgorithm": "AES256"}
    key = rule.get("KMSMasterKeyID")
    if rule["SSEAlgorithm"] == "AES256" or not key:
        return KeySeen(archive.bucket, archive.kms, rule["SSEAlgorithm"], key)
    owner = Place(key.split(":")[4], key.split(":")[3]) if key.startswith("arn:") else place
    kms = installation.client(owner, "kms")
    statement = key_policy(installation)
    try:
        state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    except kms.exceptions.NotFoundException:
        return KeySeen(archive.bucket, archive.kms, rule["SSEAlgorithm"], key, statement=statement)
    statements = statements_of(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    role, reader = archive_reader(installation)

    def says(principal: str, action: str, keys: Mapping[str, str | None]) -> Outcome:
        suffix = ".cn" if installation.partition == "aws-cn" else ""
        via = {"kms:ViaService": f"s3.{owner.region}.amazonaws.com{suffix}"}
        return decide(statements, Asked(principal, action, key, {**keys, **via})).outcome

    return KeySeen(
        archive.bucket,
        archive.kms,
        rule["SSEAlgorithm"],
        key,
        state,
        says(DELIVERY, "kms:GenerateDataKey", delivery_keys(installation)),
        says(role, "kms:Decrypt", reader),
        statement,
    )


def key_policy(installation: Installation) -> Mapping[str, Any]:
    """What the key's policy must say where this is installed."""
    return advised_key_policy(installation.config, installation.partition)


def advised_key_policy(config: OrgConfig, partition: str) -> Mapping[str, Any]:
    """What the policy of a key of one's own must say: natrec's own statements."""
    organization = {"StringEquals": {"aws:SourceOrgID": config.organization.id}}
    hub, names = config.organization.hub.account, config.names
    role = names.role_arn(partition, hub, names.hub_role(ARCHIVE_READER))
    root = f"arn:{partition}:iam::{hub}:root"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "LogDeliveryOfThisOrganization",
                "Effect": "Allow",
                "Principal": {"Service": DELIVERY},
                "Action": [
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:DescribeKey",
                ],
                "Resource": "*",
                "Condition": organization,
            },
            {
                "Sid": "ReportsOfTheHub",
                "Effect": "Allow",
                "Principal": {"AWS": root},
                "Action": ["kms:Decrypt", "kms:DescribeKey"],
                "Resource": "*",
                "Condition": {"ArnEquals": {"aws:PrincipalArn": role}},
            },
        ],
    }


def judge_key(seen: KeySeen) -> Verdict:
    """A key that does not let log delivery encrypt is found by no creation: records are lost in silence."""
    if seen.algorithm is None:
        return ill(f"there is no bucket {seen.bucket}", "`natrec apply` makes it.")
    if seen.algorithm == "AES256" and seen.wanted == "none":
        return well("S3's own encryption, as the config says")
    if named := _badly_named(seen):
        return ill(named, _RESTORE)
    if seen.state != "Enabled":
        return ill(
            f"the key {seen.key} is {seen.state}: no record can be written or read",
            "Enable it (aws kms enable-key), or cancel its deletion first (aws kms cancel-key-deletion).",
        )
    for outcome, who in ((seen.encrypts, "log delivery of this organization"), (seen.decrypts, "the hub")):
        if outcome != "allowed":
            how = "may perhaps not" if outcome == "unclear" else "may not"
            return ill(f"{who} {how} use the key {seen.key}", _KEY_PASTE, seen.statement)
    return well("the key is enabled, log delivery may encrypt, the hub may decrypt")


def _badly_named(seen: KeySeen) -> str:
    """What is wrong with how the bucket names its key; empty where nothing is."""
    if seen.algorithm == "AES256":
        return f"bucket {seen.bucket} has no key of its own, and the config wants one"
    if not seen.key:
        return f"bucket {seen.bucket} is under the key that AWS manages: nothing can be delivered to it"
    if not seen.key.startswith("arn:"):
        return f"bucket {seen.bucket} names its key by its id {seen.key}; log delivery needs the whole ARN"
    if seen.state is None:
        return f"the key {seen.key} of bucket {seen.bucket} does not exist"
    return ""


CHECKS = (Check("archive key", "archive", read_key, judge_key),)
