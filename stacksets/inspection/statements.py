"""What a policy says to one request: allowed, denied, not mentioned, or not to be told from here.

Rules: IAM User Guide, "Policy evaluation logic" (a Deny that matches wins) and "IAM JSON policy elements".
IAM's own simulator is of no use for this: it does not evaluate service control policies with conditions.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stacksets.inspection.conditions import (
    Keys,
    Matched,
    all_of,
    any_of,
    arn_like,
    holds,
    like,
    listed,
    opposite,
)

Outcome = Literal["allowed", "denied", "unmentioned", "unclear"]
Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        principal: A role's ARN, or a service such as `delivery.logs.amazonaws.com`.
        action: As policies write it.
        resource: The ARN acted on.
        keys: Condition keys; None for those known to be absent, and what is not listed is not known.

    """

    principal: str
    action: str
    resource: str
    keys: Keys = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What a policy says, and the statement that decides it where one does."""

    outcome: Outcome
    statement: Statement | None = None


def statements_of(document: str | Mapping[str, Any] | None) -> list[Statement]:
    """The statements of a policy, as text or as JSON; none where there is no policy."""
    policy = json.loads(document) if isinstance(document, str) else document or {}
    found = policy.get("Statement", [])
    return [found] if isinstance(found, Mapping) else list(found)


def decide(statements: Iterable[Statement], asked: Asked) -> Decision:
    """What the statements say together."""
    met = [(each, _concerns(each, asked)) for each in statements]
    found: tuple[tuple[str, Matched, Outcome], ...] = (
        ("Deny", "yes", "denied"),
        ("Deny", "maybe", "unclear"),
        ("Allow", "yes", "allowed"),
        ("Allow", "maybe", "unclear"),
    )
    for effect, how, outcome in found:
        for statement, matched in met:
            if statement.get("Effect") == effect and matched == how:
                return Decision(outcome, statement)
    return Decision("unmentioned")


def beside(wanted: Iterable[Statement], found: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements that allow something, and are none of those wanted.

    A list in another order, or of one, and a statement's Sid mean the same as before.
    """
    known = [_plain(each) for each in wanted]
    return tuple(each for each in found if each.get("Effect") == "Allow" and _plain(each) not in known)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if key != "Sid"}
    return sorted(map(str, listed(value)))


def _concerns(statement: Statement, asked: Asked) -> Matched:
    return all_of(
        [
            _principal(statement, asked.principal),
            _action(statement, asked.action),
            _resource(statement, asked.resource),
            holds(statement.get("Condition", {}), asked.keys),
        ]
    )


def _principal(statement: Statement, principal: str) -> Matched:
    """A statement without a principal belongs to whoever it is attached to."""
    if "NotPrincipal" in statement:
        return "maybe"
    named = statement.get("Principal", "*")
    if named == "*":
        return "yes"
    if not principal.startswith("arn:"):
        return _yes(principal in listed(named.get("Service", [])) or "*" in listed(named.get("AWS", [])))
    partition, account = principal.split(":")[1], principal.split(":")[4]
    own = {"*", principal, account, f"arn:{partition}:iam::{account}:root"}
    return _yes(bool(own & set(listed(named.get("AWS", [])))))


def _action(statement: Statement, action: str) -> Matched:
    def named(element: str) -> Matched:
        return _yes(any(like(action.lower(), each.lower()) for each in listed(statement[element])))

    return named("Action") if "Action" in statement else opposite(named("NotAction"))


def _resource(statement: Statement, resource: str) -> Matched:
    """Trust policies name no resource: they speak of their own role."""

    def named(element: str) -> Matched:
        return any_of(
            [
                "maybe" if "${" in each else _yes(arn_like(resource, each))
                for each in listed(statement[element])
            ]
        )

    if "NotResource" in statement:
        return opposite(named("NotResource"))
    return named("Resource") if "Resource" in statement else "yes"


def _yes(met: bool) -> Matched:  # noqa: FBT001 - a conversion
    return "yes" if met else "no"
