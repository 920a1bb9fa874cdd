"""From the config to the policy document that the hub keeps in its table."""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orgconfig.origin import Origin
from orgconfig.policy import FORMAT
from orgconfig.routing import route_id
from orgconfig.written import written

if TYPE_CHECKING:
    from orgconfig.models import OrgConfig
    from orgconfig.models.notify import Notify, Route

_VERSION_LENGTH = 16

Document = dict[str, Any]


def compile_policy(config: "OrgConfig", origin: Origin | None = None) -> Document:
    """The policy as a document that JSON can hold; `Policy` in `orgconfig.policy` reads it.

    Args:
        config: The whole config.
        origin: The file that it was read from.

    Returns:
        Plain values only: whole seconds, whole bytes. `where` names the lines of what the file says;
        `version` is a hash of everything else, so a comment added above is no new version.

    """
    organization = config.organization
    document: Document = {
        "format": FORMAT,
        "namespace": config.namespace,
        "role_path": config.iam.role_path,
        "organization": organization.id,
        "management_account": organization.management_account,
        "hub": organization.hub.model_dump(),
        "archive": organization.archive.model_dump(include={"account", "bucket"}),
        "tiers": {
            name: {
                "threshold": tier.threshold,
                "period": tier.period,
                "to_alarm": tier.datapoints.to_alarm,
                "out_of": tier.datapoints.out_of,
            }
            for name, tier in config.tiers.items()
        },
        "recording": config.recording.model_dump(),
        "quotas": config.quotas.model_dump(),
        "overrides": [
            {"match": each.match.model_dump(exclude_none=True), "change": each.change.model_dump()}
            for each in config.overrides
        ],
        "tags": {**config.tags.model_dump(), "owner": list(config.tags.owner)},
        "mute": [_mute_window(window.model_dump(exclude_none=True)) for window in config.mute],
        "notify": {
            **_recipients(config.notify),
            "chat": config.notify.chat,
            "routes": [_route(each) for each in config.notify.routes],
        },
        "prices": config.prices.given(),
        "targets": {
            **config.targets.model_dump(exclude={"ous", "exclude_accounts", "regions"}),
            "ous": list(config.targets.ous),
            "exclude_accounts": list(config.targets.exclude_accounts),
            "regions": list(config.targets.regions),
        },
    }
    where = {"file": origin.file if origin else "", "lines": written(config, origin)}
    return {"version": _version(document), **document, "where": where}


def _version(document: Mapping[str, Any]) -> str:
    content = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:_VERSION_LENGTH]


def _mute_window(window: Document) -> Document:
    moments: Document = {field: window[field].isoformat() for field in ("begins", "until") if field in window}
    return {**window, **moments}


def _recipients(told: "Notify | Route") -> Document:
    return {
        "email": list(told.email),
        "slack_secret": told.slack.webhook_secret if told.slack else None,
        "kinds": list(told.kinds),
    }


def _route(route: "Route") -> Document:
    match = route.match.model_dump(exclude_none=True)
    return {"id": route_id(match, route.kinds), "match": match, **_recipients(route)}
