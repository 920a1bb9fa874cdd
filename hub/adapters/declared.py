"""What a method calls of AWS, said beside it. The roles are rendered from this, and grant nothing else.

At run time a method that declares its calls is the very one that it would be without.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

# What an action acts on. The templates say which resource that is, and under which conditions.
On = Literal[
    "table",
    "index of what is watched",
    "index of the history",
    "workers",
    "waiting executions",
    "executions",
    "list of executions",
    "state machine",
    "archive",
    "work group",
    "answers",
    "reports",
    "what lies beside reports",
    "bucket of reports",
    "new notices",
    "waiting notices",
    "dead notices",
    "dead letters",
    "topics",
    "webhooks",
    "organization",
    "place of an account",
    # in a spoke, as its worker
    "spoke",
    "new flow logs",
    "their tags",
    "recorded resources",
    "flow logs of this hub",
    "failsafes",
    "failsafe's role",
]
_DECLARED = "__declared_calls__"
Method = TypeVar("Method", bound=Callable[..., Any])


class Call(NamedTuple):
    """One action, as policies write it, and what it acts on."""

    action: str
    on: On


def calls(on: On, *actions: str) -> Callable[[Method], Method]:
    """Declare the actions of a method on one kind of thing."""
    return _declaring(frozenset(Call(action, on) for action in actions))


def through(*others: Callable[..., Any]) -> Callable[[Method], Method]:
    """Declare that a method calls what these do."""
    return _declaring(frozenset[Call]().union(*map(declared, others)))


def declared(method: Callable[..., Any]) -> frozenset[Call]:
    """What a method has declared; nothing, where it calls nothing."""
    found: frozenset[Call] = getattr(method, _DECLARED, frozenset())
    return found


def _declaring(more: frozenset[Call]) -> Callable[[Method], Method]:
    def declare(method: Method) -> Method:
        setattr(method, _DECLARED, declared(method) | more)
        return method

    return declare
