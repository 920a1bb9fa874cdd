"""What must be denied, by whom and in which circumstance: mostly an allowed call with one thing changed."""

from tests.privilege import at_data, at_doors, at_members
from tests.privilege.attempts import Attempt
from tests.privilege.deployed import Installation
from tests.privilege.places import Places


def trespasses(installation: Installation) -> list[Attempt]:
    """All of them; no two are the same."""
    at = Places(installation)
    return [
        *at_members.worker_creates(at),
        *at_members.worker_deletes(at),
        *at_members.worker_elsewhere(at),
        *at_members.becoming_the_worker(at),
        *at_doors.taking_roles(at),
        *at_doors.bus(at),
        *at_doors.queues(at),
        *at_doors.without_tls(at),
        *at_data.archive(at),
        *at_data.functions(at),
        *(at_data.keys(at) if installation.config.organization.archive.kms != "none" else ()),
    ]
