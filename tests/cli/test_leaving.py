"""`natrec apply` with an account excluded that is being recorded, against a running sandbox."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scripts.stories.places import Organization, eventually
from scripts.stories.running import natrec, sandbox
from tests.scenarios.vocabulary import alarm_fires, executions, flow_logs, opened, recordings

LEAVING = "instances of natrec-spoke that are no targets"


@pytest.fixture
def organization() -> Iterator[Organization]:
    with sandbox("--accounts", "2") as running:
        yield Organization(running.line)


def test_an_account_that_is_excluded_while_it_records_is_left_without_a_flow_log(
    organization: Organization,
) -> None:
    config = Path(organization.line["config"])
    gateway = organization.gateway()
    alarm_fires(on=gateway)
    opened(on=gateway)
    assert flow_logs(of=gateway)
    document = yaml.safe_load(config.read_text())
    document["targets"]["exclude_accounts"] = [gateway.account]
    config.write_text(yaml.safe_dump(document, sort_keys=False))

    def run(verb: str, *options: str) -> tuple[str, str]:
        endpoint = organization.line["endpoint"]
        done = natrec(verb, "-c", str(config), *options, AWS_ENDPOINT_URL=endpoint)
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    planned, _ = run("plan")
    [line] = [each for each in planned.splitlines() if LEAVING in each]
    assert line.endswith("1 recording is open there and closed first")
    told = run("apply", "--yes", "--json")[1]
    assert "1 of 1 open recordings closed in places that are left" in told

    assert not flow_logs(of=gateway)
    [cut] = recordings(of=gateway)
    assert cut["state"] != "open"
    assert "left the targets" in cut["reason"]
    eventually(lambda: [each["status"] for each in executions(of=gateway)] == ["SUCCEEDED"], 60)
    assert recordings(of=gateway)[0]["report"]
    assert json.loads(run("apply", "--yes", "--json")[0])["changed"] is False
