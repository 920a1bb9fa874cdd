import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orgconfig.errors import NatrecError
from scripts.cli.accounts import Accounts, is_loopback, own_session
from scripts.cli.deploying import Ways
from scripts.sandbox.engine.core import DEFAULT_ACCOUNT, Engine
from stacksets.documents import write
from stacksets.loading import parse_config
from tests.orgconfig.documents import config

HOME = "eu-west-1"
VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_ENDPOINT_URL",
)


class _Clock:
    def __init__(self) -> None:
        self.time = datetime.now(UTC)  # noqa: TID251 - the engine's own credentials end by this clock

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without credentials."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    return monkeypatch


@pytest.fixture
def sandboxed(nobody: pytest.MonkeyPatch, engine: Engine) -> None:
    nobody.setenv("AWS_ENDPOINT_URL", engine.endpoint)


@pytest.mark.usefixtures("sandboxed")
def test_a_sandbox_needs_no_credentials_and_takes_us_for_its_management_account(account: str) -> None:
    accounts = Accounts("OrganizationAccountAccessRole", HOME)
    assert accounts.sandboxed
    assert accounts(DEFAULT_ACCOUNT, HOME, "sts").get_caller_identity()["Account"] == DEFAULT_ACCOUNT


@pytest.mark.usefixtures("sandboxed")
def test_another_account_is_reached_through_the_role(engine: Engine) -> None:
    account = _member(engine)
    told = Accounts("OrganizationAccountAccessRole", HOME)(account, HOME, "sts").get_caller_identity()
    assert told["Arn"] == f"arn:aws:sts::{account}:assumed-role/OrganizationAccountAccessRole/natrec"


@pytest.mark.usefixtures("sandboxed")
def test_an_account_of_its_own_is_never_assumed() -> None:
    told = Accounts("NoSuchRole", HOME)(DEFAULT_ACCOUNT, HOME, "sts").get_caller_identity()
    assert "NoSuchRole" not in told["Arn"]


@pytest.mark.usefixtures("sandboxed")
def test_a_role_that_cannot_be_assumed_is_told_with_what_to_do(engine: Engine) -> None:
    account = _member(engine)
    with pytest.raises(NatrecError, match=r"role/NoSuchRole cannot be assumed(.|\n)*--role"):
        Accounts("NoSuchRole", HOME)(account, HOME, "sts")


@pytest.mark.usefixtures("sandboxed")
def test_a_client_is_made_once_and_again_long_before_its_credentials_end(engine: Engine) -> None:
    account, clock = _member(engine), _Clock()
    accounts = Accounts("OrganizationAccountAccessRole", HOME, clock)
    first = accounts(account, HOME, "sts")
    assert accounts(account, HOME, "sts") is first
    clock.time += timedelta(minutes=30)
    assert accounts(account, HOME, "sts") is not first


@pytest.mark.usefixtures("nobody")
def test_aws_wants_credentials() -> None:
    accounts = Accounts("OrganizationAccountAccessRole", HOME)
    assert not accounts.sandboxed
    with pytest.raises(NatrecError, match="there are no AWS credentials"):
        accounts(DEFAULT_ACCOUNT, HOME, "sts")


@pytest.fixture
def profile(sandboxed: None, nobody: pytest.MonkeyPatch, engine: Engine, tmp_path: Path) -> str:
    """The account that the profile `acme` leads into, as the SDK's own file says."""
    account = _member(engine)
    given = engine.credentials(account)
    lines = ["[acme]", *(f"{name} = {value}" for name, value in given.items())]
    file = tmp_path / "credentials"
    file.write_text("\n".join(lines))
    nobody.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    return account


def test_an_account_with_a_profile_is_reached_with_it_and_no_role(profile: str) -> None:
    accounts = Accounts("NoSuchRole", HOME, profiles={profile: "acme"})
    assert accounts(profile, HOME, "sts").get_caller_identity()["Account"] == profile
    assert accounts(DEFAULT_ACCOUNT, HOME, "sts").get_caller_identity()["Account"] == DEFAULT_ACCOUNT


def test_a_profile_that_leads_elsewhere_is_refused_before_anything_is_done(profile: str) -> None:
    accounts = Accounts("NoSuchRole", HOME, profiles={"999999999999": "acme"})
    with pytest.raises(NatrecError, match=rf"999999999999: profile acme leads into account {profile}"):
        accounts("999999999999", HOME, "sts")


@pytest.mark.usefixtures("sandboxed")
def test_a_profile_that_is_not_there_is_told() -> None:
    with pytest.raises(NatrecError, match="there is no profile acme"):
        Accounts("any", HOME, profiles={"222222222222": "acme"})("222222222222", HOME, "sts")


def test_sts_is_asked_in_the_region_whatever_the_sdk_is_set_to(nobody: pytest.MonkeyPatch) -> None:
    nobody.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        nobody.setenv(name, "any")
    client: Any = own_session(HOME).client("sts", region_name=HOME)
    assert client.meta.endpoint_url == f"https://sts.{HOME}.amazonaws.com"


def test_flags_win_over_what_the_config_says_of_profiles() -> None:
    said = config(access__profiles={"hub": "from-config", "management": "kept"}, access__role="from-config")
    organization = parse_config(write(said)).organization
    ways = Ways(role="flag", hub="flag")
    assert ways.profiles(parse_config(write(said))) == {
        organization.hub.account: "flag",
        organization.management_account: "kept",
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://localhost:4566", True),
        ("http://[::1]:5000", True),
        ("https://sts.eu-west-1.amazonaws.com", False),
        ("http://10.0.0.1:5000", False),
    ],
)
def test_a_sandbox_is_known_by_its_loopback_address(url: str, expected: bool) -> None:  # noqa: FBT001
    assert is_loopback(url) is expected


def _member(engine: Engine) -> str:
    """An account that the caller may enter; the default account's organization may be another test's."""
    client = engine.client(DEFAULT_ACCOUNT, "us-east-1", "organizations")
    with contextlib.suppress(client.exceptions.AlreadyInOrganizationException):
        client.create_organization(FeatureSet="ALL")
    made = client.create_account(AccountName="a", Email="a@example.com")
    return str(made["CreateAccountStatus"]["AccountId"])
