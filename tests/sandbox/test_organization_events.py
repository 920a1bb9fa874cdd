"""What the management account's default bus hears of accounts and OUs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually
from tests.sandbox.organization import Organization

HOME = "us-east-1"


class Listener:
    """A queue of everything that Organizations tells in one account and region."""

    def __init__(self, engine: Engine, account: str, region: str = HOME) -> None:
        self._sqs: Any = engine.client(account, region, "sqs")
        arn = f"arn:aws:sqs:{region}:{account}:told"
        admit = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [admit]})
        self._url = self._sqs.create_queue(QueueName="told", Attributes={"Policy": policy})["QueueUrl"]
        rules: Any = engine.client(account, region, "events")
        rules.put_rule(Name="told", EventPattern=json.dumps({"source": ["aws.organizations"]}))
        rules.put_targets(Rule="told", Targets=[{"Id": "queue", "Arn": arn}])
        self.heard: dict[str, dict[str, Any]] = {}

    def named(self, name: str, wait: float = 10.0) -> dict[str, Any]:
        """The event of this name, once it is there; empty when it never comes."""

        def ask() -> dict[str, Any] | None:
            for message in self._sqs.receive_message(QueueUrl=self._url).get("Messages", []):
                event = json.loads(message["Body"])
                self.heard[event["detail"]["eventName"]] = event
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            return self.heard.get(name)

        return eventually(ask, wait) or {}


@pytest.fixture
def org(engine: Engine, account: str) -> Organization:
    return Organization.create(engine, account)


@pytest.fixture
def listener(engine: Engine, org: Organization) -> Iterator[Listener]:
    heard = Listener(engine, org.management)
    yield heard
    engine.client(org.management, HOME, "events").disable_rule(Name="told")


def test_a_new_account_is_told_as_a_result_with_its_id(org: Organization, listener: Listener) -> None:
    made = org.account()
    event = listener.named("CreateAccountResult")
    assert event["source"] == "aws.organizations"
    assert event["detail-type"] == "AWS Service Event via CloudTrail"
    assert (event["account"], event["region"]) == (org.management, HOME)
    status = event["detail"]["serviceEventDetails"]["createAccountStatus"]
    assert (status["state"], status["accountId"]) == ("SUCCEEDED", made)
    assert status["id"].startswith("car-")


def test_the_call_itself_is_told_while_it_is_in_progress_and_names_nobody(
    org: Organization, listener: Listener
) -> None:
    org.account(name="secret")
    event = listener.named("CreateAccount")
    assert event["detail-type"] == "AWS API Call via CloudTrail"
    assert event["detail"]["eventSource"] == "organizations.amazonaws.com"
    assert event["detail"]["responseElements"]["createAccountStatus"]["state"] == "IN_PROGRESS"
    assert "secret" not in json.dumps(event)


def test_a_move_is_told_with_both_parents(org: Organization, listener: Listener) -> None:
    unit = org.unit("unit")
    account = org.account(unit)
    event = listener.named("MoveAccount")
    assert event["detail-type"] == "AWS API Call via CloudTrail"
    assert event["detail"]["requestParameters"] == {
        "accountId": account,
        "sourceParentId": org.root,
        "destinationParentId": unit,
    }
    assert event["detail"]["responseElements"] is None


def test_a_closed_account_is_told_as_a_result_with_its_id(org: Organization, listener: Listener) -> None:
    account = org.account()
    org.client.close_account(AccountId=account)
    status = listener.named("CloseAccountResult")["detail"]["serviceEventDetails"]["closeAccountStatus"]
    assert (status["state"], status["accountId"]) == ("SUCCEEDED", account)


def test_a_removed_account_is_told(org: Organization, listener: Listener) -> None:
    account = org.account()
    org.client.remove_account_from_organization(AccountId=account)
    event = listener.named("RemoveAccountFromOrganization")
    assert event["detail"]["requestParameters"] == {"accountId": account}


def test_an_ou_is_told_from_its_making_to_its_end(org: Organization, listener: Listener) -> None:
    unit = org.unit("before")
    made = listener.named("CreateOrganizationalUnit")["detail"]["responseElements"]["organizationalUnit"]
    assert made["id"] == unit
    org.client.update_organizational_unit(OrganizationalUnitId=unit, Name="after")
    org.client.delete_organizational_unit(OrganizationalUnitId=unit)
    for name in ("UpdateOrganizationalUnit", "DeleteOrganizationalUnit"):
        event = listener.named(name)
        assert event["detail"]["requestParameters"]["organizationalUnitId"] == unit


def test_a_refused_call_is_not_told(org: Organization, listener: Listener) -> None:
    with pytest.raises(org.client.exceptions.ClientError):
        org.client.move_account(
            AccountId="123456789012", SourceParentId=org.root, DestinationParentId=org.root
        )
    org.account()
    assert listener.named("CreateAccountResult")
    assert "MoveAccount" not in listener.heard


def test_other_regions_and_members_hear_nothing(engine: Engine, org: Organization) -> None:
    member = org.account()
    deaf = [Listener(engine, org.management, "eu-west-1"), Listener(engine, member)]
    listener = Listener(engine, org.management)
    org.account()
    assert listener.named("CreateAccountResult")
    assert not [one for one in deaf if one.named("CreateAccountResult", wait=0.3)]
