"""What applying does, step by step: found out by reading, shown by `plan`, carried out by `apply`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from orgconfig.errors import NatrecError

Action = Literal["create", "update", "delete", "none"]

# Answers a client of a service in an account and region: `clients(account, region, service)`.
# Raises `UnreachableError` where no credentials lead into the account.
Clients = Callable[[str, str, str], Any]


class UnreachableError(NatrecError):
    """No credentials lead into an account, and nobody named any for it."""


@dataclass(frozen=True)
class Renewed:
    """A client that is asked for anew at each call, for what lasts longer than credentials do."""

    clients: Clients
    account: str
    region: str
    service: str

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the client has
        """What the client has by that name."""
        return getattr(self.clients(self.account, self.region, self.service), name)


@dataclass(frozen=True)
class Extent:
    """How much something is about.

    Attributes:
        accounts: In how many accounts.
        regions: In how many regions.
        instances: How many instances of the stack set.

    """

    accounts: int = 0
    regions: int = 0
    instances: int = 0

    def document(self) -> dict[str, int]:
        """As JSON shows it."""
        return {"accounts": self.accounts, "regions": self.regions, "instances": self.instances}


@dataclass(frozen=True)
class Change:
    """What differs between what is there and what the config asks for.

    Attributes:
        action: `none` where nothing differs.
        detail: What differs, or that nothing does.
        lines: The same, resource by resource; empty where that is not known or nothing differs.
        extent: How much it is about; the step's own account and region where nothing else is said.

    """

    action: Action
    detail: str
    lines: tuple[str, ...] = ()
    extent: Extent = Extent(1, 1)

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines that people are shown: all of a new stack's are too many, and say what its kind says."""
        return () if self.action == "create" else self.lines


UNCHANGED = Change("none", "as it should be")


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: What it is about, such as `stack natrec-hub`.
        account: Where.
        region: Where.
        change: What it would change.
        run: Does it.

    """

    name: str
    account: str
    region: str
    change: Change
    run: Callable[[], object] = field(repr=False, compare=False)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.change.action != "none"

    def document(self) -> dict[str, object]:
        """The step as JSON shows it."""
        return {
            "name": self.name,
            "account": self.account,
            "region": self.region,
            "action": self.change.action,
            "detail": self.change.detail,
            "changes": list(self.change.lines),
            **(self.change.extent if self.changes else Extent()).document(),
        }

    def __str__(self) -> str:
        verb = "keep" if self.change.action == "none" else self.change.action
        first = f"{verb:6}  {self.name} in {self.account} {self.region}: {self.change.detail}"
        return "\n".join([first, *(f"          {line}" for line in self.change.shown)])
