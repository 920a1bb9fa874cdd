import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.networks import REGION

DENY: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


@pytest.fixture
def bucket(engine: Engine, account: str) -> str:
    name = f"guarded-{account}"
    s3 = engine.client(account, REGION, "s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    return name


def test_a_bucket_for_tls_only_can_be_read_and_written(engine: Engine, account: str, bucket: str) -> None:
    s3 = engine.client(account, REGION, "s3")
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": [{**DENY, "Condition": condition}]}))
    s3.put_object(Bucket=bucket, Key="b", Body=b"2")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"


def test_a_deny_that_holds_still_refuses(engine: Engine, account: str, bucket: str) -> None:
    s3 = engine.client(account, REGION, "s3")
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": [DENY]}))
    with pytest.raises(ClientError, match="Forbidden"):
        s3.get_object(Bucket=bucket, Key="a")
