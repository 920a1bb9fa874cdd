"""What an earlier installation has left: the table is taken over with its key, and no other key is."""

from collections.abc import Callable
from typing import Any

import pytest

from orgconfig.models import OrgConfig
from scripts.checks.variants import example, variants
from scripts.sandbox.engine.core import Engine
from stacksets.kept import Remains
from stacksets.taking_over import Kept

OURS, ANOTHERS = "History, notices, reports and logs of natrec", "The payroll"


class Left:
    """The hub's account after an installation is gone, and what is found there."""

    def __init__(self, engine: Engine, account: str, config: OrgConfig) -> None:
        hub = config.organization.hub.model_copy(update={"account": account})
        organization = config.organization.model_copy(update={"hub": hub})
        self.config = config.model_copy(update={"organization": organization})
        self.engine, self.account, self.region = engine, account, hub.region

    def client(self, service: str) -> Any:  # noqa: ANN401 - of any service
        return self.engine.client(self.account, self.region, service)

    def key(self, description: str = OURS) -> str:
        found: str = self.client("kms").create_key(Description=description)["KeyMetadata"]["Arn"]
        return found

    def table(self, **encryption: object) -> None:
        self.client("dynamodb").create_table(
            TableName=self.config.names.table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            **({"SSESpecification": {"Enabled": True, **encryption}} if encryption else {}),
        )

    def reports(self, key: str) -> None:
        name, s3 = self.config.names.reports_bucket(self.account, self.region), self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": self.region})
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rules)

    def found(self) -> dict[str, Kept]:
        remains = Remains(self.config, self.engine.client)
        return {each.logical_id: each for each in remains.of_hub()}


@pytest.fixture
def left(engine: Engine, fresh_account: Callable[[], str]) -> Left:
    return Left(engine, fresh_account(), example())


def test_a_table_is_taken_over_with_the_key_that_it_is_under(left: Left) -> None:
    key = left.key()
    left.table(SSEType="KMS", KMSMasterKeyId=key)
    found = left.found()
    assert found["HubKey"].identifier == {"KeyId": key.rpartition("/")[2]}
    spec = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    assert found["Table"].actual["SSESpecification"] == spec


def test_a_table_under_a_key_of_aws_is_taken_over_as_it_is(left: Left) -> None:
    left.table(SSEType="KMS")
    found = left.found()
    assert set(found) == {"Table"}
    assert found["Table"].actual["SSESpecification"] == {"SSEEnabled": True}


def test_a_key_that_is_somebody_elses_is_not_taken_over(left: Left) -> None:
    left.table(SSEType="KMS", KMSMasterKeyId=left.key(ANOTHERS))
    assert set(left.found()) == {"Table"}


def test_a_key_that_is_to_be_deleted_is_not_taken_over(left: Left) -> None:
    key = left.key()
    left.table(SSEType="KMS", KMSMasterKeyId=key)
    left.client("kms").schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)
    assert set(left.found()) == {"Table"}


def test_of_two_keys_the_tables_is_taken_over(left: Left) -> None:
    key = left.key()
    left.table(SSEType="KMS", KMSMasterKeyId=key)
    left.reports(left.key())
    assert left.found()["HubKey"].identifier == {"KeyId": key.rpartition("/")[2]}


def test_without_a_table_the_key_of_the_reports_is_taken_over(left: Left) -> None:
    key = left.key()
    left.reports(key)
    found = left.found()
    assert set(found) == {"ReportsBucket", "HubKey"}
    assert found["HubKey"].identifier == {"KeyId": key.rpartition("/")[2]}


def test_where_the_config_wants_no_key_none_is_taken_over(
    engine: Engine, fresh_account: Callable[[], str]
) -> None:
    keyless = next(each for each in variants().values() if each.organization.archive.kms == "none")
    left = Left(engine, fresh_account(), keyless)
    left.table(SSEType="KMS", KMSMasterKeyId=left.key())
    assert set(left.found()) == {"Table"}
