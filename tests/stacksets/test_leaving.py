"""What leaves the targets while it is recorded is closed first, or it is told why that cannot be."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hub.ports import Lease
from orgconfig.models import OrgConfig
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import Gateway, Organization, build
from scripts.sandbox.settings import sandbox_config
from scripts.stories import places
from scripts.stories.events import contributor_change, now
from stacksets.bundling import Platform, bundle
from stacksets.deployment import Applied, Deployment
from stacksets.leases import leases
from stacksets.reconciling import Batch, without
from stacksets.removal import Removal
from stacksets.steps import Clients
from tests.sandbox.eventually import eventually
from tests.stacksets.calls import Only
from tests.stacksets.roll_outs import Watching

REGION, AWAY = "eu-west-1", "us-east-1"
LEAVING = "instances of natrec-spoke that are no targets"
FORGETS = 0.25
WIDE = Batch(
    ("ou-a",), (REGION, AWAY), "NONE", (), frozenset((a, r) for a in ("1", "2") for r in (REGION, AWAY))
)
NARROW = replace(WIDE, how="INTERSECTION", accounts=("1", "2"))


@dataclass
class Installation:
    """natrec in an organization of two members."""

    engine: Engine
    organization: Organization
    config: OrgConfig
    watching: Watching = field(default_factory=Watching)
    slept: list[tuple[int, float]] = field(default_factory=list)
    beside: frozenset[str] = frozenset()

    def deployment(self, config: OrgConfig, clients: Clients | None = None) -> Deployment:
        def sleep(seconds: float) -> None:
            self.slept.append((len(self.watching.steps), seconds))

        return Deployment(
            config,
            clients or self.engine.client,
            bundle(Platform.LOCAL),
            lambda _: None,
            sleep=sleep,
            poll=0.05,
            watch=self.watching,
            forgets=FORGETS,
            beside=self.beside,
        )

    def apply(self, config: OrgConfig, clients: Clients | None = None) -> Applied:
        deployment = self.deployment(config, clients)
        return deployment.carry_out(deployment.plan())

    def changes(self, config: OrgConfig) -> dict[str, str]:
        return {step.name: step.change.detail for step in self.deployment(config).plan() if step.changes}

    def targeting(self, **targets: object) -> OrgConfig:
        document = self.config.document()
        return OrgConfig.model_validate({**document, "targets": {**document["targets"], **targets}})

    def record(self) -> Lease:
        """Record the first member's first gateway; answers once its flow logs are on."""
        gateway = self.gateway
        named = places.Gateway(
            places.Organization({}), gateway.account, gateway.region, gateway.id, gateway.availability
        )
        event = contributor_change(named, f"natrec-standard-download-{gateway.availability}", "ALARM", now())
        self.engine.client(gateway.account, REGION, "events").put_events(Entries=[event])
        assert eventually(lambda: self.flow_logs(gateway.account) and self.open() and self.waits())
        return self.open()[0]

    @property
    def gateway(self) -> Gateway:
        return next(e for e in self.organization.gateways if e.account == self.leaver)

    @property
    def leaver(self) -> str:
        return self.organization.members[0].account

    def open(self) -> tuple[Lease, ...]:
        return leases(self.config, self.engine.client)

    def waits(self) -> bool:
        pk = f"GATEWAY#{self.gateway.account}#{self.gateway.region}#{self.gateway.id}"
        return "task_token" in self.item(pk, "GATEWAY")

    def item(self, pk: str, sk: str) -> dict[str, Any]:
        table = self.engine.client(self.organization.hub, REGION, "dynamodb")
        key: Any = {"pk": {"S": pk}, "sk": {"S": sk}}
        return dict(table.get_item(TableName="natrec", Key=key, ConsistentRead=True).get("Item", {}))

    def recording(self, lease: Lease) -> dict[str, Any]:
        return self.item(f"RECORDING#{lease.recording}", "RECORDING")

    def flow_logs(self, account: str) -> list[str]:
        found = self.engine.client(account, REGION, "ec2").describe_flow_logs()["FlowLogs"]
        return [each["FlowLogId"] for each in found]

    def execution(self, lease: Lease) -> str:
        steps = self.engine.client(self.organization.hub, REGION, "stepfunctions")
        return str(steps.describe_execution(executionArn=lease.execution)["status"])

    def covered(self) -> set[str]:
        client = self.engine.client(self.organization.management, REGION, "cloudformation")
        found = client.list_stack_instances(StackSetName="natrec-spoke")["Summaries"]
        return {each["Account"] for each in found}

    def by_hand(self, account: str) -> None:
        """A flow log with both of our tags, of which the hub knows nothing."""
        ec2 = self.engine.client(account, REGION, "ec2")
        vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
        tags = {"natrec:recording": "rec-lost", "natrec:hub": self.organization.hub}
        ec2.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[vpc],
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination=f"arn:aws:s3:::{self.config.organization.archive.bucket}",
            TagSpecifications=[
                {
                    "ResourceType": "vpc-flow-log",
                    "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                }
            ],
        )

    def move(self, account: str) -> None:
        """Out of the targets, as an administrator of the organization does it."""
        client = self.engine.client(self.organization.management, AWAY, "organizations")
        [parent] = client.list_parents(ChildId=account)["Parents"]
        elsewhere = self.organization.ous["Security"].id
        client.move_account(AccountId=account, SourceParentId=parent["Id"], DestinationParentId=elsewhere)

    def hears_of_nothing(self) -> None:
        """The hub is told of no account that moves."""
        rules = self.engine.client(self.organization.hub, REGION, "events")
        rules.disable_rule(Name="natrec-accounts", EventBusName="natrec")

    def leaves_spokes_alone(self) -> None:
        """Somebody turned auto-deployment off."""
        client = self.engine.client(self.organization.management, REGION, "cloudformation")
        client.update_stack_set(
            StackSetName="natrec-spoke",
            UsePreviousTemplate=True,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            AutoDeployment={"Enabled": False},
        )

    def deny(self, account: str, action: str) -> Callable[[], None]:
        """Forbid it by a service control policy; answers how to allow it again."""
        client = self.engine.client(self.organization.management, AWAY, "organizations")
        client.enable_policy_type(RootId=self.organization.root, PolicyType="SERVICE_CONTROL_POLICY")
        statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
        made = client.create_policy(
            Name="deny",
            Description="",
            Type="SERVICE_CONTROL_POLICY",
            Content=json.dumps({"Version": "2012-10-17", "Statement": statement}),
        )["Policy"]["PolicySummary"]["Id"]
        client.attach_policy(PolicyId=made, TargetId=account)

        def allow() -> None:
            client.detach_policy(PolicyId=made, TargetId=account)

        return allow


@pytest.fixture
def installed(engine: Engine, fresh_account: Callable[[], str]) -> Installation:
    organization = build(engine, 2, (REGION,), fresh_account())
    made = Installation(engine, organization, sandbox_config(organization))
    made.apply(made.config)
    return made


def test_an_account_that_is_excluded_while_it_is_recorded_is_closed_before_its_spoke_goes(
    installed: Installation,
) -> None:
    lease, stays = installed.record(), installed.organization.members[1].account
    without_it = installed.targeting(exclude_accounts=[installed.leaver])
    told = "1 instance: 1 account, 1 region; 1 recording is open there and closed first"
    assert installed.changes(without_it)[LEAVING] == told
    applied = installed.apply(without_it)
    assert applied.failed == ()
    assert installed.flow_logs(installed.leaver) == []
    assert installed.open() == ()
    recording = installed.recording(lease)
    assert recording["state"]["S"] != "open"
    assert "left the targets" in recording["reason"]["S"]
    assert installed.covered() == {stays}
    told = "1 of 1 open recordings closed in places that are left; their reports follow"
    assert told in installed.watching.told
    assert installed.changes(without_it) == {}
    assert eventually(lambda: installed.execution(lease) == "SUCCEEDED", 60)
    assert installed.recording(lease)["report"]["S"].startswith("s3://natrec-reports-")


def test_nothing_is_closed_before_the_hub_has_forgotten_the_policy_before(installed: Installation) -> None:
    installed.watching.steps.clear()
    installed.apply(installed.targeting(exclude_accounts=[installed.leaver]))
    steps = installed.watching.steps
    assert steps.index("policy") < steps.index(LEAVING)
    assert (steps.index(LEAVING) + 1, FORGETS) in installed.slept


def test_a_spoke_stays_where_flow_logs_cannot_be_deleted_and_the_next_run_goes_on(
    installed: Installation,
) -> None:
    lease = installed.record()
    allow = installed.deny(installed.leaver, "ec2:DeleteFlowLogs")
    without_it = installed.targeting(exclude_accounts=[installed.leaver])
    (failed,) = installed.apply(without_it).failed
    assert (failed.account, failed.region) == (installed.leaver, REGION)
    assert lease.recording in str(failed.reason)
    assert failed.reason
    assert "natrec apply" in failed.reason.advice
    assert installed.leaver in installed.covered()
    assert installed.execution(lease) == "RUNNING"
    allow()
    assert installed.apply(without_it).failed == ()
    assert (installed.flow_logs(installed.leaver), installed.open()) == ([], ())
    assert installed.leaver not in installed.covered()


def test_without_a_way_into_the_account_the_hub_closes_and_it_is_told_what_was_not_looked_for(
    installed: Installation,
) -> None:
    installed.record()
    place = installed.organization
    clients = Only(installed.engine.client, {place.hub, place.archive, place.management})
    applied = installed.apply(installed.targeting(exclude_accounts=[installed.leaver]), clients)
    assert applied.failed == ()
    assert (installed.flow_logs(installed.leaver), installed.open()) == ([], ())
    assert installed.leaver not in installed.covered()
    (told,) = (each for each in installed.watching.told if "not looked for" in each)
    assert installed.leaver in told
    assert "the hub has closed all that it knew of there" in told


def test_a_recording_whose_execution_has_ended_is_closed_too(installed: Installation) -> None:
    lease = installed.record()
    installed.engine.client(installed.organization.hub, REGION, "stepfunctions").stop_execution(
        executionArn=lease.execution
    )
    applied = installed.apply(installed.targeting(exclude_accounts=[installed.leaver]))
    assert applied.failed == ()
    assert (installed.flow_logs(installed.leaver), installed.open()) == ([], ())
    assert installed.recording(lease)["state"]["S"] == "closed"
    assert eventually(lambda: "report" in installed.recording(lease), 60)


def test_the_management_accounts_own_spoke_goes_after_its_flow_logs(installed: Installation) -> None:
    manager = installed.organization.management
    installed.apply(installed.targeting(include_management_account=True))
    installed.by_hand(manager)
    installed.apply(installed.config)
    assert installed.flow_logs(manager) == []
    stacks = installed.engine.client(manager, REGION, "cloudformation")
    assert "natrec-spoke" not in [each["StackName"] for each in stacks.describe_stacks()["Stacks"]]


def test_a_run_that_was_interrupted_after_the_policy_finds_the_management_accounts_regions_again(
    installed: Installation,
) -> None:
    installed.apply(installed.targeting(include_management_account=True, regions=[REGION, AWAY]))
    deployment = installed.deployment(installed.config)
    deployment.run(deployment.policy_steps())
    assert "stack natrec-spoke" in installed.changes(installed.config)
    installed.apply(installed.config)
    assert installed.changes(installed.config) == {}


def test_a_removal_looks_wherever_a_recording_is_open(installed: Installation) -> None:
    lease = installed.record()
    steps = installed.engine.client(installed.organization.hub, REGION, "stepfunctions")
    steps.stop_execution(executionArn=lease.execution)
    left = installed.targeting(exclude_accounts=[installed.leaver])
    stack_set = installed.engine.client(installed.organization.management, REGION, "cloudformation")
    [home] = [each.ou.id for each in installed.organization.members if each.account == installed.leaver]
    stack_set.delete_stack_instances(
        StackSetName="natrec-spoke",
        DeploymentTargets={
            "OrganizationalUnitIds": [home],
            "Accounts": [installed.leaver],
            "AccountFilterType": "INTERSECTION",
        },
        Regions=[REGION],
        RetainStacks=False,
    )
    assert eventually(lambda: installed.leaver not in installed.covered())
    assert installed.flow_logs(installed.leaver)
    removal = Removal(left, installed.engine.client, archive=True, history=True, poll=0.05)
    removal.run(removal.plan())
    assert installed.flow_logs(installed.leaver) == []


def test_a_batch_goes_on_without_the_accounts_that_must_stay() -> None:
    assert without(WIDE, ()) is WIDE
    left = frozenset({("2", REGION), ("2", AWAY)})
    assert without(WIDE, {("1", AWAY)}) == replace(WIDE, how="DIFFERENCE", accounts=("1",), places=left)
    assert without(NARROW, {("1", AWAY)}) == replace(NARROW, accounts=("2",), places=left)
    assert without(NARROW, {("1", AWAY), ("2", REGION)}) is None


def test_what_was_on_when_auto_deployment_took_the_spoke_away_is_found_and_closed(
    installed: Installation,
) -> None:
    lease = installed.record()
    installed.hears_of_nothing()
    installed.move(installed.leaver)
    assert eventually(lambda: installed.leaver not in installed.covered())
    assert installed.flow_logs(installed.leaver)
    told = f"no spoke is left in {installed.leaver} {REGION}; 1 recording is open there and closed first"
    assert installed.changes(installed.config)["recordings without a spoke"] == told
    assert installed.apply(installed.config).failed == ()
    assert (installed.flow_logs(installed.leaver), installed.open()) == ([], ())
    assert installed.recording(lease)["state"]["S"] == "closed"
    assert installed.execution(lease) != "ABORTED"


def test_an_account_that_is_moved_while_it_is_recorded_is_closed_by_the_hub_itself(
    installed: Installation,
) -> None:
    lease = installed.record()
    installed.leaves_spokes_alone()  # so that it is certain who comes first
    installed.move(installed.leaver)
    assert eventually(lambda: not installed.flow_logs(installed.leaver), 30)
    assert eventually(lambda: installed.recording(lease)["state"]["S"] == "closed")
    assert "left the targets" in installed.recording(lease)["reason"]["S"]
    assert eventually(lambda: "report" in installed.recording(lease), 60)
