"""A config that says another name or place than what is deployed: refused or moved, never orphaned."""

from collections.abc import Callable
from typing import Any

import pytest

from orgconfig.models import OrgConfig
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import build
from scripts.sandbox.settings import sandbox_config
from stacksets.moving import MovedError
from stacksets.others import BesideError
from stacksets.removal import Removal
from tests.stacksets.calls import Only, Recorded
from tests.stacksets.test_leaving import AWAY, REGION, Installation


@pytest.fixture(scope="module")
def installed(engine: Engine, fresh_account: Callable[[], str]) -> Installation:
    organization = build(engine, 2, (REGION,), fresh_account())
    made = Installation(engine, organization, sandbox_config(organization))
    made.apply(made.config)
    return made


def changed(config: OrgConfig, path: str, value: object) -> OrgConfig:
    """The config with another value at a dotted path."""
    document = config.document()
    *folders, last = path.split(".")
    at: Any = document
    for each in folders:
        at = at[each]
    at[last] = value
    return OrgConfig.model_validate(document)


def refused(installed: Installation, config: OrgConfig, accounts: set[str] | None = None) -> MovedError:
    """Planning is, and nothing was changed."""
    clients = Only(installed.engine.client, accounts) if accounts else installed.engine.client
    recorded = Recorded(clients)
    with pytest.raises(MovedError) as error:
        installed.deployment(config, recorded).plan()
    assert recorded.changes() == []
    return error.value


def test_another_account_of_the_hub_is_refused(installed: Installation) -> None:
    other = installed.organization.members[0].account
    error = refused(installed, changed(installed.config, "organization.hub.account", other))
    hub = installed.organization.hub
    assert f"organization.hub.account is {other} in this config; deployed is {hub}" in error.what
    assert f'    organization.hub.account: "{hub}"\n  natrec destroy -c before.yaml' in error.next
    assert "natrec apply -c natrec.yaml" in error.next


def test_another_region_of_the_hub_is_refused(installed: Installation) -> None:
    error = refused(installed, changed(installed.config, "organization.hub.region", AWAY))
    assert f"organization.hub.region is {AWAY} in this config; deployed is {REGION}" in error.what
    assert "another organization.archive.bucket" in error.next


def test_whoever_gets_into_no_management_account_is_refused_too(installed: Installation) -> None:
    organization = installed.organization
    client = installed.engine.client(organization.management, REGION, "organizations")
    principal = "member.org.stacksets.cloudformation.amazonaws.com"
    assert client.list_delegated_administrators(ServicePrincipal=principal)["DelegatedAdministrators"]
    inside = {organization.hub, organization.archive}
    error = refused(installed, changed(installed.config, "organization.hub.region", AWAY), inside)
    assert "role natrec-hub-onset" in error.what
    assert refused(installed, changed(installed.config, "iam.role_path", "/security/"), inside)


def test_what_is_deployed_elsewhere_is_not_removed_by_a_config_that_does_not_know_it(
    installed: Installation,
) -> None:
    moved = changed(installed.config, "organization.hub.region", AWAY)
    with pytest.raises(MovedError, match=f"deployed is {REGION}"):
        Removal(moved, installed.engine.client, poll=0.05).plan()


def test_another_path_of_the_roles_is_refused_before_anything_fails_half_way(
    installed: Installation,
) -> None:
    error = refused(installed, changed(installed.config, "iam.role_path", "/security/"))
    assert "iam.role_path is /security/ in this config; deployed is /natrec/" in error.what
    assert "    iam.role_path: /natrec/\n" in error.next


def test_another_account_of_the_archive_is_refused_where_the_bucket_keeps_its_name(
    installed: Installation,
) -> None:
    other = installed.organization.members[0].account
    error = refused(installed, changed(installed.config, "organization.archive.account", other))
    assert f"deployed is {installed.organization.archive}" in error.what
    assert "another name" in error.next


def test_another_namespace_is_refused_unless_somebody_says_that_both_shall_stand(
    installed: Installation,
) -> None:
    config = changed(
        changed(installed.config, "namespace", "other"), "organization.archive.bucket", "x-other"
    )
    deployment = installed.deployment(config)
    with pytest.raises(BesideError, match="namespace `natrec`") as error:
        deployment.plan()
    assert "--beside natrec" in error.value.next
    installed.beside = frozenset({"natrec"})
    assert any(step.name == "stack other-hub" for step in installed.deployment(config).plan())
    installed.beside = frozenset()


def test_what_was_refused_is_deployed_by_the_commands_that_were_told(
    engine: Engine, fresh_account: Callable[[], str]
) -> None:
    organization = build(engine, 1, (REGION,), fresh_account())
    made = Installation(engine, organization, sandbox_config(organization))
    made.apply(made.config)
    moved = changed(made.config, "iam.role_path", "/security/")
    removal = Removal(made.config, engine.client, poll=0.05)
    removal.run(removal.plan())
    assert made.apply(moved).failed == ()
    iam = engine.client(organization.members[0].account, REGION, "iam")
    assert iam.get_role(RoleName=f"natrec-worker-{REGION}")["Role"]["Path"] == "/security/"
    assert made.changes(moved) == {}
    table = engine.client(organization.hub, REGION, "dynamodb")
    assert table.describe_table(TableName="natrec")["Table"]["TableStatus"] == "ACTIVE"


def test_another_bucket_takes_the_archives_place_and_the_old_one_keeps_what_it_has(
    engine: Engine, fresh_account: Callable[[], str]
) -> None:
    organization = build(engine, 2, (REGION,), fresh_account())
    made = Installation(engine, organization, sandbox_config(organization))
    made.apply(made.config)
    made.record()
    s3 = engine.client(organization.archive, REGION, "s3")
    was, bucket = made.config.organization.archive.bucket, f"second-{organization.archive}"
    s3.put_object(Bucket=was, Key="natrec/AWSLogs/one", Body=b"records")
    policy = s3.get_bucket_policy(Bucket=was)["Policy"]
    moved = changed(made.config, "organization.archive.bucket", bucket)
    [told] = [each for each in made.deployment(moved).plan() if each.name == f"archive {was}"]
    assert not told.changes
    assert "1 recording is open and written into it to the end" in told.change.detail
    made.apply(moved)

    assert s3.get_object(Bucket=was, Key="natrec/AWSLogs/one")["Body"].read() == b"records"
    assert s3.get_bucket_policy(Bucket=was)["Policy"] == policy
    assert "LogDeliveryWrites" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    [on] = engine.client(made.leaver, REGION, "ec2").describe_flow_logs()["FlowLogs"]
    assert was in on["LogDestination"]
    functions = engine.client(organization.hub, REGION, "lambda")
    found = functions.get_function_configuration(FunctionName="natrec-open-recording")
    assert found["Environment"]["Variables"]["NATREC_ARCHIVE_BUCKET"] == bucket
    assert made.changes(moved) == {}
    assert not [each for each in made.deployment(moved).plan() if each.name.startswith("archive ")]

    back = made.deployment(made.config)
    with pytest.raises(Exception, match=f"there is a bucket {was} in account"):
        back.plan()


def test_another_account_and_bucket_make_a_second_archive_and_leave_the_first_alone(
    engine: Engine, fresh_account: Callable[[], str]
) -> None:
    organization = build(engine, 1, (REGION,), fresh_account())
    made = Installation(engine, organization, sandbox_config(organization))
    made.apply(made.config)
    account, was = organization.hub, made.config.organization.archive.bucket
    moved = changed(made.config, "organization.archive.account", account)
    moved = changed(moved, "organization.archive.bucket", f"second-{account}")
    [told] = [each for each in made.deployment(moved).plan() if each.name == f"archive {was}"]
    assert (
        f"With credentials of {organization.archive}, `aws cloudformation delete-stack" in told.change.detail
    )
    made.apply(moved)
    stacks = engine.client(organization.archive, REGION, "cloudformation")
    assert stacks.describe_stacks(StackName="natrec-archive")["Stacks"]
    assert engine.client(account, REGION, "s3").head_bucket(Bucket=f"second-{account}")
    assert made.changes(moved) == {}
