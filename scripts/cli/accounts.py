"""Clients in any account of the organization, from the credentials that the SDK's own chain finds."""

import functools
import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError, ProfileNotFound

from orgconfig.errors import NatrecError
from stacksets.steps import UnreachableError

_CLIENT = Config(retries={"mode": "standard", "total_max_attempts": 6})
# Renewed long before its end, for a stack may take its time. What takes hours, the stack set, asks for its
# client anew before each call.
_RENEW_BEFORE = timedelta(minutes=40)


class Accounts:
    """Answers clients, made once per account, region and service.

    An account with a profile is reached with it; the caller's own account as the caller; any other through a
    role of one name. STS is always asked in a region, whatever the SDK is set to: tokens of the global
    endpoint are not valid in regions that must be enabled first (IAM User Guide, "Managing AWS STS in an AWS
    Region").
    """

    def __init__(
        self,
        role: str,
        region: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        profiles: Mapping[str, str] | None = None,
    ) -> None:
        """Take the SDK's own session; nothing is asked yet.

        Args:
            role: The role that leads into accounts other than the caller's own.
            region: Where STS is asked.
            now: The time.
            profiles: Profiles of the SDK by the accounts that they must lead into.

        """
        self._role, self._region, self._now = role, region, now
        self._session: Any = own_session(region)
        self._profiles = dict(profiles or {})
        self._by_profile: dict[str, Any] = {}
        self._assumed: dict[str, tuple[datetime, dict[str, str]]] = {}
        self._clients: dict[tuple[str, str, str, str], Any] = {}

    def __call__(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - any service's client
        """A client of a service in an account and region.

        Raises:
            UnreachableError: There are no credentials, or they do not lead into the account.
            NatrecError: The account's profile is not there, or leads elsewhere.

        """
        session = self._session_of(account)
        credentials = {} if account in self._profiles else self._credentials(account)
        key = (credentials.get("aws_access_key_id", ""), account, region, service)
        if key not in self._clients:
            self._clients[key] = _client(session, service, region, credentials)
        return self._clients[key]

    def caller(self, account: str) -> str:
        """ARN of whoever asks an account, as they are known before they assume a role there.

        Raises:
            UnreachableError: There are no credentials.
            NatrecError: The account's profile is not there, or leads elsewhere.

        """
        if account not in self._profiles:
            return self._caller[2]
        return str(_client(self._session_of(account), "sts", self._region).get_caller_identity()["Arn"])

    @functools.cached_property
    def sandboxed(self) -> bool:
        """Whether AWS is on this machine: the endpoint that the SDK was given is a loopback address."""
        return is_sandboxed(self._session, self._region)

    def _session_of(self, account: str) -> Any:  # noqa: ANN401 - as above
        profile = self._profiles.get(account)
        if profile is None:
            return self._session
        if profile not in self._by_profile:
            self._by_profile[profile] = _of_profile(profile, account, self._region)
        return self._by_profile[profile]

    @functools.cached_property
    def _caller(self) -> tuple[str, str, str]:
        """Account, partition and ARN of the caller."""
        try:
            told = _client(self._session, "sts", self._region).get_caller_identity()
        except NoCredentialsError:
            raise UnreachableError(
                "there are no AWS credentials", next="Set AWS_PROFILE; the management account's are needed."
            ) from None
        return told["Account"], told["Arn"].split(":")[1], told["Arn"]

    def _credentials(self, account: str) -> dict[str, str]:
        own, partition, _ = self._caller
        if account == own:
            return {}
        expires, credentials = self._assumed.get(account, (self._now(), {}))
        if self._now() >= expires - _RENEW_BEFORE:
            arn = f"arn:{partition}:iam::{account}:role/{self._role}"
            expires, credentials = self._assume(arn, own)
            self._assumed[account] = (expires, credentials)
        return credentials

    def _assume(self, role: str, own: str) -> tuple[datetime, dict[str, str]]:
        try:
            given = _client(self._session, "sts", self._region).assume_role(
                RoleArn=role, RoleSessionName="natrec"
            )["Credentials"]
        except ClientError as problem:
            raise UnreachableError(
                f"{role} cannot be assumed: {problem}",
                f"account {own}",
                "Use the management account's credentials, name another role with --role, or give profiles: "
                "--management-profile, --hub-profile, --archive-profile.",
            ) from problem
        return given["Expiration"], {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }


def _client(session: Any, service: str, region: str, credentials: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
    return session.client(service, region_name=region, config=_CLIENT, **(credentials or {}))


def _of_profile(profile: str, account: str, region: str) -> Session:
    """The session of a profile, once it is certain that it leads into the account.

    Raises:
        NatrecError: There is no such profile, or it leads elsewhere.

    """
    try:
        session = _regional(Session(profile_name=profile))
    except ProfileNotFound:
        raise NatrecError(
            f"there is no profile {profile}", f"account {account}", "Look at `aws configure list-profiles`."
        ) from None
    found = _client(session, "sts", region).get_caller_identity()["Account"]
    if found != account:
        raise NatrecError(
            f"profile {profile} leads into account {found}",
            f"account {account}",
            "Give each account its own profile, or none: then a role is assumed (--role).",
        )
    return session


def _regional(session: Session) -> Session:
    session._session.set_config_variable("sts_regional_endpoints", "regional")  # noqa: SLF001 - boto3 has no other way
    return session


def own_session(region: str) -> Session:
    """The SDK's own session; in a sandbox, which takes any credentials, it needs none."""
    session = _regional(Session())
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
