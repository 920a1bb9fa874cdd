"""Where natrec lives in the organization, and which accounts and regions it covers."""

from pydantic import Field

from orgconfig.models.base import Items, Model
from orgconfig.models.kinds import (
    AccountId,
    BucketName,
    Kms,
    OrganizationId,
    OuOrRootId,
    PolicyArn,
    ProfileName,
    Region,
    Retention,
    RoleName,
    RolePath,
)


class Hub(Model):
    """The account and region where natrec decides."""

    account: AccountId = Field(
        description="The account of the hub; a member account, not the management account."
    )
    region: Region = Field(description="The region of the hub. Recordings in other regions come here too.")


class Archive(Model):
    """Where flow log records are kept."""

    account: AccountId = Field(
        description="The account of the archive bucket: the log archive, or the hub's account."
    )
    bucket: BucketName = Field(description="The bucket that natrec makes for records; unique in all of AWS.")
    retention: Retention = Field(default=90 * 86400, description="Records are deleted after this many days.")
    kms: Kms = Field(
        default="managed",
        description="managed: natrec makes a key for records, one for what the hub keeps. none: AWS's own "
        "encryption for both. Or the ARN of your key for records, whose policy must admit "
        "delivery.logs.amazonaws.com; the hub's is natrec's.",
    )

    @property
    def keyed(self) -> bool:
        """Whether records, and so what the hub keeps, are under keys of somebody's own."""
        return self.kms != "none"


class Organization(Model):
    """The AWS organization and natrec's two accounts in it."""

    id: OrganizationId = Field(
        description="The organization's id, as `aws organizations describe-organization` says."
    )
    management_account: AccountId = Field(description="The organization's management account.")
    hub: Hub = Field(description="Where natrec decides.")
    archive: Archive = Field(description="Where records are kept.")


class Targets(Model):
    """Which accounts and regions are covered; accounts that join later too."""

    ous: Items[OuOrRootId] = Field(min_length=1, description="Roots and OUs; their children are included.")
    exclude_accounts: Items[AccountId] = Field(
        default=(), description="Accounts below them that are left out."
    )
    regions: Items[Region] = Field(min_length=1, description="Regions where gateways are covered.")
    include_management_account: bool = Field(
        default=False,
        description="Cover the management account too. Stack sets never reach it: natrec adds a plain stack.",
    )


class Iam(Model):
    """What every IAM role of natrec has in common."""

    role_path: RolePath = Field(
        default="/natrec/", description="The path of every role; begins and ends with /."
    )
    permissions_boundary: PolicyArn | None = Field(
        default=None,
        description="A policy that bounds every role: AWS's, or that of this name in each account. Or null.",
    )


class Profiles(Model):
    """Which of the SDK's profiles lead into natrec's accounts; flags of the command line win."""

    management: ProfileName | None = Field(
        default=None, description="Of the management account; `--management-profile` wins over it."
    )
    hub: ProfileName | None = Field(
        default=None, description="Of the hub's account; `--hub-profile` wins over it."
    )
    archive: ProfileName | None = Field(
        default=None, description="Of the archive's account; `--archive-profile` wins over it."
    )


class Access(Model):
    """How the command line reaches the accounts. Nothing of it is deployed."""

    role: RoleName = Field(
        default="OrganizationAccountAccessRole",
        description="The role that leads from the caller's account into one without a profile; "
        "`--role` wins over it.",
    )
    profiles: Profiles = Field(default=Profiles(), description="Profiles of the SDK, by account.")
