"""Whether the log delivery service may write where a flow log wants it.

Source: Amazon VPC User Guide, page "Publish flow logs to Amazon S3" (bucket and key policies): where the
caller owns the bucket, AWS adds what is missing to its policy; any other bucket's must allow the delivery.
"""

import json
from typing import Any

from moto.organizations.models import organizations_backends
from moto.s3.models import s3_backends

from scripts.sandbox.engine import keys
from scripts.sandbox.engine.policies import Request, allows

SERVICE = "delivery.logs.amazonaws.com"


def organization_of(account: str) -> str | None:
    """The id of the organization an account belongs to, if it does."""
    owner, partition = organizations_backends.master_accounts.get(account, (account, "aws"))
    organization = organizations_backends[owner][partition].org
    return organization.id if organization else None


def find_bucket(name: str) -> Any | None:
    """The bucket of that name, whichever account owns it."""
    for partitions in list(s3_backends.values()):
        for backend in list(partitions.values()):
            if name in backend.buckets:
                return backend.buckets[name]
    return None


def delivery_context(account: str, region: str) -> dict[str, str]:
    """The condition keys the delivery service brings for an account's flow logs."""
    context = {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:aws:logs:{region}:{account}:*",
        "aws:SecureTransport": "true",
        "s3:x-amz-acl": "bucket-owner-full-control",
    }
    if organization := organization_of(account):
        context["aws:SourceOrgID"] = organization
    return context


def may_write(bucket: Any, key: str, account: str, region: str) -> bool:
    """Whether the bucket's policy lets the delivery service put that object for that account."""
    return _lets_write(_policy_of(bucket), bucket, key, (account, region))


def _policy_of(bucket: Any) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads(bucket.policy) if bucket.policy else {"Version": "2012-10-17"}
    return policy


def _lets_write(policy: dict[str, Any], bucket: Any, key: str, place: tuple[str, str]) -> bool:
    arn = f"arn:aws:s3:::{bucket.name}/{key}"
    return allows(policy, Request(SERVICE, "s3:PutObject", arn, delivery_context(*place)))


def admit(bucket: Any, key: str, account: str, region: str) -> bool:
    """Complete the policy of the account's own bucket, as AWS does unasked; a Deny in it still holds.

    Args:
        bucket: A bucket of the account.
        key: What the delivery service wants to put, `.../AWSLogs/...`.
        account: Whose flow logs, and whose bucket.
        region: Where they are.

    """
    prefix, policy = key.partition("AWSLogs/")[0], _policy_of(bucket)
    arn, source = f"arn:aws:s3:::{bucket.name}", {"aws:SourceAccount": account}
    logs = {"aws:SourceArn": f"arn:aws:logs:{region}:{account}:*"}
    write = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "s3:PutObject",
        "Resource": f"{arn}/{prefix}AWSLogs/*",
        "Condition": {
            "StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": logs,
        },
    }
    look = {
        "Sid": "AWSLogDeliveryAclCheck",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
        "Resource": arn,
        "Condition": {"StringEquals": source, "ArnLike": logs},
    }
    standing = policy.get("Statement", [])
    listed = standing if isinstance(standing, list) else [standing]
    completed = {**policy, "Statement": [*listed, write, look]}
    if not _lets_write(completed, bucket, key, (account, region)):
        return False
    bucket.policy = json.dumps(completed).encode()
    return True


def may_encrypt(bucket: Any, account: str, region: str) -> bool:
    """Whether the policy of the bucket's own key, if it has one, lets the delivery service use it."""
    rule = ((bucket.encryption or {}).get("Rule") or {}).get("ApplyServerSideEncryptionByDefault") or {}
    key_id = rule.get("KMSMasterKeyID")
    if rule.get("SSEAlgorithm") != "aws:kms" or not key_id:
        return True
    arn = f"arn:aws:kms:{bucket.region_name}:{bucket.account_id}:key/{key_id.rpartition('/')[2]}"
    return keys.lets(arn, SERVICE, "kms:GenerateDataKey", delivery_context(account, region))
