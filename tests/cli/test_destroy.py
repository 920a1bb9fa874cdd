"""`natrec destroy`, against a running sandbox: what natrec made goes, data stays, and it can come again."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from scripts import environment
from scripts.stories.places import Organization
from scripts.stories.running import NATREC, natrec, sandbox
from tests.scenarios.inventory import Found, inventory
from tests.scenarios.vocabulary import alarm_fires, alarm_recovers, closed, flow_logs, opened, recordings


@dataclass(frozen=True)
class World:
    """A sandbox without natrec, and everything that stood in it then."""

    organization: Organization
    config: Path
    before: set[Found]

    def run(self, verb: str, *options: str) -> CompletedProcess[str]:
        return natrec(verb, "-c", str(self.config), *options, AWS_ENDPOINT_URL=self.endpoint)

    def apply(self) -> dict[str, Any]:
        return _json(self.run("apply", "--yes", "--json"))

    def destroy(self, *options: str) -> dict[str, Any]:
        return _json(self.run("destroy", "--confirm", self.hub, "--json", *options))

    def left(self) -> set[tuple[str, str]]:
        """What stands there that did not before, by kind and name."""
        return {(kind, name) for _, _, kind, name in inventory(self.organization) - self.before}

    @property
    def endpoint(self) -> str:
        return str(self.organization.line["endpoint"])

    @property
    def hub(self) -> str:
        return str(self.organization.line["hub"]["account"])

    @property
    def archive(self) -> set[tuple[str, str]]:
        """What the archive is made of."""
        return {("cloudformation", "natrec-archive"), ("s3", self.organization.bucket)}


def _json(done: CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _without_keys(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {each for each in found if each[0] != "kms"}


@pytest.fixture
def world() -> Iterator[World]:
    with sandbox("--bare", "--accounts", "1") as running:
        organization = Organization(running.line)
        yield World(organization, Path(running.line["config"]), inventory(organization))


def test_everything_goes_during_a_recording_data_stays_and_a_second_installation_takes_it_over(
    world: World,
) -> None:
    world.apply()
    ended, going_on = world.organization.gateway(), world.organization.gateway()
    before = alarm_fires(on=ended)
    assert before
    opened(on=ended)
    alarm_recovers(on=ended)
    old = closed(on=ended)
    report = old["report"].split("/", 3)[3]
    alarm_fires(on=going_on)
    opened(on=going_on)
    assert flow_logs(of=going_on)

    gone = world.destroy()

    assert not flow_logs(of=going_on)
    left = world.left()
    assert _without_keys(left) == {*world.archive, ("dynamodb", "natrec")}
    # the table could not be read again without its own
    keys = {each for each in left if each[0] == "kms"}
    assert {name.split(" ", 1)[1] for _, name in keys} == {
        "Flow log records of natrec",
        "History, notices, reports and logs of natrec",
    }
    stays = " ".join(each["what"] for each in gone["stays"])
    assert "table natrec" in stays
    assert world.organization.bucket in stays
    kept = world.organization.archive("s3").get_object(
        Bucket=world.organization.bucket, Key=f"natrec/reports/{report}"
    )
    assert json.loads(kept["Body"].read())["recording"]["id"] == old["id"]
    [cut] = recordings(of=going_on)
    assert cut["state"] != "open"
    assert "removed" in cut["reason"]

    again = world.destroy()
    assert all(step["action"] == "none" for step in again["steps"])

    world.apply()
    assert world.apply()["changed"] is False
    assert {each for each in world.left() if each[0] == "kms"} == keys
    [kept_recording] = recordings(of=ended)
    assert kept_recording["id"] == old["id"]
    assert kept_recording["report"] == f"s3://{world.organization.bucket}/natrec/reports/{report}"
    alarm_fires(on=world.organization.gateway())
    another = world.organization.gateway()
    alarm_fires(on=another)
    opened(on=another)
    alarm_recovers(on=another)
    closed(on=another)

    world.destroy("--archive", "--history")
    assert world.left() == set()


def test_the_hubs_account_must_be_known_and_nothing_is_removed_unattended(world: World) -> None:
    world.apply()
    before = inventory(world.organization)
    wrong = world.run("destroy", "--confirm", "999999999999")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "999999999999 is not the account of this config's hub" in wrong.stderr
    unattended = world.run("destroy")
    assert (unattended.returncode, unattended.stdout) == (1, "")  # its stdin has ended
    assert "--confirm" in unattended.stderr
    typed = _typing(world, "123\n")
    assert typed.returncode == 1
    assert inventory(world.organization) == before
    _interrupted(world)
    assert _typing(world, f"{world.hub}\n").returncode == 0
    assert _without_keys(world.left()) == {*world.archive, ("dynamodb", "natrec")}


def _typing(world: World, answer: str) -> CompletedProcess[bytes]:
    """Run it on a terminal, and type an answer."""
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    variables = {**environment.variables(), "AWS_ENDPOINT_URL": world.endpoint, "NO_COLOR": "1"}
    try:
        return subprocess.run(  # noqa: S603 - our own program
            [NATREC, "destroy", "-c", str(world.config)],
            stdin=theirs,
            capture_output=True,
            check=False,
            timeout=60,
            env=variables,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def _interrupted(world: World) -> None:
    """Begin it, and press Ctrl-C when the first stack has gone."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [NATREC, "destroy", "-c", str(world.config), "--confirm", world.hub],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment.variables(), "AWS_ENDPOINT_URL": world.endpoint},
    ) as process:
        assert process.stderr
        begun = pressed = False
        for line in process.stderr:
            # Once: a second Ctrl-C while Python ends would end it by the signal.
            if "stack natrec-hub" in line and begun and not pressed:
                process.send_signal(signal.SIGINT)
                pressed = True
            begun = begun or "remove something" in line
        assert process.wait(30) == 130
