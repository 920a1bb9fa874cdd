"""The whole config: what `natrec.yaml` may say."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from orgconfig.models.base import Items, Model
from orgconfig.models.kinds import Namespace, TierName
from orgconfig.models.mute import Mute
from orgconfig.models.notify import Notify, Tags
from orgconfig.models.organization import Access, Iam, Organization, Targets
from orgconfig.models.overrides import Override
from orgconfig.models.paid import Paid
from orgconfig.models.quotas import Quotas
from orgconfig.models.recording import Recording, Tier
from orgconfig.models.rules import violations
from orgconfig.names import AVAILABILITIES, DIRECTIONS, Names
from orgconfig.units import shown

# CloudWatch User Guide, "Metrics Insights quotas": 200 such alarms in a region, not adjustable.
ALARMS_PER_REGION = 200
MOST_TIERS = ALARMS_PER_REGION // (len(DIRECTIONS) * len(AVAILABILITIES))


def _kept(found: ErrorDetails) -> InitErrorDetails:
    kind = PydanticCustomError(found["type"], "{text}", {"text": found["msg"], **found.get("ctx", {})})
    return InitErrorDetails(type=kind, loc=found["loc"], input=None)


class OrgConfig(Model):
    """What the organization wants of natrec. Durations and sizes are kept as seconds and bytes."""

    version: Literal[1] = Field(description="The version of this format.")
    namespace: Namespace = Field(
        default="natrec", description="Begins every name; another one makes an installation beside the first."
    )
    organization: Organization = Field(description="The AWS organization and natrec's two accounts in it.")
    targets: Targets = Field(description="Which accounts and regions are covered.")
    tiers: Mapping[TierName, Tier] = Field(
        min_length=1,
        max_length=MOST_TIERS,
        description="Thresholds by name. Each tier is one set of alarms in every target, "
        "at $0.20 per gateway-month.",
    )
    recording: Recording = Field(default=Recording(), description="The defaults for every gateway.")
    quotas: Quotas = Field(default=Quotas(), description="How much recording there may be.")
    overrides: Items[Override] = Field(
        default=(),
        description="What differs for some; the most specific wins: "
        "ou (deeper wins), account, tag, gateway; of equals the later.",
    )
    tags: Tags = Field(default=Tags(), description="What owners may say by tags.")
    mute: Items[Mute] = Field(default=(), description="When alarms start no recording.")
    notify: Notify = Field(default=Notify(), description="Who is told.")
    iam: Iam = Field(default=Iam(), description="What every IAM role has in common.")
    prices: Paid = Field(
        default=Paid(), description="What you pay AWS, where the prices that natrec knows are not yours."
    )
    access: Access = Field(default=Access(), description="How the command line reaches the accounts.")

    @field_validator("version", mode="before")
    @classmethod
    def _a_number(cls, version: object) -> object:
        """Python takes true for 1; a config does not."""
        if isinstance(version, bool):
            raise ValueError(f"must be 1; this is {shown(version)}")  # noqa: TRY004 - pydantic reads ValueError
        return version

    @field_validator("tiers", mode="after")
    @classmethod
    def _told_apart(cls, tiers: Mapping[str, Tier]) -> Mapping[str, Tier]:
        """CloudFormation's logical ids have no hyphens, so names must differ in more than hyphens."""
        by_letters: dict[str, str] = {}
        for name in tiers:
            other = by_letters.setdefault(name.replace("-", ""), name)
            if other != name:
                raise ValueError(f"must differ in more than hyphens: {other} and {name}")
        return tiers

    @model_validator(mode="wrap")
    @classmethod
    def _parts_agree(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Report what the parts say against each other together with what is wrong in each of them."""
        broken = [
            InitErrorDetails(
                type=PydanticCustomError("config", "{text}", {"text": text}), loc=where, input=None
            )
            for where, text in (violations(value) if isinstance(value, Mapping) else ())
        ]
        if not broken:
            return handler(value)
        try:
            handler(value)
        except ValidationError as problem:
            broken = [_kept(found) for found in problem.errors(include_url=False)] + broken
        raise ValidationError.from_exception_data(cls.__name__, broken)

    @property
    def names(self) -> Names:
        """Every name of this installation."""
        return Names(self.namespace, self.iam.role_path)

    def document(self) -> dict[str, Any]:
        """The config as a file may say it: durations and sizes as people write them, defaults filled in."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
