"""Configs that between them reach every branch of the templates."""

from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from orgconfig.models import OrgConfig, Tier
from stacksets.loading import Loaded, parse

OWN_KEY = "arn:aws:kms:eu-west-1:333333333333:key/11111111-2222-3333-4444-555555555555"
BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"


def example() -> OrgConfig:
    """The config that `natrec init` writes."""
    return loaded_example().config


def loaded_example() -> Loaded:
    """The same, with its lines."""
    return parse(resources.files("orgconfig").joinpath("example.yaml").read_text(encoding="utf-8"))


def variants() -> dict[str, OrgConfig]:
    """Each config by what is special about it."""
    plain = example()
    return {
        "example": plain,
        "own key, archive in the hub, bounded": _changed(
            plain,
            archive={"kms": OWN_KEY, "account": plain.organization.hub.account},
            iam={"permissions_boundary": BOUNDARY},
        ),
        "no key, no path, nobody told, another namespace": _changed(
            plain.model_copy(update={"namespace": "acme-nat"}),
            archive={"kms": "none"},
            iam={"role_path": "/"},
            notify={"email": ()},
        ),
        "five tiers": plain.model_copy(update={"tiers": {f"tier-{n}": _tier(n) for n in range(1, 6)}}),
    }


def _tier(gigabytes: int) -> Tier:
    return Tier.model_validate({"threshold": f"{gigabytes} GB", "period": "5m", "datapoints": "2 of 3"})


def _changed(
    config: OrgConfig,
    archive: Mapping[str, object],
    iam: Mapping[str, object],
    notify: Mapping[str, object] = MappingProxyType({}),
) -> OrgConfig:
    organization = config.organization
    changed = organization.archive.model_copy(update=archive)
    return config.model_copy(
        update={
            "organization": organization.model_copy(update={"archive": changed}),
            "iam": config.iam.model_copy(update=iam),
            "notify": config.notify.model_copy(update=notify),
        }
    )
