import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.organization import PRINCIPAL, Organization
from tests.sandbox.templates import REGION


@pytest.fixture
def org(engine: Engine, account: str) -> Organization:
    return Organization.create(engine, account)


def test_an_account_becomes_delegated_administrator_of_stack_sets(org: Organization) -> None:
    hub = org.account()
    org.delegate(hub)
    found = org.client.list_delegated_administrators(ServicePrincipal=PRINCIPAL)
    assert [admin["Id"] for admin in found["DelegatedAdministrators"]] == [hub]


def test_trusted_access_is_listed(org: Organization) -> None:
    found = org.client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [service["ServicePrincipal"] for service in found] == [PRINCIPAL]


def test_a_closed_account_is_suspended(org: Organization) -> None:
    member = org.account()
    org.client.close_account(AccountId=member)
    assert org.client.describe_account(AccountId=member)["Account"]["Status"] == "SUSPENDED"


def test_a_created_account_has_the_access_role(org: Organization, engine: Engine) -> None:
    member = org.account()
    role = engine.client(member, REGION, "iam").get_role(RoleName="OrganizationAccountAccessRole")
    assert role["Role"]["Arn"] == f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"


def test_a_delegated_administrator_reads_the_organization_but_changes_nothing(
    org: Organization, engine: Engine
) -> None:
    unit = org.unit("unit")
    hub = org.account(unit)
    org.delegate(hub)
    client = engine.client(hub, REGION, "organizations")
    assert {a["Id"] for a in client.list_accounts()["Accounts"]} == {hub, org.management}
    assert client.list_parents(ChildId=hub)["Parents"] == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]
    assert client.list_roots()["Roots"][0]["Id"] == org.root
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.create_account(AccountName="x", Email="x@example.com")


def test_other_members_only_see_that_they_are_in_an_organization(org: Organization, engine: Engine) -> None:
    client = engine.client(org.account(), REGION, "organizations")
    assert client.describe_organization()["Organization"]["MasterAccountId"] == org.management
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.list_accounts()
