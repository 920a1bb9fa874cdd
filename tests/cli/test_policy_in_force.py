"""The policy decides the next alarm: applied, explained, and kept in the history."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from scripts.stories.places import Gateway, Organization, eventually
from scripts.stories.running import natrec, sandbox
from tests.scenarios.vocabulary import (
    alarm_fires,
    alarm_recovers,
    closed,
    executions,
    flow_logs,
    opened,
    refused,
)


class Hub:
    """A sandbox whose hub has met no alarm yet, and the config in force in it."""

    def __init__(self, line: Mapping[str, Any]) -> None:
        self.organization = Organization(line)
        self.config = Path(line["config"])

    def run(self, *words: str) -> CompletedProcess[str]:
        endpoint = self.organization.line["endpoint"]
        return natrec(*words, "-c", str(self.config), AWS_ENDPOINT_URL=endpoint)

    def json(self, *words: str) -> Any:  # noqa: ANN401 - whatever the verb prints
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def apply(self, **sections: Any) -> None:  # noqa: ANN401 - parts of a config
        document = yaml.safe_load(self.config.read_text())
        self.config.write_text(yaml.safe_dump({**document, **sections}, sort_keys=False))
        done = self.run("apply", "--yes")
        assert done.returncode == 0, done.stderr

    def tag(self, gateway: Gateway, key: str, value: str) -> None:
        gateway.client("ec2").create_tags(Resources=[gateway.id], Tags=[{"Key": key, "Value": value}])


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with sandbox("--accounts", "2") as running:
        yield Hub(running.line)


@pytest.fixture(scope="module")
def gateways(hub: Hub) -> dict[str, Gateway]:
    """One gateway for each rule of the policy that is applied."""
    made = {name: hub.organization.gateway() for name in ("off", "heavy", "owner", "muted", "plain", "team")}
    ou = hub.organization.management("organizations").list_parents(ChildId=made["plain"].account)["Parents"]
    tier = yaml.safe_load(hub.config.read_text())["tiers"]["standard"]
    hub.tag(made["owner"], "natrec:record", "never")
    hub.tag(made["team"], "natrec:tier", "heavy")
    hub.apply(
        tiers={"standard": tier, "heavy": {**tier, "threshold": "20 GB"}},
        overrides=[
            {"match": {"gateway": made["off"].id}, "set": {"enabled": False}},
            {"match": {"gateway": made["heavy"].id}, "set": {"tier": "heavy"}},
            {"match": {"ou": ou[0]["Id"]}, "set": {"max_duration": "4m"}},
        ],
        mute=[
            {
                "match": {"gateway": made["muted"].id},
                "from": "2020-01-01T00:00:00Z",
                "until": "2099-01-01T00:00:00Z",
                "reason": "the nightly backup",
            }
        ],
    )
    return made


@pytest.mark.parametrize(
    ("name", "reason", "words"),
    [
        ("off", "disabled", "overrides[0]"),
        ("heavy", "other_tier", "overrides[1]"),
        ("team", "other_tier", "tag natrec:tier"),
        ("owner", "opted_out", "natrec:record=never"),
        ("muted", "muted", "the nightly backup"),
    ],
)
def test_the_next_alarm_obeys_the_policy_and_the_refusal_says_where_it_was_set(
    hub: Hub, gateways: dict[str, Gateway], name: str, reason: str, words: str
) -> None:
    gateway = gateways[name]
    alarm_fires(gateway)
    eventually(lambda: [each["status"] for each in executions(gateway)] == ["SUCCEEDED"])
    answer = refused(gateway)
    assert answer["reason"] == reason
    assert words in answer["text"]
    assert flow_logs(gateway) == []
    [kept] = hub.json("recordings", "--gateway", gateway.id)
    assert (kept["state"], kept["reason"], kept["times"]) == ("refused", reason, 1)
    assert hub.json("show", kept["id"]) == kept


def test_explain_says_the_same_as_the_refusal(hub: Hub, gateways: dict[str, Gateway]) -> None:
    gateway = gateways["off"]
    told = hub.json(
        "explain", "--account", gateway.account, "--region", gateway.region, "--gateway", gateway.id
    )
    assert told["recording"]["enabled"] is False
    assert "overrides[0]" in told["sources"]["enabled"]
    assert told["refusal"]["reason"] == "disabled"


def test_a_recording_under_its_ous_policy_is_listed_and_shown(hub: Hub, gateways: dict[str, Gateway]) -> None:
    gateway = gateways["plain"]
    alarm_fires(gateway)
    recording = opened(gateway)
    told = hub.json(
        "explain", "--account", gateway.account, "--region", gateway.region, "--gateway", gateway.id
    )
    assert told["recording"]["max_duration"] == "4m"
    [listed] = hub.json("recordings", "--gateway", gateway.id, "--since", "1h")
    assert (listed["id"], listed["state"]) == (recording["id"], "open")
    alarm_recovers(gateway)
    closed(gateway)
    shown = hub.json("show", recording["id"])
    assert (shown["state"], shown["report"] is not None) == ("closed", True)
    in_words = hub.run("show", recording["id"]).stdout
    assert gateway.id in in_words
    assert hub.json("recordings", "--gateway", gateway.id, "--state", "failed") == []
    assert gateway.id in hub.run("recordings", "--since", "1h").stdout


def test_what_is_not_there_is_told_clearly(hub: Hub) -> None:
    done = hub.run("show", "rec-20200101T000000-00000000")
    assert (done.returncode, done.stdout) == (1, "")
    assert "natrec recordings" in done.stderr
    done = hub.run("recordings", "--since", "yesterday")
    assert done.returncode == 1
    assert "24h" in done.stderr
