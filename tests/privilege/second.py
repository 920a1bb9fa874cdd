"""A second judge: ministack, which runs the calls themselves and enforces policies on them.

Of natrec's policies it can judge what the hub's functions do in their own account. It has no organization to
be in (aws:PrincipalOrgID), takes a session's ARN for aws:PrincipalArn where AWS takes its role's (IAM User
Guide, "AWS global condition context keys"), and tells no tags of flow logs, so the worker's and the archive's
policies stay with the first judge; trust, external id and tags are tried with policies of the tests' own.
"""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError

from scripts.checks.apart import installed
from tests.privilege.deployed import Document, Installation

VERSION = "1.5.33"
_SECONDS = 30
_QUICKLY = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
# How services say that somebody may not.
_DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "403"}


@dataclass(frozen=True)
class Caller:
    """Credentials; an account's id is the key of its root user."""

    key: str
    secret: str = "none"
    token: str | None = None


class Ministack:
    """The running emulator, in one region."""

    def __init__(self, endpoint: str, region: str) -> None:
        self.endpoint, self.region = endpoint, region
        self._session: Any = Session(region_name=region)
        self._clients: dict[tuple[Caller, str, bool], Any] = {}

    def client(self, caller: Caller, service: str, *, tls: bool = True) -> Any:  # noqa: ANN401 - of any service
        """A client that came over TLS, as a load balancer would tell, or without."""
        if (caller, service, tls) not in self._clients:
            made = self._session.client(
                service,
                endpoint_url=self.endpoint,
                aws_access_key_id=caller.key,
                aws_secret_access_key=caller.secret,
                aws_session_token=caller.token,
                config=_QUICKLY,
            )
            if tls:
                made.meta.events.register("before-send", _came_over_tls)
            self._clients[caller, service, tls] = made
        return self._clients[caller, service, tls]

    def become(self, account: str, name: str, policy: Document) -> Caller:
        """A role with this policy, and a session of it."""
        anybody = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
        made = self.role(account, name, {"Version": "2012-10-17", "Statement": [anybody]}, policy)
        found = self.client(Caller(account), "sts").assume_role(RoleArn=made, RoleSessionName="judged")
        return Caller(
            found["Credentials"]["AccessKeyId"],
            found["Credentials"]["SecretAccessKey"],
            found["Credentials"]["SessionToken"],
        )

    def role(self, account: str, name: str, trust: Document, policy: Document | None = None) -> str:
        """The ARN of a new role."""
        iam = self.client(Caller(account), "iam")
        made: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        if policy:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
        return made


def _came_over_tls(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
    request.headers["X-Forwarded-Proto"] = "https"


def allows(act: Callable[[Any], object], client: object) -> bool:
    """Whether a call gets as far as its service."""
    try:
        act(client)
    except ClientError as error:
        return error.response["Error"]["Code"] not in _DENIED
    return True


@contextmanager
def running(folder: Path, region: str) -> Iterator[Ministack]:
    """The emulator with enforcement, on this machine's own interface only.

    Raises:
        UnavailableError: It cannot be installed here.

    """
    program = installed("ministack", VERSION) / "ministack"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "HOME": str(folder),
        "PATH": os.defpath,
    }
    with (folder / "ministack.log").open("w") as log:
        process = subprocess.Popen([program], cwd=folder, env=variables, stdout=log, stderr=log)  # noqa: S603 - pinned
        try:
            _await(f"http://127.0.0.1:{port}/_ministack/health", process)
            yield Ministack(f"http://127.0.0.1:{port}", region)
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + _SECONDS
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own
                return
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                raise AssertionError("ministack has ended") from None
    raise AssertionError("ministack does not answer")


class HubAccount:
    """What the hub's functions act on, with the policies that stand before it in the templates."""

    def __init__(self, at: Ministack, installation: Installation) -> None:
        names, self.account = installation.config.names, installation.config.organization.hub.account
        self.installation, self._root = installation, Caller(self.account)
        self._at = at
        self.table, self.reports = names.table, names.reports_bucket(self.account, at.region)
        dynamodb, sns = at.client(self._root, "dynamodb"), at.client(self._root, "sns")
        for name in (self.table, "somebody-elses"):
            dynamodb.create_table(TableName=name, **_TABLE)
        s3 = at.client(self._root, "s3")
        s3.create_bucket(Bucket=self.reports, CreateBucketConfiguration={"LocationConstraint": at.region})
        self.topic = sns.create_topic(Name=names.topic)["TopicArn"]
        self.queues = {
            name: self._queue(name) for name in (names.notices_queue, names.dead_notices, names.dead_letters)
        }
        secrets = at.client(self._root, "secretsmanager")
        self.secret = secrets.create_secret(Name="natrec/slack", SecretString="x")["ARN"]

    def guard(self, arns: Mapping[str, str]) -> None:
        """Put the templates' policies before the queues, by the queues' names."""
        sqs = self._at.client(self._root, "sqs")
        for name, url in self.queues.items():
            document = self.installation.documents[self.installation.guarding[arns[name]]]
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})

    def _queue(self, name: str) -> str:
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url: str = self._at.client(self._root, "sqs").create_queue(QueueName=name, Attributes=fifo)[
            "QueueUrl"
        ]
        return url


KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
_TABLE: Mapping[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "watched", "month")
    ],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": index,
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        for index, key in (("open", "watched"), ("history", "month"))
    ],
}
