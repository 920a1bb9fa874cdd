"""What is planted in a running sandbox is found by exactly the checks that it concerns."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orgconfig.errors import NatrecError
from scripts.stories.places import Organization
from scripts.stories.running import sandbox
from stacksets.administration import Administrator
from stacksets.doctor.registry import CHECKS
from stacksets.inspection.targets import Place
from stacksets.loading import load_config
from tests.stacksets.doctor.plants import OPT_IN, PLANTED, TYPE, Plant, World, scp, trusted_access_off


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with sandbox("--accounts", "1") as running:
        organization = Organization(running.line)
        organizations = organization.management("organizations")
        root = organizations.list_roots()["Roots"][0]["Id"]
        organizations.enable_policy_type(RootId=root, PolicyType=TYPE)
        yield World(organization, load_config(Path(running.line["config"])))


def test_nothing_is_wrong_where_nothing_is(world: World) -> None:
    assert world.examine() == {}


@pytest.mark.parametrize(
    ("plant", "checks", "words"), [each[1:] for each in PLANTED], ids=[each[0] for each in PLANTED]
)
def test_what_was_planted_is_found_by_its_own_checks_and_no_other(
    world: World, plant: Plant, checks: set[str], words: str
) -> None:
    with plant(world):
        found = world.examine()
    assert set(found) == checks
    for results in found.values():
        assert all(each.verdict.advice for each in results)
    assert any(words in each.verdict.found for results in found.values() for each in results)


def test_what_is_undone_is_well_again(world: World) -> None:
    assert world.examine() == {}


def test_without_trusted_access_the_stack_set_cannot_be_asked_for_either(world: World) -> None:
    with trusted_access_off(world):
        found = world.examine()
    assert "trusted access" in found
    assert set(found) <= {"trusted access", "stack set"}


def test_a_region_that_is_not_enabled_is_told_for_each_account(world: World) -> None:
    config = world.changed(targets={**world.config.document()["targets"], "regions": [OPT_IN]})
    found = world.examine(config)["region enabled"]
    assert [each.place for each in found] == [Place(world.member, OPT_IN)]
    assert "disabled" in found[0].verdict.found
    assert f"enable-region --region-name {OPT_IN}" in found[0].verdict.advice


def test_a_slack_secret_that_is_missing_or_no_url_is_told_and_never_shown(world: World) -> None:
    channel = {
        "email": world.config.document()["notify"]["email"],
        "slack": {"webhook_secret": "natrec/nobody-made-it"},
    }
    config = world.changed(notify=channel)
    missing = world.examine(config)
    behind = {"policy", "hub stack"}  # the config names another secret than what is deployed may read
    assert set(missing) == {"slack secrets", *behind}
    assert "does not exist" in missing["slack secrets"][0].verdict.found
    secrets = world.hub("secretsmanager")
    secrets.create_secret(
        Name="natrec/nobody-made-it", SecretString=' {"url": "https://hooks.slack.com/services/T/B/x"}'
    )
    told = json.dumps([each.document() for each in world.examine(config)["slack secrets"]])
    assert "white space" in told
    assert "T/B/x" not in told
    good = "https://hooks.slack.com/services/T/B/x"
    secrets.put_secret_value(SecretId="natrec/nobody-made-it", SecretString=good)
    assert set(world.examine(config)) == behind


def test_the_exemption_that_is_advised_lets_the_worker_through(world: World) -> None:
    with scp(world, {"Action": "ec2:*FlowLogs"}):
        [advised] = {
            json.dumps(each.verdict.policy)
            for each in world.examine()["delete flow logs"]
            if each.verdict.policy
        }
    [statement] = json.loads(advised)["Statement"]
    with scp(world, statement):
        assert world.examine() == {}


def test_who_may_not_look_is_told_so_and_nothing_there_is_well(world: World) -> None:
    def clients(account: str, region: str, service: str) -> Any:  # noqa: ANN401 - services come by name
        if account == world.member:
            raise NatrecError("its role cannot be assumed", next="Name another role with --role.")
        return world.client(account, region, service)

    found = world.examine(clients=clients)
    assert set(found) == {each.name for each in CHECKS if each.scope in ("account", "target")}
    for results in found.values():
        for each in results:
            assert each.verdict.advice.startswith("could not be asked: its role cannot be assumed. Name")


def test_a_delegated_administrator_sees_all_but_the_management_account(world: World) -> None:
    line = world.organization.line

    def clients(account: str, region: str, service: str) -> Any:  # noqa: ANN401 - services come by name
        if account == line["management_account"]:
            raise NatrecError(
                "its role cannot be assumed", next="Name its profile with --management-profile."
            )
        return world.client(account, region, service)

    found = world.examine(clients=clients, who=Administrator(line["hub"]["account"], "DELEGATED_ADMIN"))
    assert set(found) == {"management stack", "accounts rule", "accounts dead letters"}
    for results in found.values():
        assert "could not be asked" in results[0].verdict.advice
    with scp(world, {"Action": "ec2:DeleteFlowLogs"}):
        worse = world.examine(clients=clients, who=Administrator(line["hub"]["account"], "DELEGATED_ADMIN"))
    assert set(worse) - set(found) == {"delete flow logs"}


def test_the_management_account_is_a_target_where_the_config_covers_it(world: World) -> None:
    targets = {**world.config.document()["targets"], "include_management_account": True}
    found = world.examine(world.changed(targets=targets))
    management = world.organization.line["management_account"]
    assert {each.place.account for each in found["worker role"]} == {management}
    assert {"alarms", "forward rule"} <= set(found)
    assert "create flow logs" not in found
