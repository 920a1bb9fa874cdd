"""Service-managed stack sets reach whom AWS reaches, really change stacks and say what went wrong."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.organization import OTHER_REGION, Organization, Set, until
from tests.sandbox.templates import REGION, template

OPT_IN = "eu-south-1"


@pytest.fixture
def org(engine: Engine, account: str) -> Organization:
    return Organization.create(engine, account)


def queue(delay: int = 0, **more: object) -> str:
    properties = {"QueueName": "natrec", "DelaySeconds": delay}
    return template({"Q": {"Type": "AWS::SQS::Queue", "Properties": properties}}, **more)


def delay(engine: Engine, account: str, region: str = REGION) -> int | None:
    """The delay of the account's queue; None without one."""
    sqs = engine.client(account, region, "sqs")
    if "QueueUrls" not in sqs.list_queues():
        return None
    url = sqs.get_queue_url(QueueName="natrec")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]
    return int(found["DelaySeconds"])


def test_children_of_child_units_are_reached_and_the_management_account_never(
    engine: Engine, org: Organization
) -> None:
    deep = org.unit("deep", org.unit("middle", org.unit("top")))
    members = {org.account(), org.account(deep)}
    spoke = Set(org)
    spoke.create(queue())
    assert spoke.deploy(org.root, regions=(REGION, OTHER_REGION)) == "SUCCEEDED"
    assert spoke.accounts() == members
    assert len(spoke.instances()) == 4
    assert all(delay(engine, a, r) == 0 for a in members for r in (REGION, OTHER_REGION))
    assert delay(engine, org.management) is None
    states = {(i["Status"], i["StackInstanceStatus"]["DetailedStatus"]) for i in spoke.instances()}
    assert states == {("CURRENT", "SUCCEEDED")}


@pytest.mark.parametrize(("how", "expected"), [("INTERSECTION", {"b"}), ("DIFFERENCE", {"a", "c"})])
def test_account_filters_narrow_the_units(org: Organization, how: str, expected: set[str]) -> None:
    unit = org.unit("unit")
    members = {name: org.account(unit, name) for name in ("a", "b", "c")}
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(unit, AccountFilterType=how, Accounts=[members["b"]])
    assert spoke.accounts() == {members[name] for name in expected}


def test_union_is_refused_at_creation(org: Organization) -> None:
    spoke = Set(org)
    spoke.create(queue())
    with pytest.raises(ClientError, match="UNION is not supported"):
        spoke.deploy(org.root, AccountFilterType="UNION", Accounts=[org.account()])


def test_a_suspended_account_is_skipped(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    closed, active = org.account(unit), org.account(unit)
    org.client.close_account(AccountId=closed)
    spoke = Set(org)
    spoke.create(queue())
    assert spoke.deploy(unit) == "SUCCEEDED"
    detailed = {i["Account"]: i["StackInstanceStatus"]["DetailedStatus"] for i in spoke.instances()}
    assert detailed == {closed: "SKIPPED_SUSPENDED_ACCOUNT", active: "SUCCEEDED"}
    assert delay(engine, closed) is None


def test_the_stack_is_visible_in_the_member_account(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    member = org.account(unit)
    spoke = Set(org)
    spoke.create(queue(), Tags=[{"Key": "a", "Value": "b"}])
    spoke.deploy(unit)
    (stack,) = engine.client(member, REGION, "cloudformation").describe_stacks()["Stacks"]
    assert stack["StackName"].startswith("StackSet-spoke-")
    assert stack["StackId"] == spoke.instances()[0]["StackId"]
    assert stack["Tags"] == [{"Key": "a", "Value": "b"}]


def test_an_update_of_the_set_changes_every_stack(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    members = [org.account(unit) for _ in range(3)]
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(unit)
    assert spoke.run("update_stack_set", TemplateBody=queue(7)) == "SUCCEEDED"
    assert [delay(engine, member) for member in members] == [7, 7, 7]
    assert {i["Status"] for i in spoke.instances()} == {"CURRENT"}
    assert spoke.run("update_stack_set", TemplateBody=queue(7)) == "SUCCEEDED"


def test_an_update_aimed_at_one_account_leaves_the_others_outdated(org: Organization) -> None:
    unit = org.unit("unit")
    one, other = org.account(unit), org.account(unit)
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(unit)
    aimed = {"OrganizationalUnitIds": [unit], "AccountFilterType": "INTERSECTION", "Accounts": [one]}
    spoke.run("update_stack_set", TemplateBody=queue(7), DeploymentTargets=aimed, Regions=[REGION])
    assert {i["Account"]: i["Status"] for i in spoke.instances()} == {one: "CURRENT", other: "OUTDATED"}


def test_an_override_changes_the_stacks_it_is_aimed_at(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    member = org.account(unit)
    properties = {"QueueName": "natrec", "DelaySeconds": {"Ref": "Delay"}}
    slots = {"Delay": {"Type": "Number", "Default": 1}}
    text = template({"Q": {"Type": "AWS::SQS::Queue", "Properties": properties}}, Parameters=slots)
    spoke = Set(org)
    spoke.create(text)
    spoke.deploy(unit)
    overrides = [{"ParameterKey": "Delay", "ParameterValue": "9"}]
    aimed = {"OrganizationalUnitIds": [unit]}
    given: dict[str, Any] = {"DeploymentTargets": aimed, "Regions": [REGION], "ParameterOverrides": overrides}
    assert spoke.run("update_stack_instances", **given) == "SUCCEEDED"
    assert delay(engine, member) == 9
    found = spoke.client.describe_stack_instance(
        **spoke.role, StackInstanceAccount=member, StackInstanceRegion=REGION
    )["StackInstance"]
    assert found["ParameterOverrides"] == overrides


def test_a_failure_is_told_per_instance_and_can_be_repaired(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    bad, good = org.account(unit), org.account(unit)
    engine.client(bad, REGION, "events").create_event_bus(Name="mine")
    text = template({"B": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "mine"}}})
    spoke = Set(org)
    spoke.create(text)
    aimed = {"OrganizationalUnitIds": [unit]}
    preferences = {"FailureToleranceCount": 1}
    answer = spoke.client.create_stack_instances(
        **spoke.role, DeploymentTargets=aimed, Regions=[REGION], OperationPreferences=preferences
    )
    assert spoke.wait(answer["OperationId"]) == "SUCCEEDED"
    found = {i["Account"]: i for i in spoke.instances()}
    assert found[good]["Status"] == "CURRENT"
    assert found[bad]["Status"] == "OUTDATED"
    assert found[bad]["StackInstanceStatus"]["DetailedStatus"] == "FAILED"
    assert "ResourceLogicalId:B" in found[bad]["StatusReason"]
    results = spoke.client.list_stack_set_operation_results(**spoke.role, OperationId=answer["OperationId"])
    assert {r["Account"]: r["Status"] for r in results["Summaries"]} == {bad: "FAILED", good: "SUCCEEDED"}
    engine.client(bad, REGION, "events").delete_event_bus(Name="mine")
    assert spoke.deploy(unit) == "SUCCEEDED"
    assert {i["Status"] for i in spoke.instances()} == {"CURRENT"}


def test_without_tolerance_the_first_failure_fails_the_operation_and_stops_later_regions(
    engine: Engine, org: Organization
) -> None:
    unit = org.unit("unit")
    bad = org.account(unit)
    engine.client(bad, REGION, "events").create_event_bus(Name="mine")
    spoke = Set(org)
    spoke.create(template({"B": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "mine"}}}))
    assert spoke.deploy(unit, regions=(REGION, OTHER_REGION)) == "FAILED"
    detailed = {i["Region"]: i["StackInstanceStatus"]["DetailedStatus"] for i in spoke.instances()}
    assert detailed == {REGION: "FAILED", OTHER_REGION: "CANCELLED"}


def test_a_stack_that_cannot_be_deleted_is_inoperable(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    member = org.account(unit)
    name = f"full-{member}"
    spoke = Set(org)
    spoke.create(template({"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}}))
    spoke.deploy(unit)
    engine.client(member, REGION, "s3").put_object(Bucket=name, Key="k", Body=b"v")
    given: dict[str, Any] = {"Regions": [REGION], "DeploymentTargets": {"OrganizationalUnitIds": [unit]}}
    assert spoke.run("delete_stack_instances", **given, RetainStacks=False) == "FAILED"
    (found,) = spoke.instances()
    assert found["Status"] == "INOPERABLE"
    assert "ResourceLogicalId:B" in found["StatusReason"]


def test_instances_are_deleted_by_unit_and_then_the_set(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    member = org.account(unit)
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(unit, regions=(REGION, OTHER_REGION))
    with pytest.raises(ClientError, match="StackSetNotEmptyException"):
        spoke.client.delete_stack_set(**spoke.role)
    aimed = {"OrganizationalUnitIds": [unit]}
    given: dict[str, Any] = {"DeploymentTargets": aimed, "RetainStacks": False}
    assert spoke.run("delete_stack_instances", **given, Regions=[REGION]) == "SUCCEEDED"
    assert delay(engine, member) is None
    assert delay(engine, member, OTHER_REGION) == 0
    given["RetainStacks"] = True
    assert spoke.run("delete_stack_instances", **given, Regions=[OTHER_REGION]) == "SUCCEEDED"
    assert delay(engine, member, OTHER_REGION) == 0
    spoke.client.delete_stack_set(**spoke.role)
    with pytest.raises(ClientError, match="StackSetNotFoundException"):
        spoke.client.describe_stack_set(**spoke.role)


def test_accounts_that_join_get_the_stack_and_lose_it_when_they_leave(
    engine: Engine, org: Organization
) -> None:
    unit, outside = org.unit("unit"), org.unit("outside")
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(unit, regions=(REGION, OTHER_REGION))
    member = org.account(unit)
    until(lambda: len(spoke.instances()) == 2 and spoke.settled())
    assert delay(engine, member) == 0
    org.move(member, unit, outside)
    until(lambda: not spoke.instances() and spoke.settled())
    assert delay(engine, member) is None


def test_a_set_aimed_at_the_root_reaches_accounts_created_later(org: Organization) -> None:
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(org.root)
    member = org.account()
    until(lambda: bool(spoke.accounts()) and spoke.settled())
    assert spoke.accounts() == {member}


def test_a_leaving_account_keeps_the_stack_where_the_set_says_so(engine: Engine, org: Organization) -> None:
    unit = org.unit("unit")
    member = org.account(unit)
    spoke = Set(org)
    spoke.create(queue(), AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": True})
    spoke.deploy(unit)
    org.move(member, unit, org.root)
    until(lambda: not spoke.instances() and spoke.settled())
    assert delay(engine, member) == 0


def test_without_auto_deployment_a_new_account_gets_nothing(org: Organization) -> None:
    spoke = Set(org)
    spoke.create(queue(), AutoDeployment={"Enabled": False})
    spoke.deploy(org.root)
    org.account()
    assert spoke.instances() == []


def test_a_delegated_administrator_acts_in_the_management_accounts_name(org: Organization) -> None:
    hub = org.account(org.unit("unit"))
    org.delegate(hub)
    by_hub = Set(org, caller=hub)
    by_hub.create(queue())
    assert by_hub.deploy(org.root) == "SUCCEEDED"
    assert by_hub.accounts() == Set(org).accounts() == {hub}
    found = by_hub.client.describe_stack_set(**by_hub.role)["StackSet"]
    assert f":{org.management}:stackset/" in found["StackSetARN"]
    assert found["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}


def test_other_members_are_refused(org: Organization, engine: Engine) -> None:
    member = org.account()
    client = engine.client(member, REGION, "cloudformation")
    given: dict[str, Any] = {"PermissionModel": "SERVICE_MANAGED", "TemplateBody": queue()}
    given |= {"StackSetName": "s", "AutoDeployment": {"Enabled": False}}
    with pytest.raises(ClientError, match="You must be the management account or delegated admin"):
        client.create_stack_set(**given)
    with pytest.raises(ClientError, match="not a delegated administrator"):
        client.create_stack_set(**given, CallAs="DELEGATED_ADMIN")


def test_trusted_access_must_be_on(engine: Engine, account: str) -> None:
    engine.client(account, REGION, "organizations").create_organization(FeatureSet="ALL")
    client = engine.client(account, REGION, "cloudformation")
    assert client.describe_organizations_access()["Status"] == "DISABLED"
    with pytest.raises(ClientError, match="You must enable organizations access"):
        client.create_stack_set(StackSetName="s", TemplateBody=queue(), PermissionModel="SERVICE_MANAGED")
    client.activate_organizations_access()
    assert client.describe_organizations_access()["Status"] == "ENABLED"
    client.create_stack_set(StackSetName="s", TemplateBody=queue(), PermissionModel="SERVICE_MANAGED")


def test_macros_and_nested_stacks_are_refused(org: Organization) -> None:
    nested = template({"S": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x"}}})
    for text in (queue(Transform="AWS::LanguageExtensions"), nested):
        with pytest.raises(ClientError):
            Set(org).create(text)


def test_a_second_operation_at_the_same_time_is_refused(org: Organization) -> None:
    unit = org.unit("unit")
    for _ in range(15):  # so many that the first still runs when the second comes
        org.account(unit)
    spoke = Set(org)
    spoke.create(queue())
    aimed: dict[str, Any] = {"DeploymentTargets": {"OrganizationalUnitIds": [unit]}, "Regions": [REGION]}
    first = spoke.client.create_stack_instances(**spoke.role, **aimed)["OperationId"]
    with pytest.raises(ClientError, match="OperationInProgressException"):
        spoke.client.create_stack_instances(**spoke.role, **aimed)
    assert spoke.wait(first) == "SUCCEEDED"


def test_with_managed_execution_an_operation_waits_for_the_one_before(org: Organization) -> None:
    unit = org.unit("unit")
    org.account(unit)
    spoke = Set(org)
    spoke.create(queue(), ManagedExecution={"Active": True})
    aimed: dict[str, Any] = {"DeploymentTargets": {"OrganizationalUnitIds": [unit]}}
    started = [
        spoke.client.create_stack_instances(**spoke.role, **aimed, Regions=[region])["OperationId"]
        for region in (REGION, OTHER_REGION)
    ]
    statuses = {o["OperationId"]: o["Status"] for o in _operations(spoke)}
    assert statuses[started[1]] in {"QUEUED", "RUNNING", "SUCCEEDED"}
    assert [spoke.wait(one) for one in started] == ["SUCCEEDED", "SUCCEEDED"]
    assert len(spoke.instances()) == 2
    ends, begins = (_operations(spoke)[at] for at in (1, 0))
    assert ends["EndTimestamp"] <= begins["EndTimestamp"]


def test_how_operations_run_cannot_be_changed_while_one_does(org: Organization) -> None:
    unit = org.unit("unit")
    for _ in range(15):  # so many that it still runs when the change comes
        org.account(unit)
    spoke = Set(org)
    spoke.create(queue())
    aimed: dict[str, Any] = {"DeploymentTargets": {"OrganizationalUnitIds": [unit]}, "Regions": [REGION]}
    first = spoke.client.create_stack_instances(**spoke.role, **aimed)["OperationId"]
    with pytest.raises(ClientError, match="OperationInProgressException"):
        spoke.client.update_stack_set(
            **spoke.role, UsePreviousTemplate=True, ManagedExecution={"Active": True}
        )
    assert spoke.wait(first) == "SUCCEEDED"


def _operations(spoke: Set) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spoke.client.list_stack_set_operations(**spoke.role)["Summaries"]
    return found


def test_the_targets_of_auto_deployment_are_listed_with_their_regions(org: Organization) -> None:
    one, other = org.unit("one"), org.unit("other")
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(one, other)
    spoke.deploy(one, regions=(OTHER_REGION,))
    listed = spoke.client.list_stack_set_auto_deployment_targets(**spoke.role)["Summaries"]
    assert {each["OrganizationalUnitId"]: each["Regions"] for each in listed} == {
        one: sorted([REGION, OTHER_REGION]),
        other: [REGION],
    }


def test_an_update_without_anything_new_touches_only_those_it_is_aimed_at(org: Organization) -> None:
    unit = org.unit("unit")
    one, other = org.account(unit), org.account(unit)
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(unit)
    aimed = {"OrganizationalUnitIds": [unit], "AccountFilterType": "INTERSECTION", "Accounts": [one]}
    given: dict[str, Any] = {"UsePreviousTemplate": True, "DeploymentTargets": aimed}
    assert spoke.run("update_stack_set", **given, Regions=[REGION]) == "SUCCEEDED"
    assert {i["Account"]: i["Status"] for i in spoke.instances()} == {one: "CURRENT", other: "CURRENT"}
    with pytest.raises(ClientError, match="StackInstanceNotFoundException"):
        spoke.run("update_stack_set", **given, Regions=[REGION, OTHER_REGION])
    with pytest.raises(ClientError, match="AutoDeployment"):
        spoke.run("update_stack_set", **given, Regions=[REGION], AutoDeployment={"Enabled": False})


def test_an_operation_takes_no_more_than_fifty_units(org: Organization) -> None:
    spoke = Set(org)
    spoke.create(queue())
    with pytest.raises(ClientError, match="at most 50"):
        spoke.deploy(*[org.root] * 51)


def test_only_the_management_account_turns_on_trusted_access(engine: Engine, org: Organization) -> None:
    member = org.account()
    client = engine.client(member, REGION, "cloudformation")
    with pytest.raises(ClientError, match="Only the management account"):
        client.activate_organizations_access()
    with pytest.raises(ClientError, match="not a delegated administrator"):
        client.describe_organizations_access(CallAs="DELEGATED_ADMIN")
    org.delegate(member)
    assert client.describe_organizations_access(CallAs="DELEGATED_ADMIN")["Status"] == "ENABLED"


def test_lists_come_in_pages(org: Organization) -> None:
    unit = org.unit("unit")
    members = {org.account(unit) for _ in range(5)}
    spoke = Set(org)
    spoke.create(queue())
    spoke.deploy(unit)
    pages = spoke.client.get_paginator("list_stack_instances").paginate(
        **spoke.role, PaginationConfig={"PageSize": 2}
    )
    found = [[i["Account"] for i in page["Summaries"]] for page in pages]
    assert [len(page) for page in found] == [2, 2, 1]
    assert {account for page in found for account in page} == members
    one = next(iter(members))
    assert [i["Account"] for i in spoke.instances(StackInstanceAccount=one)] == [one]
    assert spoke.instances(Filters=[{"Name": "DETAILED_STATUS", "Values": "FAILED"}]) == []


def test_sixty_instances_take_a_few_seconds(org: Organization) -> None:
    unit = org.unit("unit")
    for _ in range(20):
        org.account(unit)
    spoke = Set(org)
    spoke.create(queue())
    preferences = {"RegionConcurrencyType": "PARALLEL"}
    begun = time.monotonic()
    regions = [REGION, OTHER_REGION, "eu-central-1"]
    aimed = {"OrganizationalUnitIds": [unit]}
    given: dict[str, Any] = {"DeploymentTargets": aimed, "OperationPreferences": preferences}
    assert spoke.run("create_stack_instances", **given, Regions=regions) == "SUCCEEDED"
    assert len(spoke.instances()) == 60
    assert time.monotonic() - begun < 20


def test_an_instance_fails_where_its_account_or_the_management_account_has_not_enabled_the_region(
    engine: Engine, org: Organization
) -> None:
    opted, other = org.account(org.unit("unit"), "opted"), org.account(None, "other")
    for account in (opted, org.management):
        engine.client(account, REGION, "account").enable_region(RegionName=OPT_IN)
    spoke = Set(org)
    spoke.create(queue())
    everywhere = {"FailureTolerancePercentage": 100}
    assert spoke.deploy(org.root, regions=(OPT_IN,)) == "FAILED"
    spoke.run(
        "create_stack_instances",
        DeploymentTargets={"OrganizationalUnitIds": [org.root]},
        Regions=[OPT_IN],
        OperationPreferences=everywhere,
    )
    by_account = {each["Account"]: each for each in spoke.instances()}
    assert by_account[opted]["Status"] == "CURRENT"
    assert by_account[other]["StackInstanceStatus"]["DetailedStatus"] == "FAILED"
    assert "The security token included in the request is invalid" in by_account[other]["StatusReason"]
    assert delay(engine, opted, OPT_IN) == 0
    engine.client(org.management, REGION, "account").disable_region(RegionName=OPT_IN)
    spoke.run("update_stack_set", UsePreviousTemplate=True, OperationPreferences=everywhere)
    assert {each["StackInstanceStatus"]["DetailedStatus"] for each in spoke.instances()} == {"FAILED"}
