"""An archive that another one takes the place of: what stays of it, and what does not follow."""

from collections.abc import Callable, Iterator

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from stacksets.kept import Remains
from stacksets.moving import Deployed
from stacksets.reconciling import amount
from stacksets.steps import Change, Clients, Step


def former_archive(
    config: OrgConfig, clients: Clients, deployed: Deployed, recording: Callable[[], int]
) -> Iterator[Step]:
    """What a plan tells of the archive that the hub used until now; nothing where it is the config's.

    Args:
        config: The organization's config.
        clients: How AWS is reached.
        deployed: What is there.
        recording: How many recordings are open.

    Raises:
        NatrecError: The bucket that shall take its place is there already.

    """
    archive, bucket = config.organization.archive, deployed.bucket
    if bucket is None or bucket == archive.bucket:
        return
    account = deployed.hub.get("ArchiveAccount", archive.account)
    if account == archive.account and Remains(config, clients).has_bucket(archive.bucket, account):
        raise NatrecError(
            f"there is a bucket {archive.bucket} in account {account} already, and it is not the archive's",
            "organization.archive.bucket",
            f"CloudFormation makes it anew in the place of {bucket}: name another one, or delete it first.",
        )
    region = config.organization.hub.region
    told = _stays(config, bucket) if account == archive.account else _stays_elsewhere(config, account)
    if count := recording():
        be = "is" if count == 1 else "are"
        told += (
            f"; {amount(count, 'recording')} {be} open and written into it to the end: the report looks into "
            "the new one, and will find nothing. Apply when none is open to lose no report"
        )
    yield Step(f"archive {bucket}", account, region, Change("none", told), lambda: None)


def _stays(config: OrgConfig, bucket: str) -> str:
    return (
        f"stays with its records, which `natrec report s3://{bucket}/{config.names.record_prefix}` reads; "
        f"new recordings go to {config.organization.archive.bucket}. No stack has the old one any more, nor "
        "does `natrec destroy --archive` delete it"
    )


def _stays_elsewhere(config: OrgConfig, account: str) -> str:
    archive, stack = config.organization.archive, config.names.archive_stack
    return (
        f"stays with its records and its stack; new recordings go to {archive.bucket} in {archive.account}. "
        f"With credentials of {account}, `aws cloudformation delete-stack --stack-name {stack} --region "
        f"{config.organization.hub.region}` takes the stack away, and leaves bucket and key"
    )
