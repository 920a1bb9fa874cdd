import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs

from orgconfig.resolution import Resolver, resolve
from orgconfig.subjects import Subject
from tests.orgconfig.documents import Document
from tests.orgconfig.policies import ACCOUNT, GATEWAY, PAYMENTS, ROOT, WORKLOADS, override, policy, subject

HEAVY, LIGHT, STANDARD = {"tier": "heavy"}, {"tier": "light"}, {"tier": "standard"}
TEAM, ENV = {"team": "a"}, {"env": "p"}


def test_every_gateway_has_the_defaults() -> None:
    org = policy(recording={"cooldown": "1h"})
    found = resolve(org, subject())
    assert found.recording == org.recording
    assert found.sources["cooldown"] == "recording.cooldown"
    assert found.sources["tier"] == "default"
    assert (found.opted_out, found.notes) == (False, ())


@pytest.mark.parametrize(
    ("overrides", "tier", "source"),
    [
        ([override(HEAVY, ou=ROOT)], "heavy", f"overrides[0] (ou {ROOT})"),
        ([override(HEAVY, ou=PAYMENTS), override(LIGHT, ou=WORKLOADS)], "heavy", "overrides[0] (ou "),
        ([override(HEAVY, ou=PAYMENTS), override(LIGHT, ou=PAYMENTS)], "light", "overrides[1] (ou "),
        ([override(HEAVY, account=ACCOUNT), override(LIGHT, ou=PAYMENTS)], "heavy", "overrides[0] (acc"),
        ([override(HEAVY, tag=TEAM), override(LIGHT, account=ACCOUNT)], "heavy", "overrides[0] (tag team=a)"),
        ([override(HEAVY, tag=TEAM), override(LIGHT, tag=ENV)], "light", "overrides[1] (tag env=p)"),
        ([override(HEAVY, tag=ENV), override(LIGHT, tag=TEAM)], "light", "overrides[1] (tag team=a)"),
        ([override(HEAVY, tag={**TEAM, **ENV})], "heavy", "overrides[0] (tag team=a and env=p)"),
        ([override(HEAVY, gateway=GATEWAY), override(LIGHT, tag=TEAM)], "heavy", "overrides[0] (gate"),
        ([override(HEAVY, tag={"team": "a", "env": "q"})], "standard", "default"),
        ([override(HEAVY, tag={"team": ""})], "standard", "default"),
        ([override(HEAVY, ou="ou-ab12-elsewhere")], "standard", "default"),
        ([override(HEAVY, account="555555555555")], "standard", "default"),
        ([override(HEAVY, gateway="nat-00000000000000000")], "standard", "default"),
        ([override(STANDARD, ou=ROOT)], "standard", f"overrides[0] (ou {ROOT})"),
    ],
)  # fmt: skip
def test_the_most_specific_override_wins_and_of_equals_the_later(
    overrides: list[Document], tier: str, source: str
) -> None:
    found = resolve(policy(overrides=overrides), subject(tags={**TEAM, **ENV}))
    assert found.recording.tier == tier
    assert found.sources["tier"].startswith(source)


def test_each_field_is_decided_on_its_own() -> None:
    overrides = [
        override({"tier": "heavy", "cooldown": "1h", "max_per": {"day": 9}}, ou=PAYMENTS),
        override({"cooldown": "0s"}, account=ACCOUNT),
        override({"enabled": False}, gateway=GATEWAY),
    ]
    found = resolve(policy(overrides=overrides), subject())
    assert (found.recording.enabled, found.recording.tier, found.recording.cooldown) == (False, "heavy", 0)
    assert structs.asdict(found.recording.max_per) == {"day": 9, "month": 0}
    wins = {field: source.partition(" ")[0] for field, source in found.sources.items() if source != "default"}
    assert wins == {
        "enabled": "overrides[2]",
        "tier": "overrides[0]",
        "cooldown": "overrides[1]",
        "max_per": "overrides[0]",
    }


def test_what_is_not_known_of_a_gateway_matches_nothing() -> None:
    overrides = [
        override(HEAVY, ou=ROOT),
        override(HEAVY, tag={"team": "a"}),
        override(HEAVY, gateway=GATEWAY),
    ]
    assert resolve(policy(overrides=overrides), Subject(ACCOUNT, "eu-west-1")).recording.tier == "standard"


def test_the_owners_tier_wins_over_tags_and_loses_to_the_gateways_own_override() -> None:
    tags = {"natrec:tier": "light", "team": "a"}
    by_tag = policy(overrides=[override(HEAVY, tag={"team": "a"})])
    found = resolve(by_tag, subject(tags=tags))
    assert (found.recording.tier, found.sources["tier"]) == ("light", "tag natrec:tier on the gateway")
    by_gateway = policy(overrides=[override(HEAVY, gateway=GATEWAY)])
    assert resolve(by_gateway, subject(tags=tags)).recording.tier == "heavy"


@pytest.mark.parametrize("value", ["never", "Never", " NEVER "])
def test_an_owner_opts_out_by_tag_whoever_else_wants_recordings(value: str) -> None:
    org = policy(overrides=[override({"enabled": True}, gateway=GATEWAY)])
    found = resolve(org, subject(tags={"natrec:record": value}))
    assert found.opted_out
    assert found.recording.enabled


def test_the_tags_carry_the_namespace() -> None:
    org = policy(namespace="acme")
    assert resolve(org, subject(tags={"acme:record": "never"})).opted_out
    assert not resolve(org, subject(tags={"natrec:record": "never"})).opted_out


@pytest.mark.parametrize(
    ("fields", "tags", "note"),
    [
        ({}, {"natrec:tier": "huge"},
         "names tier `huge`, which does not exist; heavy applies, and there are standard, heavy, light"),
        ({}, {"natrec:record": "no"}, "tag natrec:record says `no`, which means nothing; only `never` does"),
        ({"tags": {"allow_tier": False}}, {"natrec:tier": "light"},
         "the tag natrec:tier is not obeyed: tags.allow_tier is false"),
        ({"tags": {"allow_opt_out": False}}, {"natrec:record": "never"},
         "the tag natrec:record is not obeyed: tags.allow_opt_out is false"),
    ],
)  # fmt: skip
def test_a_tag_that_is_passed_over_is_told(fields: Document, tags: dict[str, str], note: str) -> None:
    found = resolve(policy(overrides=[override(HEAVY, ou=ROOT)], **fields), subject(tags=tags))
    (told,) = found.notes
    assert note in told
    assert found.recording.tier == "heavy"
    assert not found.opted_out


def _calls(work: Callable[[], Any]) -> int:
    """How many functions, Python's and C's, a piece of work calls: its cost, the same on any machine."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _many(count: int) -> list[Document]:
    ways: list[Callable[[int], Document]] = [
        lambda n: {"ou": f"ou-ab12-{n:08}"},
        lambda n: {"account": f"{n:012}"},
        lambda n: {"tag": {"team": f"t{n}", "env": "prod"}},
        lambda n: {"gateway": f"nat-{n:017x}"},
    ]
    return [override(HEAVY, **ways[n % len(ways)](n)) for n in range(count)]


def test_a_gateway_costs_the_same_with_500_overrides_as_with_ten() -> None:
    who = subject(tags={"Name": "egress", "team": "t2", "env": "prod"})
    few, many = (Resolver(policy(overrides=_many(count))) for count in (10, 500))
    assert _calls(lambda: many.resolve(who)) == _calls(lambda: few.resolve(who))
    assert many.resolve(who).recording.tier == "heavy"


def test_resolution_loads_quickly_without_models_or_anything_from_outside() -> None:
    code = (
        "import sys, orgconfig.refusing\n"
        "sys.exit(any(name.startswith(('orgconfig.models', 'boto', 'yaml')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
