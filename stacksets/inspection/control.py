"""Policies of the organization: all that apply to an account, level by level, and what they say together.

Sources: Organizations User Guide, "SCP evaluation" (an Allow is needed at every level from the root to the
account, a Deny at any of them wins; the management account is not affected); Organizations API Reference,
"ListPoliciesForTarget" (only those attached directly; the management account and delegated administrators
may ask).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from stacksets.inspection.statements import Asked, Outcome, Statement, decide, statements_of

# What principals of an account may do; and what anybody may do to its resources (RCPs).
SERVICE, RESOURCE = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True)
class Attached:
    """One policy, and the root, OU or account that it is attached to."""

    target: str
    id: str
    name: str
    statements: tuple[Statement, ...]

    def __str__(self) -> str:
        return f"{self.name} ({self.id}) on {self.target}"


@dataclass(frozen=True)
class Level:
    """A root, an OU or an account, and what is attached to it."""

    target: str
    policies: tuple[Attached, ...]


@dataclass(frozen=True)
class Ruling:
    """What the policies say of one request, and which of them decides."""

    outcome: Outcome
    policy: Attached | None = None
    statement: Statement | None = None
    target: str = ""


def rule(levels: Sequence[Level], asked: Asked) -> Ruling:
    """What all levels together say; with no level at all everything is allowed."""
    policies = [each for level in levels for each in level.policies]
    for outcome in ("denied", "unclear"):
        for each in policies:
            denies = [statement for statement in each.statements if statement.get("Effect") == "Deny"]
            found = decide(denies, asked)
            if found.outcome == outcome:
                return Ruling(found.outcome, each, found.statement, each.target)
    for level in levels:
        allows = decide([one for each in level.policies for one in each.statements], asked)
        if allows.outcome == "unclear":
            return Ruling("unclear", target=level.target)
        if allows.outcome != "allowed":
            return Ruling("denied", target=level.target)
    return Ruling("allowed")


@dataclass(frozen=True)
class Control:
    """Reads them, each once; safe to use from several threads.

    Attributes:
        client: Organizations, as the management account or a delegated administrator.
        kind: Service or resource control policies.

    """

    client: Any
    kind: str = SERVICE
    _levels: dict[str, Level] = field(default_factory=dict, repr=False)
    _parents: dict[str, str] = field(default_factory=dict, repr=False)
    _policies: dict[str, tuple[Statement, ...]] = field(default_factory=dict, repr=False)
    _reading: Any = field(default_factory=threading.RLock, repr=False, compare=False)

    def levels(self, account: str) -> tuple[Level, ...]:
        """What is attached above an account and to it, from the root down; nothing where none apply."""
        with self._reading:
            if not self._enabled or account == self._management:
                return ()
            return tuple(self._level(target) for target in self.path(account))

    def path(self, account: str) -> tuple[str, ...]:
        """The root, the OUs below it, and the account."""
        with self._reading:
            found = [account]
            while not found[0].startswith("r-"):
                found.insert(0, self._parent(found[0]))
            return tuple(found)

    @cached_property
    def _enabled(self) -> bool:
        roots = self.client.list_roots()["Roots"]
        return any(
            each["Type"] == self.kind and each["Status"] == "ENABLED"
            for root in roots
            for each in root["PolicyTypes"]
        )

    @cached_property
    def _management(self) -> str:
        return str(self.client.describe_organization()["Organization"]["MasterAccountId"])

    def _parent(self, child: str) -> str:
        if child not in self._parents:
            self._parents[child] = self.client.list_parents(ChildId=child)["Parents"][0]["Id"]
        return self._parents[child]

    def _level(self, target: str) -> Level:
        if target not in self._levels:
            pages = self.client.get_paginator("list_policies_for_target").paginate(
                TargetId=target, Filter=self.kind
            )
            self._levels[target] = Level(
                target,
                tuple(
                    Attached(target, each["Id"], each["Name"], self._statements(each["Id"]))
                    for page in pages
                    for each in page["Policies"]
                ),
            )
        return self._levels[target]

    def _statements(self, policy: str) -> tuple[Statement, ...]:
        if policy not in self._policies:
            content = self.client.describe_policy(PolicyId=policy)["Policy"]["Content"]
            self._policies[policy] = tuple(statements_of(content))
        return self._policies[policy]
