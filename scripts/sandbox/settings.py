"""The sandbox's config: a real one whose waits are short; people's own rules, when they bring a config."""

from typing import Any

import yaml

from orgconfig.models import OrgConfig
from scripts.sandbox.organization import Organization
from scripts.sandbox.webhooks import secret_name
from stacksets import documents
from stacksets.loading import dump_config, parse_config

# What a config given with -c decides; organization and targets are the sandbox's own.
GIVEN = ("tiers", "recording", "quotas", "overrides", "tags", "mute", "notify", "prices", "namespace", "iam")

# A minute is the shortest period of a NAT gateway's metrics, so one datapoint is the quickest honest alarm.
_QUICK: dict[str, Any] = {
    "tiers": {"standard": {"threshold": "100 MB", "period": "1m", "datapoints": "1 of 1"}},
    "recording": {
        "max_duration": "5m",
        "hard_limit": "10m",
        "cooldown": "5s",
        "delivery_wait": "5s",
        "max_per": {"day": 20, "month": 200},
    },
    "notify": {"email": ["security@example.com"], "slack": {"webhook_secret": "natrec/slack"}},
}


def sandbox_config(organization: Organization, given: OrgConfig | None = None) -> OrgConfig:
    """The config of a sandbox.

    Args:
        organization: The organization that was built.
        given: The config whose rules shall hold; None takes the sandbox's own.

    """
    rules = _QUICK if given is None else _rules_of(given)
    return parse_config(documents.write({**rules, **_place(organization)}), "sandbox")


def _rules_of(given: OrgConfig) -> dict[str, Any]:
    document = yaml.safe_load(dump_config(given))
    rules = {name: document[name] for name in GIVEN if name in document}
    notify = rules.get("notify") or {}
    for channel in (notify, *(notify.get("routes") or ())):
        if told := channel.get("slack"):
            # An ARN is of an account that is not here.
            told["webhook_secret"] = secret_name(told["webhook_secret"])
    return rules


def _place(organization: Organization) -> dict[str, Any]:
    region = organization.regions[0]
    return {
        "version": 1,
        "organization": {
            "id": organization.id,
            "management_account": organization.management,
            "hub": {"account": organization.hub, "region": region},
            "archive": {
                "account": organization.archive,
                "bucket": f"natrec-archive-{organization.archive}",
                "retention": "90d",
                "kms": "managed",
            },
        },
        "targets": {"ous": [organization.ous["Workloads"].id], "regions": list(organization.regions)},
    }
