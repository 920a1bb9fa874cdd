"""What only the table of DynamoDB shows: its policy, its indexes, its errors."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.adapters import items
from hub.domain.errors import PolicyBroken, RecordingFault
from hub.domain.quotas import limits
from tests import factories
from tests.contract.tables import DynamoTable, compiled_policy

if TYPE_CHECKING:
    from scripts.sandbox.engine.core import Engine

NOW = factories.NOW
PLACE = factories.gateway_ref()


def tier(table: DynamoTable, minutes: float) -> str:
    return table.ledger.picture(PLACE, NOW + timedelta(minutes=minutes)).rules.terms(PLACE, {}).tier


def changed_policy() -> str:
    policy = json.loads(json.dumps(compiled_policy()))
    policy["tiers"]["heavy"] = policy["tiers"]["standard"]
    policy["recording"]["tier"] = "heavy"
    return json.dumps(policy)


def test_a_changed_policy_is_in_force_within_a_minute(dynamo_table: DynamoTable) -> None:
    assert tier(dynamo_table, 0) == "standard"
    dynamo_table.put_policy(changed_policy())
    assert tier(dynamo_table, 0.5) == "standard"
    assert tier(dynamo_table, 1) == "heavy"


@pytest.mark.parametrize("broken", ["", "{}", "no json", '{"format": 1}'])
def test_a_policy_that_cannot_be_understood_never_replaces_a_good_one(
    dynamo_table: DynamoTable, broken: str
) -> None:
    assert tier(dynamo_table, 0) == "standard"
    dynamo_table.put_policy(broken)
    assert tier(dynamo_table, 2) == "standard"


def test_a_table_without_a_policy_admits_nothing(dynamo_table: DynamoTable) -> None:
    dynamo_table.client.delete_item(TableName=dynamo_table.name, Key=items.POLICY_KEY)
    with pytest.raises(PolicyBroken, match="natrec apply"):
        dynamo_table.ledger.picture(PLACE, NOW)


def test_the_policy_says_every_term_of_a_gateway(dynamo_table: DynamoTable) -> None:
    terms = dynamo_table.ledger.picture(PLACE, NOW).rules.terms(PLACE, {})
    assert (terms.enabled, terms.tier, terms.threshold) == (True, "standard", 10**9)
    assert terms.longest == timedelta(minutes=15)
    assert (terms.gateway.day, terms.account.active, terms.organization.active) == (3, 5, 25)
    assert terms.organization.delivered_month == 500 * 10**9


def test_an_excluded_account_is_no_member(dynamo_table: DynamoTable) -> None:
    policy = json.loads(json.dumps(compiled_policy()))
    policy["targets"]["exclude_accounts"] = [factories.ACCOUNT]
    dynamo_table.put_policy(json.dumps(policy))
    refused = dynamo_table.ledger.picture(PLACE, NOW).rules.refusal(PLACE)
    assert refused is not None
    assert (refused.reason, "targets.exclude_accounts" in refused.text) == ("not_a_member", True)


def test_what_is_decided_on_is_read_consistently(engine: "Engine", account: str) -> None:
    """DynamoDB Developer Guide, "Read consistency": without it a read may show an older item."""
    client = engine.client(account, factories.REGION, "dynamodb")
    reads: list[dict[str, Any]] = []
    for operation in ("GetItem", "BatchGetItem"):
        client.meta.events.register(
            f"provide-client-params.dynamodb.{operation}", lambda params, **_: reads.append(params)
        )
    table = DynamoTable(client)
    recording = factories.recording()
    table.ledger.picture(recording.gateway, recording.opened_at)
    table.recordings.find(recording.id)
    asked = [each for read in reads for each in (read.get("RequestItems", {"": read}).values())]
    assert len(asked) >= 2
    assert all(each.get("ConsistentRead") is True for each in asked)


def test_a_table_that_is_not_there_is_a_fault(dynamo_table: DynamoTable) -> None:
    dynamo_table.client.delete_table(TableName=dynamo_table.name)
    with pytest.raises(RecordingFault, match="ResourceNotFoundException"):
        dynamo_table.recordings.find("rec-1")
    with pytest.raises(RecordingFault):
        list(dynamo_table.ledger.leases())


def test_a_recording_is_found_by_its_month(dynamo_table: DynamoTable) -> None:
    recording = factories.recording()
    wanted = limits(PLACE, factories.terms(), NOW)
    dynamo_table.ledger.admit(recording, factories.transition(at=recording.onset_at), wanted)
    answer = dynamo_table.client.query(
        TableName=dynamo_table.name,
        IndexName="history",
        KeyConditionExpression="#month = :month",
        ExpressionAttributeNames={"#month": "month"},
        ExpressionAttributeValues={":month": {"S": "2026-11"}},
    )
    assert [items.recording_of(item) for item in answer["Items"]] == [recording]


def test_every_item_is_forgotten_in_the_end_but_the_policy_and_what_is_active(
    dynamo_table: DynamoTable,
) -> None:
    recording = factories.recording()
    wanted = limits(PLACE, factories.terms(), NOW)
    dynamo_table.ledger.admit(recording, factories.transition(at=recording.onset_at), wanted)
    dynamo_table.recordings.save_delivery(replace(recording, delivered_bytes=1, delivered_objects=1))
    dynamo_table.ledger.note_recovery(factories.recovery(factories.gateway_ref("555555555555")))
    lasting = [
        item["sk"]["S"]
        for item in dynamo_table.client.scan(TableName=dynamo_table.name)["Items"]
        if "ttl" not in item
    ]
    assert sorted(lasting) == ["CURRENT", "active#now", "active#now"]
