"""Whoever is told: subscriptions that a person must confirm, and the secrets that hold Slack's URLs.

Source: SNS API Reference, "ListSubscriptionsByTopic" (a subscription that nobody has confirmed has
`PendingConfirmation` in place of its ARN).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orgconfig.webhooks import is_local, webhook_fault
from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.installation import Installation
from stacksets.recipients import routed

# By hand it would lack the filter of a route, and the stack would know nothing of it.
_AGAIN = "take the address out of the config, `natrec apply`, put it back, and apply once more."
_PENDING = ("PendingConfirmation", "Deleted")


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
    """Who of the central team is subscribed."""
    config = installation.config
    return _subscribed(installation, place, config.names.topic, tuple(dict.fromkeys(config.notify.email)))


def read_routes(installation: Installation, place: Place) -> TopicSeen:
    """Who of those with a route is subscribed."""
    config = installation.config
    wanted = tuple(each.address for each in routed(config.notify))
    return _subscribed(installation, place, config.names.routes_topic, wanted)


def _subscribed(installation: Installation, place: Place, topic: str, wanted: tuple[str, ...]) -> TopicSeen:
    client = installation.client(place, "sns")
    arn = f"arn:{installation.partition}:sns:{place.region}:{place.account}:{topic}"
    pages = client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    try:
        found = {
            each["Endpoint"]: each["SubscriptionArn"]
            for page in pages
            for each in page["Subscriptions"]
            if each["Protocol"] == "email"
        }
    except client.exceptions.NotFoundException:
        return TopicSeen(topic, wanted, None)
    return TopicSeen(topic, wanted, found)


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
            f"{_AGAIN}",
        )
    if missing:
        return ill(
            f"{', '.join(missing)} is not subscribed: it was unsubscribed, or SNS forgot it unconfirmed",
            f"To subscribe it again, {_AGAIN}",
        )
    return well(f"{len(seen.found)} of {len(seen.found)} subscriptions are confirmed")


def read_secrets(installation: Installation, place: Place) -> SecretsSeen:
    """What is wrong with each secret; its value goes nowhere."""
    wanted = installation.config.notify.secrets
    client = installation.client(place, "secretsmanager") if wanted else None
    local = client is not None and is_local(client.meta.endpoint_url)
    return SecretsSeen({name: _fault(client, name, local=local) for name in wanted})


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
    Check("subscriptions of routes", "hub", read_routes, judge_topic),
    Check("slack secrets", "hub", read_secrets, judge_secrets),
)
