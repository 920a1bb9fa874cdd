"""Who administers the stack set is found out from whom the credentials let in."""

import pytest

from orgconfig.errors import NatrecError
from scripts.sandbox.engine.core import Engine
from stacksets.administration import PRINCIPAL, Administrator, administrator
from stacksets.steps import UnreachableError
from stacksets.trust import Trust
from tests.stacksets.calls import Only
from tests.stacksets.roll_outs import HOME, RollOut


@pytest.fixture
def roll_out(engine: Engine, account: str) -> RollOut:
    made = RollOut.create(engine, account)
    hub = made.org.account(made.top)
    made.settings["organization__hub"] = {"account": hub, "region": HOME}
    return made


def _hub(roll_out: RollOut) -> str:
    return roll_out.config().organization.hub.account


def test_the_management_account_administers_where_credentials_lead_into_it(roll_out: RollOut) -> None:
    found = administrator(roll_out.config(), roll_out.engine.client)
    assert found == Administrator(roll_out.org.management, "SELF")


def test_else_the_hub_does_as_delegated_administrator(roll_out: RollOut) -> None:
    hub = _hub(roll_out)
    roll_out.org.delegate(hub)
    clients = Only(roll_out.engine.client, {hub})
    found = administrator(roll_out.config(), clients)
    assert found == Administrator(hub, "DELEGATED_ADMIN")
    trust = Trust(roll_out.config(), clients, found)
    assert (trust.access().action, trust.delegation().action) == ("none", "none")


def test_a_delegated_administrator_rolls_out_and_takes_back(roll_out: RollOut) -> None:
    hub = _hub(roll_out)
    roll_out.org.delegate(hub)
    clients = Only(roll_out.engine.client, {hub})
    assert {each.state for each in roll_out.apply(clients)} == {"done"}
    assert {account for account, _ in roll_out.covered()} == {hub}
    assert roll_out.plan(clients) == {}
    assert roll_out.plan() == {}, "the management account sees the same"
    roll_out.settings["targets__regions"] = [HOME]
    roll_out.apply(clients)
    assert roll_out.covered() == {(hub, HOME)}


def test_a_hub_that_may_not_is_told_what_the_management_accounts_administrator_must_run(
    roll_out: RollOut,
) -> None:
    hub = _hub(roll_out)
    with pytest.raises(NatrecError) as told:
        administrator(roll_out.config(), Only(roll_out.engine.client, {hub}))
    assert "aws cloudformation activate-organizations-access" in told.value.next
    register = f"register-delegated-administrator --account-id {hub} --service-principal {PRINCIPAL}"
    assert register in told.value.next
    assert roll_out.org.management in told.value.what


def test_who_reaches_neither_is_told_why_the_management_account_was_not_reached(roll_out: RollOut) -> None:
    with pytest.raises(UnreachableError, match=f"account {roll_out.org.management}"):
        administrator(roll_out.config(), Only(roll_out.engine.client, ()))


def test_another_organizations_credentials_are_refused(roll_out: RollOut) -> None:
    other = roll_out.config(organization__id="o-someoneelse1")
    with pytest.raises(NatrecError, match=r"the config says o-someoneelse1"):
        administrator(other, roll_out.engine.client)


def test_an_account_of_no_organization_is_refused(roll_out: RollOut, account: str) -> None:
    lonely = str(int(account) + 10**10)
    with pytest.raises(NatrecError, match="it is in no organization"):
        administrator(roll_out.config(organization__management_account=lonely), roll_out.engine.client)
