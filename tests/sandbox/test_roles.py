import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine

REGION = "eu-west-1"


class Door:
    """A role of one account, and callers from others."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.engine, self.account = engine, account
        self.arn = f"arn:aws:iam::{account}:role/path/worker"

    def trust(self, principal: object, **condition: object) -> None:
        statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        if condition:
            statement["Condition"] = condition
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam = self.engine.client(self.account, REGION, "iam")
        iam.create_role(RoleName="worker", Path="/path/", AssumeRolePolicyDocument=trust)

    def open(self, caller: str, **given: str) -> str:
        """Who the caller is, once it has assumed the role."""
        sts = self.engine.client(caller.split(":")[4], REGION, "sts", caller)
        found = sts.assume_role(RoleArn=self.arn, RoleSessionName="test", **given)["Credentials"]
        session = boto3.session.Session(
            found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], REGION
        )
        answer = session.client("sts", endpoint_url=self.engine.endpoint).get_caller_identity()
        return str(answer["Account"])

    def closed(self, caller: str, **given: str) -> bool:
        with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole") as refused:
            self.open(caller, **given)
        return refused.value.response["Error"]["Code"] == "AccessDenied"


@pytest.fixture
def door(engine: Engine, account: str) -> Door:
    return Door(engine, account)


HUB = "111122223333"
FUNCTION = f"arn:aws:iam::{HUB}:role/natrec/natrec-hub-open"
STRANGER = "arn:aws:iam::444455556666:role/anything"


def test_a_role_that_does_not_exist_cannot_be_assumed(door: Door) -> None:
    assert door.closed(FUNCTION)


def test_only_the_trusted_account_gets_in(door: Door) -> None:
    door.trust({"AWS": f"arn:aws:iam::{HUB}:root"})
    assert door.open(FUNCTION) == door.account
    assert door.closed(STRANGER)


def test_a_trust_narrowed_to_one_principal_admits_no_other_of_its_account(door: Door) -> None:
    door.trust({"AWS": f"arn:aws:iam::{HUB}:root"}, ArnEquals={"aws:PrincipalArn": FUNCTION})
    assert door.open(FUNCTION) == door.account
    assert door.closed(f"arn:aws:iam::{HUB}:role/natrec/natrec-hub-tell")


def test_an_external_id_is_asked_for(door: Door) -> None:
    door.trust({"AWS": HUB}, StringEquals={"sts:ExternalId": "secret"})
    assert door.open(FUNCTION, ExternalId="secret") == door.account
    assert door.closed(FUNCTION)
    assert door.closed(FUNCTION, ExternalId="guess")


def test_a_service_role_is_not_for_people(door: Door) -> None:
    door.trust({"Service": "lambda.amazonaws.com"})
    assert door.closed(FUNCTION)


def test_every_account_has_a_front_door(door: Door) -> None:
    door.arn = f"arn:aws:iam::{door.account}:role/OrganizationAccountAccessRole"
    assert door.open(STRANGER) == door.account


def test_what_is_no_role_is_refused(door: Door) -> None:
    door.arn = "arn:aws:iam::worker-of-nobody"
    with pytest.raises(ClientError, match="is invalid"):
        door.open(FUNCTION)
