"""The parameters of the templates: who deploys them by other means than natrec may give other values.

Each has the config's value as its default, so that the text alone is the whole installation. The namespace,
of which names and keys of tags are made, cannot be one. The terms of tiers are none: the hub's policy
states the same thresholds, and two sources of one number come to differ.
"""

from dataclasses import dataclass

from orgconfig.models import OrgConfig
from orgconfig.units import DAY


@dataclass(frozen=True)
class Parameter:
    """One parameter of a template.

    Attributes:
        name: As the template refers to it.
        description: For whoever fills it in.
        default: The config's value.
        pattern: What CloudFormation allows; None for a number.

    """

    name: str
    description: str
    default: str | int
    pattern: str | None

    @property
    def type(self) -> str:
        """CloudFormation's type of it."""
        return "String" if self.pattern else "Number"


_ACCOUNT = "[0-9]{12}"


def of_spoke(config: OrgConfig) -> tuple[Parameter, ...]:
    """Those of `spoke.yaml`."""
    return (*_hub_place(config), _organization(config), *_roles(config))


def of_management(config: OrgConfig) -> tuple[Parameter, ...]:
    """Those of `management.yaml`."""
    return (*_hub_place(config), *_roles(config))


def of_archive(config: OrgConfig) -> tuple[Parameter, ...]:
    """Those of `archive.yaml`."""
    return (_hub_place(config)[0], _organization(config), _roles(config)[0], *_archive(config))


def of_hub(config: OrgConfig) -> tuple[Parameter, ...]:
    """Those of `hub.yaml`, beside the two that say where the functions' zip lies."""
    organization, archive = config.organization, config.organization.archive
    # The key that natrec makes there has an ARN that nobody knows yet, but for its account.
    keyed = (Parameter("ArchiveAccount", "The account of the archive", archive.account, _ACCOUNT),)
    return (
        _organization(config),
        Parameter(
            "ManagementAccount",
            "The organization's management account",
            organization.management_account,
            _ACCOUNT,
        ),
        *(keyed if archive.kms == "managed" else ()),
        *_archive(config),
        *_roles(config),
    )


def _hub_place(config: OrgConfig) -> tuple[Parameter, Parameter]:
    hub = config.organization.hub
    return (
        Parameter("HubAccount", "The account of the hub", hub.account, _ACCOUNT),
        Parameter("HubRegion", "The region of the hub", hub.region, "[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}"),
    )


def _organization(config: OrgConfig) -> Parameter:
    return Parameter(
        "OrganizationId",
        "The only organization that is admitted",
        config.organization.id,
        "o-[a-z0-9]{10,32}",
    )


def _roles(config: OrgConfig) -> tuple[Parameter, Parameter]:
    return (
        Parameter("RolePath", "The path of every role", config.iam.role_path, "/([!-~]+/)?"),
        Parameter(
            "PermissionsBoundaryArn",
            "The policy that bounds every role, the one of this name in each account; empty for none",
            config.iam.permissions_boundary or "",
            "(arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[!-~]+)?",
        ),
    )


def _archive(config: OrgConfig) -> tuple[Parameter, Parameter]:
    archive = config.organization.archive
    return (
        Parameter("ArchiveBucket", "The bucket of flow log records", archive.bucket, "[a-z0-9.-]{3,63}"),
        Parameter("RetentionDays", "How long they are kept, in days", archive.retention // DAY, None),
    )
