"""What any place does that knows what the organization pays."""

import json

from hub.adapters.membership import TableMembership
from tests.contract.tables import DynamoTable, HubTable, compiled_policy


def test_nothing_is_known_to_be_paid_until_the_policy_says_so(hub_table: HubTable) -> None:
    assert hub_table.paid.prices() == {}
    hub_table.say_paid({"nat_gb": 0.036})
    assert hub_table.paid.prices() == {"nat_gb": 0.036}


def test_a_broken_policy_leaves_the_prices_of_the_last_good_one(dynamo_table: DynamoTable) -> None:
    dynamo_table.say_paid({"nat_gb": 0.036})
    dynamo_table.put_policy("{}")
    assert dynamo_table.paid.prices() == {}
    dynamo_table.say_paid({"nat_gb": 0.036})
    assert TableMembership(dynamo_table.client, dynamo_table.name).vouch() is None
    dynamo_table.put_policy("{}")
    assert dynamo_table.paid.prices() == {"nat_gb": 0.036}


def test_a_policy_of_before_there_were_prices_is_a_policy(dynamo_table: DynamoTable) -> None:
    policy = compiled_policy()
    del policy["prices"]
    dynamo_table.put_policy(json.dumps(policy))
    assert dynamo_table.paid.prices() == {}
