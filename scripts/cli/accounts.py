"""Clients in any account of the organization, from the credentials that the SDK's own chain finds."""

import functools
import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError

from orgconfig.errors import NatrecError

_CLIENT = Config(retries={"mode": "standard", "total_max_attempts": 6})
# Renewed long before its end, for a stack may take its time. What takes hours, the stack set, runs in the
# management account, and there with the caller's own credentials.
_RENEW_BEFORE = timedelta(minutes=40)


class Accounts:
    """Answers clients, made once per account, region and service."""

    def __init__(
        self, role: str, region: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Take the SDK's own session; nothing is asked yet.

        Args:
            role: The role that leads into accounts other than the caller's own.
            region: Where STS is asked.
            now: The time.

        """
        self._role, self._region, self._now = role, region, now
        self._session: Any = own_session(region)
        self._assumed: dict[str, tuple[datetime, dict[str, str]]] = {}
        self._clients: dict[tuple[str, str, str, str], Any] = {}

    def __call__(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - any service's client
        """A client of a service in an account and region.

        Raises:
            NatrecError: There are no credentials, or they do not lead into the account.

        """
        credentials = self._credentials(account)
        key = (credentials.get("aws_access_key_id", ""), account, region, service)
        if key not in self._clients:
            self._clients[key] = self._client(service, region, credentials)
        return self._clients[key]

    @functools.cached_property
    def sandboxed(self) -> bool:
        """Whether AWS is on this machine: the endpoint that the SDK was given is a loopback address."""
        return is_sandboxed(self._session, self._region)

    def _client(self, service: str, region: str, credentials: dict[str, str]) -> Any:  # noqa: ANN401
        return self._session.client(service, region_name=region, config=_CLIENT, **credentials)

    @functools.cached_property
    def _caller(self) -> tuple[str, str]:
        """Account and partition of the caller."""
        try:
            told = self._client("sts", self._region, {}).get_caller_identity()
        except NoCredentialsError:
            raise NatrecError(
                "there are no AWS credentials", next="Set AWS_PROFILE; the management account's are needed."
            ) from None
        return told["Account"], told["Arn"].split(":")[1]

    def _credentials(self, account: str) -> dict[str, str]:
        own, partition = self._caller
        if account == own:
            return {}
        expires, credentials = self._assumed.get(account, (self._now(), {}))
        if self._now() >= expires - _RENEW_BEFORE:
            arn = f"arn:{partition}:iam::{account}:role/{self._role}"
            expires, credentials = self._assume(arn, own)
            self._assumed[account] = (expires, credentials)
        return credentials

    def _assume(self, role: str, own: str) -> tuple[datetime, dict[str, str]]:
        sts = self._client("sts", self._region, {})
        try:
            given = sts.assume_role(RoleArn=role, RoleSessionName="natrec")["Credentials"]
        except ClientError as problem:
            raise NatrecError(
                f"{role} cannot be assumed: {problem}",
                f"account {own}",
                "Use the management account's credentials, or name another role with --role.",
            ) from problem
        return given["Expiration"], {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }


def own_session(region: str) -> Session:
    """The SDK's own session; in a sandbox, which takes any credentials, it needs none."""
    session = Session()
    if session.get_credentials() is None and is_sandboxed(session, region):
        return Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox")  # noqa: S106 - any will do
    return session


def is_sandboxed(session: Session, region: str) -> bool:
    """Whether AWS is on this machine: the endpoint that the SDK was given is a loopback address."""
    client = session.client(
        "sts",
        region_name=region,
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - nothing is called
    )
    return is_loopback(client.meta.endpoint_url)


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
