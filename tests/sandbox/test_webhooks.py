"""Whoever runs a sandbox posts to its Slack without making a secret first."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.slack import SlackStandIn
from scripts.sandbox.organization import Organization, OrganizationalUnit
from scripts.sandbox.settings import sandbox_config
from scripts.sandbox.webhooks import make_secrets, secret_name
from stacksets.loading import parse_config

REGION = "eu-west-1"
EXAMPLE = Path(__file__).parents[2] / "orgconfig" / "example.yaml"
ELSEWHERE = "arn:aws:secretsmanager:eu-west-1:222222222222:secret:acme/slack-AbCdEf"


@pytest.fixture
def organization() -> Organization:
    unit = OrganizationalUnit("ou-ab12-11111111", "Workloads", ("r-ab12", "ou-ab12-11111111"))
    return Organization(
        "o-exampleorgid", "r-ab12", "111111111111", "222222222222", "333333333333", {"Workloads": unit}, (),
        (REGION,), (),
    )  # fmt: skip


def test_a_sandbox_tells_its_slack_unless_it_is_given_a_config(organization: Organization) -> None:
    assert sandbox_config(organization).notify.secrets == ("natrec/slack",)
    given = parse_config(EXAMPLE.read_text(), "example")
    assert sandbox_config(organization, given).notify.secrets == ("natrec/slack", "natrec/slack-payments")


def test_a_secret_of_another_account_keeps_its_name_only(organization: Organization) -> None:
    text = EXAMPLE.read_text().replace("webhook_secret: natrec/slack ", f"webhook_secret: {ELSEWHERE} ")
    given = parse_config(text, "example")
    assert sandbox_config(organization, given).notify.secrets[0] == "acme/slack"
    assert secret_name("natrec/slack-payments") == "natrec/slack-payments"


def test_each_secret_holds_a_webhook_of_its_own_in_its_account_and_region_only(
    engine: Engine, account: str, organization: Organization, tmp_path: Path
) -> None:
    config = sandbox_config(organization, parse_config(EXAMPLE.read_text(), "example"))
    slack = SlackStandIn(tmp_path / "slack.jsonl")
    slack.stop()
    client: Any = engine.client(account, REGION, "secretsmanager")
    make_secrets(client, config, slack)
    held = [client.get_secret_value(SecretId=name)["SecretString"] for name in config.notify.secrets]
    assert held == [slack.webhook("natrec/slack"), slack.webhook("natrec/slack-payments")]
    others: list[Any] = [
        engine.client(account, "us-east-1", "secretsmanager"),
        engine.client("111111111111", REGION, "secretsmanager"),
    ]
    for other in others:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            other.get_secret_value(SecretId="natrec/slack")
