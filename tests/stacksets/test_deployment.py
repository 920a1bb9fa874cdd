"""One deployment over an organization on the engine: planned, applied, changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from orgconfig.models import OrgConfig
from orgconfig.policy import PolicyError
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import Organization, build
from scripts.sandbox.settings import sandbox_config
from stacksets.bundling import Bundle, Platform, bundle
from stacksets.deployment import Deployment
from stacksets.hub_policy import RefreshError, sound_policy
from tests.sandbox.eventually import eventually

KEY = {"pk": {"S": "POLICY"}, "sk": {"S": "CURRENT"}}


@dataclass(frozen=True)
class Installation:
    """natrec in an organization of one member."""

    engine: Engine
    organization: Organization
    config: OrgConfig

    def deployment(self, config: OrgConfig | None = None, zipped: Bundle | None = None) -> Deployment:
        return Deployment(
            config or self.config,
            self.engine.client,
            zipped or bundle(Platform.LOCAL),
            lambda _: None,
            poll=0.05,
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
