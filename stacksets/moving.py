"""What is deployed where the config does not say any more: found by reading, before anything is changed.

A hub's account and region, the path of roles and an archive that keeps its bucket's name cannot be moved
while they are in use: roles have the same names wherever their path leads (IAM User Guide, "IAM identifiers":
names are unique within an account whatever the path), and leases, reports and the table stay with a hub.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from orgconfig.origin import Origin
from stacksets.administration import Administrator
from stacksets.places import home_region
from stacksets.recovering import cure
from stacksets.stack_sets import Observed
from stacksets.stacks import Stacks
from stacksets.steps import Clients, UnreachableError

Values = Mapping[str, str]
# Who may assume this role is told by the ARN of the rule that does (`hub.yaml.j2`), so its region too.
_WITNESS = "onset"
_ACCOUNT, _REGION = _PLACE = ("organization.hub.account", "organization.hub.region")
_RULE = re.compile(r"arn:[\w-]+:events:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):rule/")


class MovedError(NatrecError):
    """What is deployed is somewhere else than the config says."""


@dataclass(frozen=True)
class Moved:
    """One value of the config that is another one in what is deployed.

    Attributes:
        field: As in the config.
        deployed: What is deployed.
        wanted: What the config says.
        witness: Where that was read.

    """

    field: str
    deployed: str
    wanted: str
    witness: str

    def __str__(self) -> str:
        return f"{self.field} is {self.wanted} in this config; deployed is {self.deployed} ({self.witness})"


@dataclass(frozen=True)
class Deployed:
    """What an earlier config has left, seen from this one.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        administrator: Who administers; only the management account's own stacks can be looked into by it.
        observed: The stack set in the config's region.
        origin: The config's file, for the commands that are told.

    """

    config: OrgConfig
    clients: Clients
    administrator: Administrator
    observed: Observed
    origin: Origin | None = None

    def check_place(self) -> None:
        """Refuse to remove what is somewhere else: nothing would be found, and everything left.

        Raises:
            MovedError: The hub is deployed in another account or region.

        """
        if moved := tuple(each for each in self.moved() if each.field in _PLACE):
            raise MovedError("; ".join(map(str, moved)), self._organization, self._way(moved))

    def check(self) -> None:
        """Refuse what cannot be moved.

        Raises:
            MovedError: It is deployed otherwise, with the commands that move it.

        """
        if moved := tuple(self.moved()):
            raise MovedError("; ".join(map(str, moved)), self._organization, self._way(moved))
        if account := self._archive_elsewhere():
            archive = self.config.organization.archive
            raise MovedError(
                f"organization.archive.account is {archive.account} in this config; deployed is {account} "
                f"(stack {self.config.names.hub_stack}), and the bucket {archive.bucket} is there",
                self._organization,
                "Bucket names are unique in all of AWS: give organization.archive.bucket another name too.\n"
                "The old archive stays with its records. Nothing was changed.",
            )

    def _way(self, moved: Sequence[Moved]) -> str:
        """What to do, as commands to copy."""
        file = self.origin.file if self.origin else "natrec.yaml"
        values = "\n".join(f"    {each.field}: {_quoted(each.deployed)}" for each in moved)
        # The archive's stack stands in the hub's region, and keeps its bucket.
        other = any(each.field == _REGION for each in moved)
        bucket = ", with another organization.archive.bucket, for that one stays" if other else ""
        return (
            "Nothing was changed, for natrec moves none of these while it is in use. Put it back, or remove\n"
            "what is deployed (records and reports stay in the archive, the history in the hub's table),\n"
            f"and deploy anew{bucket}:\n"
            f"  cp {file} before.yaml    # and say in it, as it is deployed:\n{values}\n"
            f"  natrec destroy -c before.yaml\n  natrec apply -c {file}"
        )

    def moved(self) -> Iterator[Moved]:
        """Every value that differs, each once."""
        hub = self.config.organization.hub
        found: dict[str, Moved] = {}
        for witness, values in self._witnesses():
            for name, path, wanted in (
                ("HubAccount", _ACCOUNT, hub.account),
                ("HubRegion", _REGION, hub.region),
                ("RolePath", "iam.role_path", self.config.iam.role_path),
            ):
                was = values.get(name, wanted)
                if was != wanted:
                    found.setdefault(path, Moved(path, was, wanted, witness))
        yield from found.values()

    @cached_property
    def hub(self) -> Values:
        """The parameters of the hub's stack; none where there is no stack."""
        place = self.config.organization.hub
        return self._parameters(place.account, place.region, self.config.names.hub_stack)

    @property
    def _organization(self) -> str:
        return f"organization {self.config.organization.id}"

    @property
    def bucket(self) -> str | None:
        """The archive's bucket that the hub uses; None where there is no hub."""
        return self.hub.get("ArchiveBucket")

    def _witnesses(self) -> Iterator[tuple[str, Values]]:
        """Whatever tells where the hub is, and with which path of roles, the surest first."""
        names = self.config.names
        given = self.observed.settings.get("Parameters") or () if self.observed.template else ()
        told = {each["ParameterKey"]: str(each.get("ParameterValue")) for each in given}
        yield f"stack set {names.spoke_stack_set}", told
        if self.administrator.manages:
            region, account = home_region(self.config.organization.hub.region), self.administrator.account
            stack = names.management_stack
            yield f"stack {stack} in {account} {region}", self._parameters(account, region, stack)
        yield f"stack {names.hub_stack}", self.hub
        if not self.hub:
            yield f"role {names.hub_role(_WITNESS)}", self._role()

    def _role(self) -> Values:
        """Where the hub of this account is, from one of its roles, which IAM knows in every region."""
        account = self.config.organization.hub.account
        client = self._client(account, "iam")
        try:
            found = client.get_role(RoleName=self.config.names.hub_role(_WITNESS))["Role"]
        except client.exceptions.NoSuchEntityException:
            return {}
        rule = _RULE.search(str(found["AssumeRolePolicyDocument"]))
        return {"HubRegion": rule["region"], "RolePath": found["Path"]} if rule else {}

    def _archive_elsewhere(self) -> str | None:
        """The account of the hub's archive, where another one shall get a bucket of the same name."""
        archive = self.config.organization.archive
        was = self.hub.get("ArchiveAccount", archive.account)
        return was if self.bucket == archive.bucket and was != archive.account else None

    def _parameters(self, account: str, region: str, name: str) -> Values:
        try:
            found = self._stacks(account, region).find(name)
        except UnreachableError:
            return {}
        if found is None or cure(found).anew:  # of a creation that failed nothing is left
            return {}
        return {each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", ())}

    def _stacks(self, account: str, region: str) -> Stacks:
        return Stacks(self.clients(account, region, "cloudformation"), f"{account} {region}")

    def _client(self, account: str, service: str) -> Any:  # noqa: ANN401 - a client
        return self.clients(account, self.config.organization.hub.region, service)


def _quoted(value: str) -> str:
    return f'"{value}"' if value.isdigit() else value
