"""Whoever is told: subscriptions that a person must confirm, and the secrets that hold Slack's URLs.

Sources: SNS API Reference, "ListSubscriptionsByTopic" (a subscription that nobody has confirmed has
`PendingConfirmation` in place of its ARN); Slack, "Sending messages using incoming webhooks" (the form of
the URL).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.installation import Installation

_PENDING = ("PendingConfirmation", "Deleted")
_WEBHOOK = re.compile(r"https://hooks\.slack(-gov)?\.com/(services|workflows|triggers)/\S+")
_LOCAL = re.compile(r"http://(127\.0\.0\.1|localhost)(:\d+)?/\S*")


@dataclass(frozen=True)
class TopicSeen:
    """The topic's email subscriptions: each address with its ARN; None where there is no topic."""

    topic: str
    wanted: tuple[str, ...]
    found: Mapping[str, str] | None


@dataclass(frozen=True)
class SecretsSeen:
    """The Slack secrets that the config names, each with what is wrong with it; empty where nothing is."""

    faults: Mapping[str, str]


def read_topic(installation: Installation, place: Place) -> TopicSeen:
    """Who is subscribed by email."""
    client, config = installation.client(place, "sns"), installation.config
    arn = f"arn:{installation.partition}:sns:{place.region}:{place.account}:{config.names.topic}"
    wanted = tuple(dict.fromkeys(config.notify.email))
    pages = client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    try:
        found = {
            each["Endpoint"]: each["SubscriptionArn"]
            for page in pages
            for each in page["Subscriptions"]
            if each["Protocol"] == "email"
        }
    except client.exceptions.NotFoundException:
        return TopicSeen(config.names.topic, wanted, None)
    return TopicSeen(config.names.topic, wanted, found)


def judge_topic(seen: TopicSeen) -> Verdict:
    """An address that nobody confirmed is sent nothing, and SNS forgets it after some days."""
    if seen.found is None:
        return ill(f"there is no topic {seen.topic}", "`natrec apply` makes it.")
    missing = [each for each in seen.wanted if each not in seen.found]
    pending = sorted(each for each, arn in seen.found.items() if arn in _PENDING)
    if pending:
        return ill(
            f"nobody has confirmed the subscription of {', '.join(pending)}: nothing is sent there",
            'Follow the link in the mail "AWS Notification - Subscription Confirmation". Where it is gone, '
            f"subscribe the address again: aws sns subscribe --protocol email --topic-arn .../{seen.topic} "
            f"--notification-endpoint {pending[0]}",
        )
    if missing:
        return ill(
            f"{', '.join(missing)} is not subscribed: it was unsubscribed, or SNS forgot it unconfirmed",
            f"Subscribe it again: aws sns subscribe --protocol email --topic-arn .../{seen.topic} "
            f"--notification-endpoint {missing[0]}",
        )
    return well(f"{len(seen.found)} of {len(seen.found)} subscriptions are confirmed")


def read_secrets(installation: Installation, place: Place) -> SecretsSeen:
    """What is wrong with each secret; its value goes nowhere."""
    notify = installation.config.notify
    channels = [notify.slack, *(route.slack for route in notify.routes)]
    wanted = dict.fromkeys(each.webhook_secret for each in channels if each)
    client = installation.client(place, "secretsmanager") if wanted else None
    local = wanted and _LOCAL.match(f"{client.meta.endpoint_url}/") is not None if client else False
    return SecretsSeen({name: _fault(client, name, local=bool(local)) for name in wanted})


def _fault(client: Any, name: str, *, local: bool) -> str:  # noqa: ANN401 - a client
    try:
        value = client.get_secret_value(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        return "does not exist"
    except client.exceptions.InvalidRequestException:
        return "is being deleted"
    except client.exceptions.DecryptionFailure:
        return "cannot be decrypted"
    return webhook_fault(value.get("SecretString"), local=local)


def webhook_fault(text: str | None, *, local: bool) -> str:
    """What is wrong with a webhook's URL, never saying the URL; empty where nothing is.

    Args:
        text: The secret.
        local: Whether AWS is on this machine, so that Slack may be too.

    """
    if not text:
        return "holds no text"
    if _WEBHOOK.fullmatch(text) or (local and _LOCAL.fullmatch(text)):
        return ""
    if text != text.strip():
        return "holds white space around its URL"
    if text.startswith(("{", "[", '"')):
        return "holds JSON; it must be the URL alone"
    return "holds no URL of a Slack webhook"


def judge_secrets(seen: SecretsSeen) -> Verdict:
    """Without its secret a channel is told nothing."""
    bad = {name: fault for name, fault in seen.faults.items() if fault}
    if not seen.faults:
        return well("the config names no Slack channel")
    if not bad:
        return well(f"{len(seen.faults)} Slack secrets hold a webhook's URL")
    first = next(iter(bad))
    verb = "create-secret --name" if bad[first] == "does not exist" else "put-secret-value --secret-id"
    return ill(
        "; ".join(f"secret {name} {fault}" for name, fault in bad.items()),
        f"In the hub's account and region: aws secretsmanager {verb} {first} --secret-string "
        "https://hooks.slack.com/services/...",
    )


CHECKS = (
    Check("subscriptions", "hub", read_topic, judge_topic),
    Check("slack secrets", "hub", read_secrets, judge_secrets),
)
