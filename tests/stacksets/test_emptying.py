"""Buckets are emptied with every version before they are deleted, and what is moved is whole."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from stacksets import emptying

REGION = "eu-west-1"


def _bucket(engine: Engine, account: str, name: str) -> str:
    s3 = engine.client(account, REGION, "s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_a_bucket_goes_with_every_version_and_delete_marker(engine: Engine, account: str) -> None:
    s3, bucket = engine.client(account, REGION, "s3"), _bucket(engine, account, f"a{account}")
    for number in range(1_005):
        s3.put_object(Bucket=bucket, Key=f"k{number % 400}", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="k1")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket=bucket)
    emptying.delete(s3, bucket)
    assert bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}


def test_what_is_moved_is_whole_there_and_gone_here(
    engine: Engine, account: str, fresh_account: Callable[[], str]
) -> None:
    other = fresh_account()
    here, there = engine.client(account, REGION, "s3"), engine.client(other, REGION, "s3")
    source, target = _bucket(engine, account, f"s{account}"), _bucket(engine, other, f"t{other}")
    here.put_object(Bucket=source, Key="recordings/a.json", Body=b"{}", ContentType="application/json")
    assert emptying.move(here, source, there, target, "natrec/reports/") == 1
    moved = there.get_object(Bucket=target, Key="natrec/reports/recordings/a.json")
    assert (moved["Body"].read(), moved["ContentType"]) == (b"{}", "application/json")
    assert here.list_objects_v2(Bucket=source)["KeyCount"] == 0
    assert emptying.move(here, source, there, target, "natrec/reports/") == 0
