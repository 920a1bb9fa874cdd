"""Clients of the hub and of its spokes, through real credentials."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hub.adapters.clock import SystemClock
from hub.adapters.sessions import Sessions
from hub.domain.errors import SpokeUnreachable, Transient
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.contract.calling import Seen
from tests.contract.worlds import NAMES, REGION
from tests.fakes import ManualClock

WORKER = "assumed-role/natrec-worker-us-east-1/natrec-hub"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SystemClock().now())


@pytest.fixture
def sessions(engine: Engine, account: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    for region in ("us-east-1", "eu-west-1"):
        _let_in(engine, account, NAMES.worker_role(region))
    for name, value in engine.credentials(account).items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", engine.endpoint)
    return Sessions(partition="aws", region=REGION, names=NAMES, clock=clock)


def _let_in(engine: Engine, hub_account: str, role: str) -> None:
    """The spoke's worker role trusts this test's hub account."""
    iam = engine.client(factories.ACCOUNT, "us-east-1", "iam")
    principal = {"AWS": f"arn:aws:iam::{hub_account}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    try:
        iam.create_role(RoleName=role, Path=NAMES.role_path, AssumeRolePolicyDocument=trust)
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=trust)


def test_the_hub_acts_in_its_own_account(sessions: Sessions, account: str) -> None:
    assert sessions.hub("sts").get_caller_identity()["Account"] == account
    assert sessions.hub("sts") is sessions.hub("sts")


def test_a_spoke_is_visited_as_its_worker(sessions: Sessions) -> None:
    client = sessions.spoke(factories.ACCOUNT, "us-east-1", "sts")
    who = client.get_caller_identity()
    assert (who["Account"], client.meta.region_name) == (factories.ACCOUNT, "us-east-1")
    assert who["Arn"].endswith(WORKER)


def test_a_session_is_used_again_while_it_is_valid_and_renewed_before_it_ends(
    sessions: Sessions, clock: ManualClock
) -> None:
    first = sessions.spoke(factories.ACCOUNT, "us-east-1", "ec2")
    clock.turn(minutes=12)
    assert sessions.spoke(factories.ACCOUNT, "us-east-1", "ec2") is first
    clock.turn(minutes=2)
    assert sessions.spoke(factories.ACCOUNT, "us-east-1", "ec2") is not first


def test_becoming_a_worker_is_what_is_declared(sessions: Sessions, account: str, tmp_path: Path) -> None:
    seen = Seen(tmp_path / "asked.jsonl", account, without=())
    seen(sessions.spoke, factories.ACCOUNT, "us-east-1", "ec2")
    assert not seen.faults(Sessions)


def test_each_region_has_its_own_worker(sessions: Sessions) -> None:
    one, two = (sessions.spoke(factories.ACCOUNT, region, "sts") for region in ("us-east-1", "eu-west-1"))
    assert one.get_caller_identity()["Arn"] != two.get_caller_identity()["Arn"]


def test_a_hub_that_answers_nothing_is_worth_another_try(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(Transient):
        sessions.spoke(factories.ACCOUNT, "us-east-1", "ec2")


def test_a_worker_that_does_not_exist_is_out_of_reach(sessions: Sessions) -> None:
    with pytest.raises(SpokeUnreachable, match="role/natrec/natrec-worker-ap-south-1: AccessDenied"):
        sessions.spoke(factories.ACCOUNT, "ap-south-1", "ec2")


class Kept(BaseHTTPRequestHandler):
    """EC2 without gateways, over connections that stay open as AWS's do."""

    protocol_version = "HTTP/1.1"
    connected: set[tuple[str, int]]
    signed: list[str]

    def do_POST(self) -> None:
        self.connected.add(self.client_address)
        self.signed.append(self.headers["Authorization"].split("Credential=")[1].split("/")[0])
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b"<DescribeNatGatewaysResponse><natGatewaySet/></DescribeNatGatewaysResponse>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class KnownSessions(Sessions):
    """Everybody's credentials are known, and named after the account."""

    def _assume(self, account: str, region: str) -> Any:  # noqa: ANN401, ARG002 - as STS answers it
        return {"AccessKeyId": f"ASIA{account}", "SecretAccessKey": "any", "SessionToken": "any"}


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Kept]]:
    class Own(Kept):
        connected, signed = set[tuple[str, int]](), list[str]()

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield Own
        server.shutdown()


def test_spokes_of_a_region_share_their_connections_and_each_signs_for_itself(
    ec2: type[Kept], clock: ManualClock
) -> None:
    sessions = KnownSessions(partition="aws", region=REGION, names=NAMES, clock=clock)
    accounts = ["444444444444", "555555555555", "666666666666"]
    for account in accounts:
        spoke = sessions.spoke(account, "us-east-1", "ec2")
        assert spoke.describe_nat_gateways()["NatGateways"] == []
    assert len(ec2.connected) == 1
    assert ec2.signed == [f"ASIA{account}" for account in accounts]
    sessions.spoke(accounts[0], "eu-west-1", "ec2").describe_nat_gateways()
    assert len(ec2.connected) == 2
