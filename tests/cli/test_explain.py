"""`natrec explain`."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.cli.main import run
from scripts.sandbox.engine.core import Engine
from tests.sandbox.organization import Organization

ACCOUNT, GATEWAY = "444444444444", "nat-0123456789abcdef0"
PLACE = ["--account", ACCOUNT, "--region", "eu-west-1"]
ELSEWHERE = ["--ou", "r-ab12/ou-ab12-workloads"]
PAYMENTS = ["--ou", "r-ab12/ou-ab12-payments"]

TABLE = """\
account 444444444444, region eu-west-1, gateway nat-0123456789abcdef0
below r-ab12/ou-ab12-payments
tags team=data-platform, natrec:tier=huge

FIELD            VALUE                WHERE
recording
  enabled        false                natrec.yaml:75 overrides[2] (gateway
                                      nat-0123456789abcdef0)
  tier           heavy                natrec.yaml:71 overrides[0] (ou
                                      ou-ab12-payments)
  max_duration   1h                   natrec.yaml:73 overrides[1] (tag
                                      team=data-platform)
  hard_limit     6h                   natrec.yaml:53 recording.hard_limit
  cooldown       30m                  natrec.yaml:54 recording.cooldown
  delivery_wait  12m                  natrec.yaml:55 recording.delivery_wait
  max_per        3 a day, 30 a month  natrec.yaml:56 recording.max_per
tier heavy
  threshold      20 GB                natrec.yaml:44 tiers.heavy.threshold
  period         1m                   natrec.yaml:45 tiers.heavy.period
  datapoints     3 of 5               natrec.yaml:46 tiers.heavy.datapoints
each account
  active         5                    natrec.yaml:61 quotas.account.active
  max_per        20 a day             natrec.yaml:62 quotas.account.max_per
organization
  active         25                   natrec.yaml:64 quotas.organization.active
  max_per        200 a day            natrec.yaml:65 quotas.organization.max_per
  delivered      500 GB a month       natrec.yaml:66
                                      quotas.organization.delivered

Not recorded (disabled): recording is switched off for this gateway
  (natrec.yaml:75 overrides[2] (gateway nat-0123456789abcdef0)).
Note: the tag natrec:tier names tier `huge`, which does not exist; heavy
  applies, and there are standard, heavy.
"""
DOCUMENT = {
    "account": ACCOUNT,
    "region": "eu-west-1",
    "path": ["r-ab12", "ou-ab12-payments"],
    "gateway": None,
    "tags": {"team": "data-platform"},
    "recording": {
        "enabled": True,
        "tier": "heavy",
        "max_duration": "1h",
        "hard_limit": "6h",
        "cooldown": "30m",
        "delivery_wait": "12m",
        "max_per": {"day": 3, "month": 30},
    },
    "sources": {
        "enabled": "natrec.yaml:50 recording.enabled",
        "tier": "natrec.yaml:71 overrides[0] (ou ou-ab12-payments)",
        "max_duration": "natrec.yaml:73 overrides[1] (tag team=data-platform)",
        "hard_limit": "natrec.yaml:53 recording.hard_limit",
        "cooldown": "natrec.yaml:54 recording.cooldown",
        "delivery_wait": "natrec.yaml:55 recording.delivery_wait",
        "max_per": "natrec.yaml:56 recording.max_per",
    },
    "tier": {
        "name": "heavy",
        "threshold": "20 GB",
        "period": "1m",
        "datapoints": "3 of 5",
        "sources": {
            "threshold": "natrec.yaml:44 tiers.heavy.threshold",
            "period": "natrec.yaml:45 tiers.heavy.period",
            "datapoints": "natrec.yaml:46 tiers.heavy.datapoints",
        },
    },
    "quotas": {
        "account": {"active": 5, "max_per": {"day": 20, "month": 0}},
        "organization": {
            "active": 25,
            "max_per": {"day": 200, "month": 0},
            "delivered": {"day": 0, "month": "500 GB"},
        },
        "sources": {
            "account": {
                "active": "natrec.yaml:61 quotas.account.active",
                "max_per": "natrec.yaml:62 quotas.account.max_per",
            },
            "organization": {
                "active": "natrec.yaml:64 quotas.organization.active",
                "max_per": "natrec.yaml:65 quotas.organization.max_per",
                "delivered": "natrec.yaml:66 quotas.organization.delivered",
            },
        },
    },
    "refusal": None,
    "notes": [],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the example as its config, no credentials, and a terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert run(["init"]) == 0
    return tmp_path


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["explain", *arguments, "--json"]) == 0, capsys.readouterr().err
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    capsys.readouterr()
    assert run(["explain", *arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


def test_the_table_shows_every_value_with_its_source_in_80_columns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    capsys.readouterr()
    tags = ["--tag", "team=data-platform", "--tag", "natrec:tier=huge"]
    assert run(["explain", *PLACE, *PAYMENTS, "--gateway", GATEWAY, *tags]) == 0
    assert capsys.readouterr().out == TABLE


def test_the_json_has_the_same_values_as_the_config_writes_them(capsys: pytest.CaptureFixture[str]) -> None:
    found = explained(capsys, *PLACE, *PAYMENTS, "--tag", "team=data-platform")
    assert found == DOCUMENT
    assert list(found) == list(DOCUMENT)


@pytest.mark.parametrize(
    ("arguments", "field", "value", "source"),
    [
        (PAYMENTS, "tier", "heavy", "natrec.yaml:71 overrides[0] (ou ou-ab12-payments)"),
        (ELSEWHERE, "tier", "standard", "natrec.yaml:51 recording.tier"),
        ([*ELSEWHERE, "--tag", "team=data-platform"], "max_duration", "1h",
         "natrec.yaml:73 overrides[1] (tag team=data-platform)"),
        ([*ELSEWHERE, "--gateway", GATEWAY], "enabled", False,
         "natrec.yaml:75 overrides[2] (gateway nat-0123456789abcdef0)"),
        ([*PAYMENTS, "--tag", "natrec:tier=standard"], "tier", "standard", "tag natrec:tier on the gateway"),
        (["--ou", "ou-ab12-payments"], "tier", "heavy", "natrec.yaml:71 overrides[0] (ou ou-ab12-payments)"),
    ],
)  # fmt: skip
def test_a_value_comes_from_the_override_that_matches(
    arguments: list[str], field: str, value: object, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = explained(capsys, *PLACE, *arguments)
    assert (found["recording"][field], found["sources"][field]) == (value, source)


def test_an_override_of_the_account_is_found_and_a_value_left_out_is_the_default(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "natrec.yaml"
    text = file.read_text().replace("{ou: ou-ab12-payments} ", f'{{account: "{ACCOUNT}"}} ')
    file.write_text(text.replace("  cooldown: 30m", "  # cooldown: 30m"))
    found = explained(capsys, *PLACE, *ELSEWHERE)
    assert found["recording"]["tier"] == "heavy"
    assert found["sources"]["tier"] == f"natrec.yaml:71 overrides[0] (account {ACCOUNT})"
    assert (found["recording"]["cooldown"], found["sources"]["cooldown"]) == ("30m", "default")


@pytest.mark.parametrize(
    ("arguments", "reason", "text"),
    [
        (["--account", ACCOUNT, "--region", "ap-south-1", *ELSEWHERE], "not_a_member",
         "region ap-south-1 is not among targets.regions (natrec.yaml:33): eu-west-1, us-east-1"),
        (["--account", "111111111111", "--region", "eu-west-1", *ELSEWHERE], "not_a_member",
         "account 111111111111 is the management account"),
        ([*PLACE, "--ou", "r-zz99"], "not_a_member", "is below none of targets.ous (natrec.yaml:31): r-ab12"),
        ([*PLACE, *ELSEWHERE, "--gateway", GATEWAY], "disabled", "natrec.yaml:75 overrides[2]"),
        ([*PLACE, *ELSEWHERE, "--tag", "natrec:record=never"], "opted_out",
         "its owner opted the gateway out: tag natrec:record=never on it"),
    ],
)  # fmt: skip
def test_what_refuses_the_gateway_is_told_in_the_hubs_words(
    arguments: list[str], reason: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = explained(capsys, *arguments)["refusal"]
    assert refusal["reason"] == reason
    assert text in refusal["text"]


def test_a_window_that_is_open_now_is_told_with_its_end(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "natrec.yaml"
    window = "mute:\n  - {from: 2020-01-01T00:00:00Z, until: 2999-01-01T00:00:00Z, reason: for ever}"
    file.write_text(file.read_text().replace("mute: []", window))
    refusal = explained(capsys, *PLACE, *ELSEWHERE)["refusal"]
    assert refusal["reason"] == "muted"
    assert refusal["text"].endswith("mute[0]: for ever; until 2999-01-01 00:00 UTC")
    assert refusal["until"] == "2999-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--region", "eu-west-1"], "--account"),
        (["--account", "44", "--region", "eu-west-1"], "--account: must be an account id of 12 digits"),
        (["--account", ACCOUNT, "--region", "Ireland"], "--region: must be a region's name"),
        ([*PLACE, "--ou", "payments"], "--ou: must be the id of an OU"),
        ([*PLACE, "--ou", ""], "--ou: must be the id of an OU"),
        ([*PLACE, "--ou", "ou-ab12-payments/r-ab12"], "--ou: must begin with the root"),
        ([*PLACE, *PAYMENTS, "--tag", "team"], "--tag: must be KEY=VALUE"),
        ([*PLACE, *PAYMENTS, "--tag", "=x"], "--tag: must be KEY=VALUE"),
        ([*PLACE, *PAYMENTS, "--gateway", "nat-1"], "--gateway: must be a NAT gateway id"),
    ],
)
def test_a_wrong_option_is_usage_that_says_what_is_allowed(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, 2, *arguments)


def test_a_broken_config_is_refused_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "natrec.yaml"
    file.write_text(file.read_text().replace("set: {tier: heavy}", "set: {tier: huge}"))
    assert "natrec.yaml:71: overrides[0].set.tier" in refused(capsys, 1, *PLACE, *PAYMENTS)


def test_without_credentials_the_way_to_stay_offline_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, 1, *PLACE)
    assert "there are no AWS credentials" in said
    assert "--ou r-ab12/ou-ab12-payments" in said


class TestAskingAws:
    """With the engine in AWS's place."""

    @pytest.fixture
    def organization(
        self, engine: Engine, account: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Organization:
        made = Organization.create(engine, account)
        self._be(engine, account, monkeypatch)
        file = folder / "natrec.yaml"
        text = file.read_text().replace("ous: [r-ab12]", f"ous: [{made.root}]")
        file.write_text(text)
        return made

    @staticmethod
    def _be(engine: Engine, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
        credentials = engine.credentials(account)
        monkeypatch.setenv("AWS_ENDPOINT_URL", engine.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["aws_access_key_id"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials["aws_secret_access_key"])
        if "aws_session_token" in credentials:
            monkeypatch.setenv("AWS_SESSION_TOKEN", credentials["aws_session_token"])

    @staticmethod
    def _gateway(engine: Engine, account: str, **tags: str) -> str:
        ec2 = engine.client(account, "eu-west-1", "ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
        written = [{"Key": key.replace("_", ":"), "Value": value} for key, value in tags.items()]
        specification = [{"ResourceType": "natgateway", "Tags": written}]
        made = ec2.create_nat_gateway(
            SubnetId=subnet, AllocationId=allocation, TagSpecifications=specification
        )
        identity: str = made["NatGateway"]["NatGatewayId"]
        return identity

    def test_the_path_and_the_tags_are_found(
        self, engine: Engine, organization: Organization, capsys: pytest.CaptureFixture[str]
    ) -> None:
        above = organization.unit("Workloads")
        unit = organization.unit("Payments", above)
        member = organization.account(unit)
        gateway = self._gateway(engine, member, team="data-platform", natrec_tier="heavy")
        place = ["--account", member, "--region", "eu-west-1", "--gateway", gateway]
        found = explained(capsys, *place, "--tag", "env=dev")
        assert found["path"] == [organization.root, above, unit]
        assert found["tags"] == {"team": "data-platform", "natrec:tier": "heavy", "env": "dev"}
        assert found["sources"]["tier"] == "tag natrec:tier on the gateway"
        assert found["recording"]["max_duration"] == "1h"
        assert found["refusal"] is None

    def test_a_gateway_or_an_account_that_is_not_there_is_told(
        self, organization: Organization, capsys: pytest.CaptureFixture[str]
    ) -> None:
        member = organization.account()
        place = ["--account", member, "--region", "eu-west-1", "--gateway", "nat-0aaaaaaaaaaaaaaaa"]
        assert "there is no gateway nat-0aaaaaaaaaaaaaaaa" in refused(capsys, 1, *place)
        nowhere = ["--account", "000000000001", "--region", "eu-west-1"]
        assert "there is no account 000000000001 in this organization" in refused(capsys, 1, *nowhere)

    def test_a_region_that_the_account_has_not_enabled_is_told(
        self, organization: Organization, capsys: pytest.CaptureFixture[str]
    ) -> None:
        member = organization.account()
        place = ["--account", member, "--region", "eu-south-2", "--gateway", "nat-0aaaaaaaaaaaaaaaa"]
        assert f"region eu-south-2 is not enabled in account {member}" in refused(capsys, 1, *place)

    def test_a_member_may_not_ask_and_is_told_what_to_do(
        self,
        engine: Engine,
        organization: Organization,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        member = organization.account()
        self._be(engine, member, monkeypatch)
        said = refused(capsys, 1, "--account", member, "--region", "eu-west-1")
        assert "may not see the organization" in said
        assert "Ask as the management account" in said
