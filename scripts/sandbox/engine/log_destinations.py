"""Whether the log delivery service may write where a flow log wants it.

Source: Amazon VPC User Guide, page "Publish flow logs to Amazon S3" (bucket and key policies). AWS writes the
bucket policy itself where the caller owns the bucket and may; here that is never done, so the policy that
stands must allow the delivery.
"""

import json
from typing import Any

from moto.kms.models import kms_backends
from moto.organizations.models import organizations_backends
from moto.s3.models import s3_backends

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
    policy = json.loads(bucket.policy) if bucket.policy else None
    context = delivery_context(account, region)
    return allows(policy, Request(SERVICE, "s3:PutObject", f"arn:aws:s3:::{bucket.name}/{key}", context))


def may_encrypt(bucket: Any, account: str, region: str) -> bool:
    """Whether the policy of the bucket's own key, if it has one, lets the delivery service use it."""
    rule = ((bucket.encryption or {}).get("Rule") or {}).get("ApplyServerSideEncryptionByDefault") or {}
    key_id = rule.get("KMSMasterKeyID")
    if rule.get("SSEAlgorithm") != "aws:kms" or not key_id:
        return True
    owner = kms_backends[bucket.account_id][bucket.region_name]
    key = owner.keys.get(key_id.rpartition("/")[2])
    if key is None:
        return False
    context = delivery_context(account, region)
    request = Request(SERVICE, "kms:GenerateDataKey", key.arn, context)
    return allows(json.loads(key.policy), request)
