"""What each template is rendered from: one frozen object per template, made from the config alone."""

from dataclasses import dataclass
from typing import Self

from orgconfig.models import OrgConfig
from orgconfig.names import Names
from orgconfig.units import DAY
from spoke.alarms import FleetAlarm, fleet_alarms

# Which hub functions act in member accounts, and which one reads the archive.
WORKER_CALLERS = ("open_recording", "close_recording", "sweep")
ARCHIVE_READER = "write_report"

# How long S3 keeps versions that were overwritten or deleted.
NONCURRENT_DAYS = 7

PARTITION = "${AWS::Partition}"  # for Fn::Sub; the templates know no partition and no region of their own


@dataclass(frozen=True)
class SpokeContext:
    """What `spoke.yaml` depends on; ARNs are texts for Fn::Sub."""

    names: Names
    alarms: tuple[FleetAlarm, ...]
    hub_bus: str
    hub_account: str
    organization_id: str
    worker_callers: tuple[str, ...]
    permissions_boundary: str | None

    @classmethod
    def of(cls, config: OrgConfig) -> Self:
        """The spoke that this config asks for, the same in every target."""
        hub, names = config.organization.hub, config.names
        return cls(
            names=names,
            alarms=tuple(fleet_alarms(config.tiers, names)),
            hub_bus=f"arn:{PARTITION}:events:{hub.region}:{hub.account}:event-bus/{names.bus}",
            hub_account=hub.account,
            organization_id=config.organization.id,
            worker_callers=tuple(map(names.hub_role, WORKER_CALLERS)),
            permissions_boundary=config.iam.permissions_boundary,
        )


@dataclass(frozen=True)
class ArchiveContext:
    """What `archive.yaml` depends on; `kms` is `managed`, `none` or a key's ARN, `reader_arn` for Fn::Sub."""

    names: Names
    bucket: str
    kms: str
    retention_days: int
    noncurrent_days: int
    hub_account: str
    organization_id: str
    reader_arn: str

    @classmethod
    def of(cls, config: OrgConfig) -> Self:
        """The archive that this config asks for."""
        archive, hub, names = config.organization.archive, config.organization.hub, config.names
        return cls(
            names=names,
            bucket=archive.bucket,
            kms=archive.kms,
            retention_days=archive.retention // DAY,
            noncurrent_days=NONCURRENT_DAYS,
            hub_account=hub.account,
            organization_id=config.organization.id,
            reader_arn=names.role_arn(PARTITION, hub.account, names.hub_role(ARCHIVE_READER)),
        )
