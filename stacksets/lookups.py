"""What AWS knows of one account and one gateway: its OUs, its state, its tags."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, NoCredentialsError

from orgconfig.errors import NatrecError
from orgconfig.members import Members

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_organizations import OrganizationsClient

_OFFLINE = "stay offline with --ou, as in --ou r-ab12/ou-ab12-payments"
# Organizations API reference, "Account": `State` takes the place of `Status`.
_GONE = frozenset({"SUSPENDED", "PENDING_CLOSURE", "CLOSED"})


class Lookups:
    """Asks AWS with the credentials of a session."""

    def __init__(self, session: "Session", role: str) -> None:
        """Take the session, and the name of the role that leads from its account into others."""
        self._session = session
        self._role = role

    def members(self, account: str, region: str) -> Members:
        """The organization as far as it concerns one account.

        Raises:
            NatrecError: The account is not in the organization, or these credentials cannot tell.

        """
        client: OrganizationsClient = self._session.client("organizations", region_name=region)
        with _told(
            account,
            _words(
                f"account {account} in this organization",
                "the organization",
                f"Ask as the management account, or {_OFFLINE}.",
            ),
        ):
            described = client.describe_account(AccountId=account)["Account"]
            path = _path(client, account)
        known = Members.of_path(account, path)
        state = described.get("State") or described["Status"]
        suspended = frozenset({account} if state in _GONE else ())
        return Members(known.ous, known.accounts, suspended, {account: described.get("Name", "")})

    def tags(self, account: str, region: str, gateway: str) -> dict[str, str]:
        """A gateway's tags.

        Raises:
            NatrecError: There is no such gateway, or these credentials cannot see it.

        """
        place = f"{account} {region}"
        advice = "Name another role with --role, or give the tags with --ou and --tag."
        closed = (
            f"region {region} is not enabled in account {account}, or the credentials have ended",
            advice,
        )
        words = _words(f"gateway {gateway}", f"the gateways of {account}", advice)
        with _told(place, {**words, "AuthFailure": closed, "InvalidClientTokenId": closed}):
            client = self._ec2(account, region)
            found = client.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
        if not found:
            raise NatrecError(f"there is no gateway {gateway}", place, "Look at its account and region.")
        return {tag["Key"]: tag["Value"] for tag in found[0].get("Tags", [])}

    def _ec2(self, account: str, region: str) -> "EC2Client":
        """As the account itself where the credentials are its own, else through the role."""
        sts = self._session.client("sts", region_name=region)
        if sts.get_caller_identity()["Account"] == account:
            return self._session.client("ec2", region_name=region)
        partition = self._session.get_partition_for_region(region)
        role = f"arn:{partition}:iam::{account}:role/{self._role}"
        credentials = sts.assume_role(RoleArn=role, RoleSessionName="natrec-explain")["Credentials"]
        return self._session.client(
            "ec2",
            region_name=region,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )


def _path(client: "OrganizationsClient", account: str) -> tuple[str, ...]:
    """The ids of an account's OUs from the root to its own; each child has one parent."""
    path: list[str] = []
    child, kind = account, "ACCOUNT"
    while kind != "ROOT":
        parent = client.list_parents(ChildId=child)["Parents"][0]
        child, kind = parent["Id"], parent["Type"]
        path.append(child)
    return tuple(reversed(path))


def _words(sought: str, seen: str, advice: str) -> dict[str, tuple[str, str]]:
    """What an error of AWS means here, by a part of its code: what is wrong, and what to do."""
    missing = (f"there is no {sought}", "Look at the account and region.")
    denied = (f"these credentials may not see {seen}", advice)
    return {
        "NotFound": missing,
        "NotInUse": (
            "the account of these credentials is in no organization",
            advice,
        ),
        "AccessDenied": denied,
        "UnauthorizedOperation": denied,
    }


@contextmanager
def _told(where: str, words: dict[str, tuple[str, str]]) -> Iterator[None]:
    """Tell AWS's refusals in words."""
    try:
        yield
    except NoCredentialsError:
        raise NatrecError("there are no AWS credentials", where, f"Set AWS_PROFILE, or {_OFFLINE}.") from None
    except ClientError as problem:
        code = problem.response["Error"]["Code"]
        for part, (what, advice) in words.items():
            if part in code:
                raise NatrecError(f"{what} ({code})", where, advice) from None
        raise
