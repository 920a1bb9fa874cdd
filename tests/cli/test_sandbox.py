"""`natrec sandbox` and `./scripts/demo` from outside, as programs."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scripts import environment
from scripts.stories.places import Organization
from scripts.stories.running import NATREC, Sandbox, natrec, sandbox

KEYS = {
    "endpoint",
    "management_account",
    "hub",
    "archive",
    "accounts",
    "regions",
    "gateways",
    "config",
    "mail",
    "slack",
}
DEMO = NATREC.parent / "demo"
EXAMPLE = NATREC.parents[1] / "orgconfig" / "example.yaml"


def running_below(process: int) -> list[int]:
    """Every process that descends from one, itself included."""
    parents = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = each.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(each.parent.name)] = int(rest.split()[1])
    found = [process]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.fixture(scope="module")
def bare() -> Iterator[Sandbox]:
    with sandbox("--bare", "--accounts", "2") as running:
        yield running


def test_a_bare_sandbox_is_an_organization_without_natrec(bare: Sandbox) -> None:
    assert set(bare.line) == KEYS
    assert set(bare.line["hub"]) == {"account", "region"}
    assert set(bare.line["archive"]) == {"account", "bucket"}
    assert len(bare.line["accounts"]) == 2
    assert {frozenset(each) for each in bare.line["gateways"]} == {frozenset({"account", "region", "id"})}
    organization = Organization(bare.line)
    assert organization.hub("cloudformation").list_stacks()["StackSummaries"] == []
    assert organization.hub("s3").list_buckets()["Buckets"] == []
    assert organization.management("cloudformation", "eu-west-1").list_stacks()["StackSummaries"] == []
    for account in bare.line["accounts"]:
        assert organization.client(account, "eu-west-1", "cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_the_config_of_a_sandbox_is_valid(bare: Sandbox) -> None:
    done = natrec("check", "--json", "-c", bare.line["config"])
    assert (done.returncode, json.loads(done.stdout)) == (0, {"ok": True, "errors": []})


def test_traffic_is_driven_from_another_process(bare: Sandbox) -> None:
    gateway = bare.line["gateways"][0]
    place = ("--account", gateway["account"], "--region", gateway["region"])
    done = natrec(
        "sandbox", "traffic", gateway["id"], *place, "--mbps", "80", "--seconds", "1", "--json",
        AWS_ENDPOINT_URL=bare.line["endpoint"],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["gateway"], told["mbps"], told["direction"]) == (gateway["id"], 80, "download")
    cloudwatch = Organization(bare.line).client(gateway["account"], gateway["region"], "cloudwatch")
    metrics = cloudwatch.list_metrics(Namespace="AWS/NATGateway")["Metrics"]
    assert {"BytesInFromSource", "BytesInFromDestination"} <= {each["MetricName"] for each in metrics}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"nat": "nat-0123456789abcdef0"}, 1, "no gateway nat-0123456789abcdef0"),
        ({"--account": "999999999999"}, 1, "in 999999999999"),
        ({"--direction": "sideways"}, 2, "download"),
        ({"--mbps": "0"}, 2, "mbps"),
        ({"--seconds": "0"}, 2, "seconds"),
        ({"endpoint": ""}, 1, "AWS_ENDPOINT_URL"),
        ({"endpoint": "http://127.0.0.1:9"}, 1, "still running?"),
    ],
)
def test_traffic_that_cannot_flow_is_told_clearly(
    bare: Sandbox, changes: dict[str, str], code: int, words: str
) -> None:
    gateway = bare.line["gateways"][0]
    asked = {
        "nat": gateway["id"],
        "endpoint": bare.line["endpoint"],
        "--account": gateway["account"],
        "--region": gateway["region"],
        "--mbps": "80",
        "--seconds": "1",
        **changes,
    }
    nat, endpoint = asked.pop("nat"), asked.pop("endpoint")
    options = [word for option in asked.items() for word in option]
    done = natrec("sandbox", "traffic", nat, *options, AWS_ENDPOINT_URL=endpoint)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


def test_a_sandbox_takes_the_rules_of_a_config_and_its_own_places(tmp_path: Path) -> None:
    document = yaml.safe_load(EXAMPLE.read_text())
    document |= {"recording": {"tier": "heavy", "max_duration": "7s"}, "overrides": []}
    config = tmp_path / "mine.yaml"
    config.write_text(yaml.safe_dump(document))
    with sandbox("-c", str(config), "--accounts", "1") as running:
        children = running_below(running.process.pid)
        workdir = Path(running.line["config"]).parent
        force = yaml.safe_load(Path(running.line["config"]).read_text())
        assert force["recording"]["tier"] == "heavy"
        assert set(force["tiers"]) == {"standard", "heavy"}
        assert force["quotas"]["account"]["active"] == 5
        assert force["organization"]["hub"] == running.line["hub"]
        assert force["organization"]["id"] != document["organization"]["id"]
        assert natrec("check", "-c", running.line["config"]).returncode == 0
        organization = Organization(running.line)
        account = running.line["accounts"][0]
        alarms = organization.client(account, "us-east-1", "cloudwatch").describe_alarms()["MetricAlarms"]
        assert len(alarms) == 8
        assert running.stop(signal.SIGTERM) == 0
        assert running.process.stdout
        assert running.process.stdout.read() == ""
    assert not any(alive(each) for each in children)
    assert not workdir.exists()


def test_a_port_that_is_taken_is_told_clearly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = natrec("sandbox", "up", "--bare", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sandbox_that_is_stopped_before_it_is_ready_gives_up_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own program
        [NATREC, "sandbox", "up"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment.variables(), "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stderr
        assert "starting" in process.stderr.readline()
        process.terminate()
        assert process.wait(30) == 130  # as long as a start, where Python drops the interrupt
        assert process.stdout
        assert process.stdout.read() == ""
    assert not list(tmp_path.glob("natrec-*"))


def test_a_config_that_is_broken_starts_nothing(tmp_path: Path) -> None:
    config = tmp_path / "broken.yaml"
    config.write_text("version: 1\nnamespace: [\n")
    done = natrec("sandbox", "up", "-c", str(config))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{config}:" in done.stderr


def test_the_demo_prints_one_document_and_leaves_nothing(tmp_path: Path) -> None:
    variables = {**environment.variables(), "TMPDIR": str(tmp_path)}
    done = subprocess.run(  # noqa: S603 - our own program
        [DEMO, "--json"], capture_output=True, text=True, check=False, timeout=170, env=variables
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["recording"]["state"] == "closed"
    assert document["recording"]["delivered_objects"] > 0
    assert [each["seconds"] for each in document["timeline"]] == sorted(
        each["seconds"] for each in document["timeline"]
    )
    assert len(document["notices"]) == 2
    report = json.loads(Path(document["report"]).read_text())
    assert report["recording"]["id"] == document["recording"]["id"]
    assert report["headline"] in " ".join(document["notices"][1]["text"].split())
    assert report["headline"] in Path(document["page"]).read_text()
    assert not list(tmp_path.glob("natrec-*"))


def test_a_demo_that_is_interrupted_leaves_nothing_running(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own program
        [DEMO, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**environment.variables(), "TMPDIR": str(tmp_path)},
    ) as demo:
        assert demo.stderr
        assert all(demo.stderr.readline() for _ in range(5))  # by then it is deploying
        children = running_below(demo.pid)
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(10) != 0
        assert demo.stdout
        assert demo.stdout.read() == ""
    assert not any(alive(each) for each in children)
    assert not list(tmp_path.glob("natrec-*"))
