"""Which zips go from the bucket, and which never do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stacksets.artifacts import KEPT, Artifacts
from stacksets.bundling import Bundle

NEWEST = Bundle(Path("new.zip"), "new")
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


class Bucket:
    """S3 with one bucket: each key an hour newer than the one before."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)

    def head_bucket(self, **_: str) -> None:
        """It is there."""

    def get_paginator(self, _: str) -> "Bucket":
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        listed = [
            {"Key": key, "LastModified": BEGAN + timedelta(hours=at)} for at, key in enumerate(self.keys)
        ]
        yield {"Contents": listed[:2]}
        yield {"Contents": listed[2:]} if listed[2:] else {}

    def delete_object(self, *, Key: str, **_: str) -> None:  # noqa: N803 - boto3's
        self.keys.remove(Key)


def artifacts(bucket: Bucket) -> Artifacts:
    client: Any = bucket
    return Artifacts(client, "natrec-artifacts", "eu-west-1")


def hub(status: str, key: str) -> dict[str, Any]:
    return {
        "StackStatus": status,
        "Parameters": [{"ParameterKey": "ArtifactKey", "ParameterValue": key}],
    }


def test_all_but_the_newest_few_zips_go_once_the_hub_has_the_newest() -> None:
    bucket = Bucket("1.zip", "2.zip", "natrec-hub.yaml", "3.zip", "4.zip", "5.zip", NEWEST.key)
    artifacts(bucket).prune(NEWEST, hub("UPDATE_COMPLETE", NEWEST.key))
    assert bucket.keys == ["natrec-hub.yaml", "3.zip", "4.zip", "5.zip", NEWEST.key]
    assert sum(key.endswith(".zip") for key in bucket.keys) == KEPT


def test_what_is_foretold_before_the_newest_lies_there_is_what_goes_afterwards() -> None:
    before = artifacts(Bucket("1.zip", "2.zip", "3.zip", "4.zip")).superseded(NEWEST)
    after = artifacts(Bucket("1.zip", "2.zip", "3.zip", "4.zip", NEWEST.key)).superseded(NEWEST)
    assert before == after == ("1.zip",)


def test_one_that_lies_there_for_long_is_the_newest_when_somebody_goes_back_to_it() -> None:
    found = artifacts(Bucket(NEWEST.key, "2.zip", "3.zip", "4.zip", "5.zip")).superseded(NEWEST)
    assert found == ("2.zip",)


def test_the_zip_that_the_stack_names_never_goes() -> None:
    bucket = Bucket("deployed.zip", "2.zip", "3.zip", "4.zip", "5.zip", NEWEST.key)
    artifacts(bucket).prune(NEWEST, hub("UPDATE_ROLLBACK_COMPLETE", "deployed.zip"))
    assert bucket.keys == ["deployed.zip", "3.zip", "4.zip", "5.zip", NEWEST.key]


@pytest.mark.parametrize(
    "status",
    [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_FAILED",
        "UPDATE_FAILED",
    ],
)
def test_nothing_goes_as_long_as_the_stack_may_be_rolled_back(status: str) -> None:
    keys = [f"{number}.zip" for number in range(9)]
    bucket = Bucket(*keys)
    artifacts(bucket).prune(NEWEST, hub(status, "8.zip"))
    assert bucket.keys == keys


def test_nothing_goes_where_there_is_no_hub() -> None:
    bucket = Bucket(*[f"{number}.zip" for number in range(9)])
    artifacts(bucket).prune(NEWEST, None)
    assert len(bucket.keys) == 9
