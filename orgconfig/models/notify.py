"""Who is told, and of what."""

from typing import Self

from pydantic import Field, model_validator

from orgconfig.interests import INTERESTS, ROUTED, Interest
from orgconfig.models.base import Items, Model
from orgconfig.models.kinds import Email, Hour, SecretName, TagText
from orgconfig.models.overrides import PlaceMatch

# Filter policies of one topic (AWS General Reference, "Amazon SNS endpoints and quotas"): every address of
# a route has one.
ROUTED_ADDRESSES = 200


class Slack(Model):
    """A Slack channel."""

    webhook_secret: SecretName = Field(
        description=(
            "The Secrets Manager secret in the hub that holds the webhook's URL; never the URL. Incoming "
            "webhooks and those that start a workflow are told apart by it."
        )
    )


class Route(Model):
    """Tell these too, about some gateways."""

    match: PlaceMatch = Field(description="About which gateways.")
    kinds: Items[Interest] = Field(
        default=ROUTED, min_length=1, description=f"Of what: any of {', '.join(INTERESTS[:-1])}."
    )
    email: Items[Email] = Field(default=(), description="Addresses that are told too.")
    slack: Slack | None = Field(default=None, description="A channel that is told too.")

    @model_validator(mode="after")
    def _no_digest(self) -> Self:
        if "digest" in self.kinds:
            raise ValueError(
                "`kinds` of a route cannot have digest, which is about the whole organization; give it to "
                "notify.kinds"
            )
        return self


class Notify(Model):
    """Who is told when a recording starts, ends or fails."""

    email: Items[Email] = Field(
        default=(), description="The central team's addresses; each confirms one subscription by mail."
    )
    slack: Slack | None = Field(default=None, description="The central team's channel.")
    chat: bool = Field(
        default=False,
        description=(
            "Whether the hub has a topic for Amazon Q Developer in chat applications, which brings notices "
            "to Slack or Teams without a secret; a person chooses the topic in its channel configuration."
        ),
    )
    kinds: Items[Interest] = Field(
        default=INTERESTS, min_length=1, description=f"What the central team is told: {', '.join(INTERESTS)}."
    )
    digest_hour: Hour | None = Field(
        default=None,
        description="At which hour, UTC, the digest of the last day is sent; none is sent without it.",
    )
    routes: Items[Route] = Field(default=(), description="Whom else to tell, by OU, account or tag.")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets of all channels, each once; names or ARNs, as they are written."""
        channels = [self.slack, *(route.slack for route in self.routes)]
        return tuple(dict.fromkeys(each.webhook_secret for each in channels if each))

    @model_validator(mode="after")
    def _filters_suffice(self) -> Self:
        addresses = {address for route in self.routes for address in route.email}
        if len(addresses) > ROUTED_ADDRESSES:
            raise ValueError(
                f"`routes` name {len(addresses)} addresses, and one topic can filter for {ROUTED_ADDRESSES}; "
                "give teams one address each"
            )
        return self


class Tags(Model):
    """What tags may say: a gateway's own to natrec, and a client's to whoever reads a report."""

    allow_opt_out: bool = Field(default=True, description="Obey the tag <namespace>:record=never.")
    allow_tier: bool = Field(default=True, description="Obey the tag <namespace>:tier=<tier>.")
    owner: Items[TagText] = Field(
        default=("owner", "team"),
        description=(
            "Keys of tags on instances and interfaces that say whose they are, for reports. The first that "
            "is there counts; capitals do not matter."
        ),
    )
