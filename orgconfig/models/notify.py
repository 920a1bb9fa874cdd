"""Who is told."""

from pydantic import Field

from orgconfig.models.base import Items, Model
from orgconfig.models.kinds import Email, SecretName, TagText
from orgconfig.models.overrides import PlaceMatch


class Slack(Model):
    """A Slack channel."""

    webhook_secret: SecretName = Field(
        description="The Secrets Manager secret in the hub that holds the webhook's URL; never the URL."
    )


class Route(Model):
    """Tell these too, about some gateways."""

    match: PlaceMatch = Field(description="About which gateways.")
    email: Items[Email] = Field(default=(), description="Addresses that are told too.")
    slack: Slack | None = Field(default=None, description="A channel that is told too.")


class Notify(Model):
    """Who is told when a recording starts, ends or fails."""

    email: Items[Email] = Field(
        default=(), description="The central team's addresses; each confirms one subscription by mail."
    )
    slack: Slack | None = Field(default=None, description="The central team's channel.")
    routes: Items[Route] = Field(default=(), description="Whom else to tell, by OU, account or tag.")


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
