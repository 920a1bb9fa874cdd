"""What the hub remembers of the organization, beside its policy; and the organization itself."""

import json
from typing import Any

import pytest

from hub.adapters import items
from hub.adapters.membership import TableMembership
from hub.adapters.organization import AwsOrganization
from hub.adapters.policy import PolicyCache
from hub.domain.organization import Placement, Roster
from hub.ports import Rules
from orgconfig.members import Members
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.contract.tables import DynamoTable, compiled_policy
from tests.contract.worlds import EngineSessions
from tests.sandbox.organization import Organization

NOW = factories.NOW
PLACE = factories.gateway_ref()
ROSTER = Roster(
    parents={"r-ab12": None, "ou-ab12-team": "r-ab12"},
    accounts={factories.ACCOUNT: "ou-ab12-team"},
    names={factories.ACCOUNT: "payments-prod"},
)


@pytest.fixture
def membership(dynamo_table: DynamoTable) -> TableMembership:
    return TableMembership(dynamo_table.client, dynamo_table.name)


def kept(table: DynamoTable) -> dict[str, Any]:
    item = table.client.get_item(TableName=table.name, Key=items.POLICY_KEY)["Item"]
    return items.plain(item)


def rules_of_a_new_container(table: DynamoTable) -> Rules:
    item = table.client.get_item(TableName=table.name, Key=items.POLICY_KEY)["Item"]
    return PolicyCache().keep(item, NOW)


def test_a_roster_is_kept_beside_the_policy_and_only_a_change_is_written(
    dynamo_table: DynamoTable, membership: TableMembership
) -> None:
    before = kept(dynamo_table)["document"]
    assert membership.store(ROSTER)
    assert not membership.store(ROSTER)
    after = kept(dynamo_table)
    assert after["document"] == before
    assert Members.decode(bytes(after["members"])).path(factories.ACCOUNT) == ("r-ab12", "ou-ab12-team")


def test_a_good_policy_is_vouched_for_and_outlives_a_broken_one(
    dynamo_table: DynamoTable, membership: TableMembership
) -> None:
    assert membership.vouch() is None
    dynamo_table.put_policy("{}")
    assert membership.vouch() is not None
    assert rules_of_a_new_container(dynamo_table).terms(PLACE, {}).tier == "standard"


def test_an_account_that_was_not_there_is_not_known_until_it_is_placed(
    dynamo_table: DynamoTable, membership: TableMembership
) -> None:
    membership.store(ROSTER)
    rules = rules_of_a_new_container(dynamo_table)
    newcomer = factories.gateway_ref(account="555555555555")
    assert rules.knows(factories.ACCOUNT)
    assert not rules.knows(newcomer.account)
    placed = rules.placed(newcomer.account, Placement(("r-ab12", "ou-ab12-team")))
    assert placed.refusal(newcomer) is None
    suspended = rules.placed(newcomer.account, Placement(("r-ab12", "ou-ab12-team"), suspended=True))
    refused = suspended.refusal(newcomer)
    assert refused is not None
    assert (refused.reason, "suspended" in refused.text) == ("not_a_member", True)
    stranger = rules.placed(newcomer.account, None).refusal(newcomer)
    assert stranger is not None
    assert stranger.reason == "not_a_member"


def test_overrides_of_an_ou_apply_to_its_accounts_and_say_where_they_were_set(
    dynamo_table: DynamoTable, membership: TableMembership
) -> None:
    policy = json.loads(json.dumps(compiled_policy()))
    policy["tiers"]["heavy"] = policy["tiers"]["standard"]
    policy["overrides"] = [{"match": {"ou": "ou-ab12-team"}, "change": {"tier": "heavy"}}]
    dynamo_table.put_policy(json.dumps(policy))
    membership.store(ROSTER)
    terms = rules_of_a_new_container(dynamo_table).terms(PLACE, {})
    assert terms.tier == "heavy"
    assert "overrides[0] (ou ou-ab12-team)" in terms.where("tier")


@pytest.fixture
def organization(engine: Engine, account: str) -> Organization:
    return Organization.create(engine, account)


def test_the_whole_organization_is_read_page_by_page(engine: Engine, organization: Organization) -> None:
    team = organization.unit("team")
    inner = organization.unit("inner", team)
    accounts = [organization.account(inner, f"member-{number}") for number in range(25)]
    roster = AwsOrganization(EngineSessions(engine, organization.management)).roster()
    assert roster.parents == {organization.root: None, team: organization.root, inner: team}
    assert dict.fromkeys(accounts, inner).items() <= roster.accounts.items()
    assert roster.accounts[organization.management] == organization.root
    assert roster.names[accounts[3]] == "member-3"


def test_one_account_is_placed_from_the_root_down(engine: Engine, organization: Organization) -> None:
    team = organization.unit("team")
    member = organization.account(organization.unit("inner", team))
    reader = AwsOrganization(EngineSessions(engine, organization.management))
    placement = reader.place(member)
    assert placement is not None
    assert placement.path[:2] == (organization.root, team)
    assert not placement.suspended
    organization.client.close_account(AccountId=member)
    closed = reader.place(member)
    assert closed is not None
    assert closed.suspended
    assert reader.place("000000000001") is None
