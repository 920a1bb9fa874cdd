"""Clients that remember what was called, and clients of somebody whom few accounts let in."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from stacksets.steps import Clients, UnreachableError

_READS = ("describe_", "list_", "get_", "head_", "can_paginate")


@dataclass
class Recorded:
    """Clients whose calls are kept."""

    clients: Clients
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, account: str, region: str, service: str) -> "_Spy":
        return _Spy(self.clients(account, region, service), self)

    def changes(self) -> list[str]:
        """The names of calls that change something."""
        return [name for name, _ in self.calls if not name.startswith(_READS)]

    def given(self, name: str) -> list[dict[str, Any]]:
        """The arguments of each call of a name."""
        return [arguments for called, arguments in self.calls if called == name]


class _Spy:
    def __init__(self, client: Any, recorded: Recorded) -> None:  # noqa: ANN401 - any service's client
        self._client, self._recorded = client, recorded

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the client has
        found = getattr(self._client, name)
        if not callable(found) or name in {"exceptions", "meta"}:
            return found

        def call(*positional: object, **arguments: object) -> object:
            self._recorded.calls.append((name, arguments))
            return found(*positional, **arguments)

        return call


@dataclass(frozen=True)
class Only:
    """Clients of somebody who gets into these accounts only."""

    clients: Clients
    accounts: Collection[str]

    def __call__(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - any service's client
        if account not in self.accounts:
            raise UnreachableError("the role cannot be assumed", f"account {account}", "Name another one.")
        return self.clients(account, region, service)
