"""The secrets that hold Slack's webhooks: in a sandbox they are there at once, and lead to the stand-in.

In AWS a person makes them; natrec never does.
"""

import re
from typing import Any
from urllib.parse import quote

from orgconfig.models import OrgConfig
from scripts.sandbox.engine.slack import SlackStandIn

# "Secrets Manager adds six random characters to the name": a secret's ARN names no secret of another account.
_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:[^:]*:\d{12}:secret:(?P<name>.+?)(-[A-Za-z0-9]{6})?")


def secret_name(secret: str) -> str:
    """A secret's name, of its name or ARN."""
    found = _ARN.fullmatch(secret)
    return found["name"] if found else secret


def make_secrets(client: Any, config: OrgConfig, slack: SlackStandIn) -> None:  # noqa: ANN401 - a client
    """Make each secret that the config names, holding a webhook of its own.

    Args:
        client: Secrets Manager in the hub's account and region.
        config: The config in force.
        slack: Where the webhooks are: `/services/` and the secret's name.

    """
    for secret in config.notify.secrets:
        client.create_secret(Name=secret, SecretString=slack.webhook(quote(secret)))
