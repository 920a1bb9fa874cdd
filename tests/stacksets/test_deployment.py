"""One deployment over an organization on the engine: planned, applied, changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from orgconfig.policy import PolicyError
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import Organization, build
from scripts.sandbox.settings import sandbox_config
from stacksets.artifacts import KEPT
from stacksets.bundling import Bundle, Platform, bundle
from stacksets.deployment import Deployment
from stacksets.ending import Ending
from stacksets.hub_policy import RefreshError, sound_policy
from stacksets.steps import Clients
from tests.sandbox.eventually import eventually
from tests.stacksets.calls import Only, Recorded

KEY = {"pk": {"S": "POLICY"}, "sk": {"S": "CURRENT"}}


@dataclass(frozen=True)
class Installation:
    """natrec in an organization of one member."""

    engine: Engine
    organization: Organization
    config: OrgConfig

    def deployment(
        self, config: OrgConfig | None = None, zipped: Bundle | None = None, clients: Clients | None = None
    ) -> Deployment:
        return Deployment(
            config or self.config,
            clients or self.engine.client,
            zipped or bundle(Platform.LOCAL),
            lambda _: None,
            poll=0.05,
            forgets=0,
        )

    def changes(self, config: OrgConfig | None = None) -> dict[str, str]:
        """What applying a config would do, without what stays."""
        return {step.name: step.change.action for step in self.deployment(config).plan() if step.changes}

    def item(self) -> dict[str, Any]:
        table = self.engine.client(self.organization.hub, "eu-west-1", "dynamodb")
        found: dict[str, Any] = table.get_item(TableName="natrec", Key=KEY, ConsistentRead=True)["Item"]
        return found


@pytest.fixture(scope="module")
def bare(engine: Engine, fresh_account: Callable[[], str]) -> Installation:
    organization = build(engine, 1, ("eu-west-1",), fresh_account())
    return Installation(engine, organization, sandbox_config(organization))


@pytest.fixture(scope="module")
def installed(engine: Engine, fresh_account: Callable[[], str]) -> Installation:
    organization = build(engine, 1, ("eu-west-1",), fresh_account())
    made = Installation(engine, organization, sandbox_config(organization))
    made.deployment().apply()
    return made


def _changed(config: OrgConfig, **fields: object) -> OrgConfig:
    return OrgConfig.model_validate({**config.document(), **fields})


def test_where_nothing_is_everything_is_created(bare: Installation) -> None:
    steps = bare.deployment().plan()
    assert [step.change.action for step in steps] == ["create"] * len(steps)


def test_planning_changes_nothing(bare: Installation) -> None:
    assert bare.changes() == bare.changes()


def test_what_was_applied_needs_no_change(installed: Installation) -> None:
    assert installed.changes() == {}


def test_the_hub_may_read_the_organization_and_has_read_it(installed: Installation) -> None:
    organizations = installed.engine.client(installed.organization.management, "us-east-1", "organizations")
    admins = organizations.list_delegated_administrators()["DelegatedAdministrators"]
    assert [each["Id"] for each in admins] == [installed.organization.hub]
    assert {"version", "document", "members"} <= set(installed.item())


def test_the_management_account_tells_the_hub_from_the_region_of_organizations(
    installed: Installation,
) -> None:
    management = installed.organization.management
    stacks = installed.engine.client(management, "us-east-1", "cloudformation")
    assert stacks.describe_stacks(StackName="natrec-management")["Stacks"]


def test_a_new_account_is_known_to_the_hub_without_anybody_doing_anything(installed: Installation) -> None:
    before = installed.item()["members"]
    organizations = installed.engine.client(installed.organization.management, "us-east-1", "organizations")
    organizations.create_account(AccountName="new", Email="new@example.com")
    assert eventually(lambda: installed.item()["members"] != before)


def test_a_changed_policy_touches_no_stack(installed: Installation) -> None:
    other = _changed(installed.config, quotas={"account": {"active": 1}})
    assert installed.changes(other) == {"policy": "update", "members": "update"}


def test_a_policy_is_put_beside_what_the_hub_keeps(installed: Installation) -> None:
    before = installed.item()
    other = _changed(installed.config, quotas={"account": {"active": 2}})
    (policy,) = (step for step in installed.deployment(other).plan() if step.name == "policy")
    policy.run()
    after = installed.item()
    assert json.loads(after["document"]["S"])["quotas"]["account"]["active"] == 2
    assert {key: value for key, value in after.items() if key not in {"version", "document"}} == {
        key: value for key, value in before.items() if key not in {"version", "document"}
    }
    installed.deployment().apply()
    assert installed.changes() == {}


def test_another_threshold_changes_the_spokes_and_the_policy_only(installed: Installation) -> None:
    tiers = {"standard": {"threshold": "3 GB", "period": "1m", "datapoints": "1 of 1"}}
    changed = installed.changes(_changed(installed.config, tiers=tiers))
    assert set(changed) == {"policy", "members", "stack set natrec-spoke"}


def test_more_tiers_than_cloudformation_takes_are_refused_before_anything_changes(bare: Installation) -> None:
    tiers = {**bare.config.document()["tiers"], **{f"tier-{n}": {"threshold": "1 GB"} for n in range(20)}}
    with pytest.raises(NatrecError, match="bytes, and CloudFormation takes 51200"):
        bare.deployment(_changed(bare.config, tiers=tiers)).plan()


def test_another_region_needs_instances(installed: Installation) -> None:
    targets = {**installed.config.document()["targets"], "regions": ["eu-west-1", "us-east-1"]}
    changed = installed.changes(_changed(installed.config, targets=targets))
    assert changed["instances of natrec-spoke"] == "create"


def test_new_code_changes_the_bucket_and_the_hub(installed: Installation) -> None:
    other = replace(bundle(Platform.LOCAL), digest="0" * 64)
    steps = installed.deployment(zipped=other).plan()
    changed = {step.name.split("-")[0]: step.change.detail for step in steps if step.changes}
    assert changed["bucket natrec"] == f"the functions' code is new: {other.key}"
    assert changed["stack natrec"] == "ArtifactKey differs"


def test_a_second_apply_makes_no_call_that_changes_anything(installed: Installation) -> None:
    clients = Recorded(installed.engine.client)
    applied = installed.deployment(clients=clients).carry_out(installed.deployment(clients=clients).plan())
    assert clients.changes() == []
    assert applied.outputs["TableName"] == "natrec"


def test_planning_a_whole_installation_only_reads(bare: Installation) -> None:
    clients = Recorded(bare.engine.client)
    bare.deployment(clients=clients).plan()
    assert clients.changes() == []


def test_a_plan_reads_the_stack_instances_once(installed: Installation) -> None:
    clients = Recorded(installed.engine.client)
    installed.deployment(clients=clients).plan()
    assert len(clients.given("list_stack_instances")) == 1


def _covering(config: OrgConfig, *regions: str) -> OrgConfig:
    """The config with the management account among the targets; without it where no region is said."""
    targets = config.document()["targets"]
    return _changed(
        config,
        targets={
            **targets,
            "regions": list(regions) or targets["regions"],
            "include_management_account": bool(regions),
        },
    )


def _spokes_of_the_management_account(installed: Installation) -> set[str]:
    found = set()
    for region in ("eu-west-1", "us-east-1"):
        client = installed.engine.client(installed.organization.management, region, "cloudformation")
        stacks = client.describe_stacks()["Stacks"]
        live = (each for each in stacks if each["StackStatus"] != "DELETE_COMPLETE")
        found |= {region for each in live if each["StackName"] == "natrec-spoke"}
    return found


def test_the_management_account_gets_a_plain_spoke_in_each_region_and_loses_it_again(
    installed: Installation,
) -> None:
    both = _covering(installed.config, "eu-west-1", "us-east-1")
    assert installed.changes(both)["stack natrec-spoke"] == "create"
    deployment = installed.deployment(both)
    applied = deployment.carry_out(deployment.plan())
    own = {(installed.organization.management, region) for region in ("eu-west-1", "us-east-1")}
    covered = {(each.account, each.region) for each in applied.outcomes if each.state == "done"}
    assert own < covered
    assert len(covered) == len(applied.outcomes)
    assert _spokes_of_the_management_account(installed) == {"eu-west-1", "us-east-1"}
    assert installed.changes(both) == {}
    threshold = {"standard": {"threshold": "9 GB", "period": "1m", "datapoints": "1 of 1"}}
    assert installed.changes(_changed(both, tiers=threshold))["stack natrec-spoke"] == "update"
    one = _covering(installed.config, "eu-west-1")
    assert installed.changes(one)["stack natrec-spoke"] == "delete"
    installed.deployment(one).apply()
    assert _spokes_of_the_management_account(installed) == {"eu-west-1"}
    installed.deployment().apply()
    assert _spokes_of_the_management_account(installed) == set()
    assert installed.changes() == {}


def test_the_bucket_of_the_functions_is_closed_again_when_somebody_opened_it(
    installed: Installation,
) -> None:
    s3 = installed.engine.client(installed.organization.hub, "eu-west-1", "s3")
    bucket = installed.config.names.artifacts_bucket(installed.organization.hub, "eu-west-1")
    closed = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    half = {**closed, "BlockPublicPolicy": False}
    for opened in ({}, half):
        s3.delete_public_access_block(Bucket=bucket)
        if opened:
            s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=opened)
        assert installed.changes() == {f"bucket {bucket}": "update"}
        installed.deployment().apply()
        assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == closed
    assert set(closed.values()) == {True}
    assert installed.changes() == {}


def test_old_code_goes_from_the_bucket_and_what_the_hub_names_stays(installed: Installation) -> None:
    s3 = installed.engine.client(installed.organization.hub, "eu-west-1", "s3")
    bucket = installed.config.names.artifacts_bucket(installed.organization.hub, "eu-west-1")
    for number in range(5):
        s3.put_object(Bucket=bucket, Key=f"{number}.zip", Body=b"zip")
    assert installed.changes() == {f"old code in {bucket}": "delete"}
    installed.deployment().apply()
    zips = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"] if "zip" in each["Key"]]
    assert len(zips) == KEPT
    assert bundle(Platform.LOCAL).key in zips
    assert installed.changes() == {}


def test_a_spoke_that_fails_in_the_management_account_is_told_and_stops_nothing(
    installed: Installation,
) -> None:
    iam = installed.engine.client(installed.organization.management, "eu-west-1", "iam")
    trust = '{"Version":"2012-10-17","Statement":[]}'
    iam.create_role(RoleName="natrec-worker-eu-west-1", AssumeRolePolicyDocument=trust)
    deployment = installed.deployment(_covering(installed.config, "eu-west-1", "us-east-1"))
    applied = deployment.carry_out(deployment.plan())
    (failed,) = applied.failed
    assert (failed.account, failed.region) == (installed.organization.management, "eu-west-1")
    assert "natrec-worker-eu-west-1" in str(failed.reason)
    assert _spokes_of_the_management_account(installed) == {"us-east-1"}
    iam.delete_role(RoleName="natrec-worker-eu-west-1")
    installed.deployment().apply()


def test_without_the_management_accounts_credentials_all_but_its_own_stacks_is_deployed(
    installed: Installation,
) -> None:
    place = installed.organization
    clients = Only(installed.engine.client, {place.hub, place.archive})
    threshold = {"standard": {"threshold": "9 GB", "period": "1m", "datapoints": "1 of 1"}}
    config = _changed(_covering(installed.config, "eu-west-1"), tiers=threshold)
    deployment = installed.deployment(config, clients=clients)
    steps = {step.name: step for step in deployment.plan()}
    for name in ("stack natrec-management", "stack natrec-spoke"):
        assert steps[name].change.action == "none"
        assert "--management-profile" in steps[name].change.detail
    assert steps["stack set natrec-spoke"].account == place.hub
    deployment.apply()
    again = installed.deployment(config, clients=clients).plan()
    assert [step.name for step in again if step.changes] == []
    installed.deployment().apply()
    assert installed.changes() == {}


def test_the_hub_and_the_archive_are_covered_too_where_they_are_below_the_targets(
    engine: Engine, fresh_account: Callable[[], str]
) -> None:
    organization = build(engine, 1, ("eu-west-1",), fresh_account())
    config = sandbox_config(organization)
    targets = {**config.document()["targets"], "ous": [organization.root]}
    made = Installation(engine, organization, _changed(config, targets=targets))
    deployment = made.deployment()
    applied = deployment.carry_out(deployment.plan())
    done = {each.account for each in applied.outcomes if each.state == "done"}
    assert {organization.hub, organization.archive, *(each.account for each in organization.members)} == done
    assert made.changes() == {}


def test_rules_that_a_removal_has_disabled_are_enabled_again(installed: Installation) -> None:
    ending = Ending(installed.config, installed.engine.client)
    ending.disable()
    assert ending.enabled() == ()
    assert installed.changes() == {"rules": "update"}
    installed.deployment().apply()
    assert (installed.changes(), len(ending.enabled())) == ({}, 3)


def test_the_policy_alone_is_for_a_hub_that_was_deployed_by_other_means(installed: Installation) -> None:
    other = _changed(installed.config, quotas={"account": {"active": 7}})
    deployment = installed.deployment(other)
    deployment.run(deployment.policy_steps())
    assert json.loads(installed.item()["document"]["S"])["quotas"]["account"]["active"] == 7
    installed.deployment().apply()


def test_a_hub_that_cannot_read_the_organization_is_told_with_its_reason(installed: Installation) -> None:
    hub, name = installed.organization.hub, "natrec-refresh-members"
    functions = installed.engine.client(hub, "eu-west-1", "lambda")
    handler = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="hub.nowhere.handler")
    (members,) = (step for step in installed.deployment().plan() if step.name == "members")
    with pytest.raises(RefreshError, match=r"natrec-refresh-members.*nowhere"):
        members.run()
    functions.update_function_configuration(FunctionName=name, Handler=handler)


def test_a_policy_that_the_hub_would_not_understand_is_never_stored(installed: Installation) -> None:
    tierless = installed.config.model_copy(update={"tiers": {}})
    with pytest.raises(PolicyError):
        sound_policy(tierless)
    before = installed.item()
    with pytest.raises(PolicyError):
        installed.deployment(tierless).apply()
    assert installed.item() == before
