"""Whose policy is asked for, and whether a match means them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orgconfig.policy_parts import Match


@dataclass(frozen=True)
class Subject:
    """A gateway, or all that is known of one: whose policy is asked for.

    Attributes:
        account: Its account.
        region: Its region.
        path: The ids of its OUs from the root to the account's own; empty when they are not known.
        gateway: Its id, if one gateway is meant.
        tags: The gateway's tags.

    """

    account: str
    region: str
    path: tuple[str, ...] = ()
    gateway: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def matches(match: Match, subject: Subject) -> bool:
    """Whether the subject is meant: by its OUs, account, tags or id."""
    if match.ou is not None:
        return match.ou in subject.path
    if match.account is not None:
        return match.account == subject.account
    if match.tag is not None:
        return match.tag.items() <= subject.tags.items()
    return match.gateway is not None and match.gateway == subject.gateway


def described(match: Match) -> str:
    """A match in words, as in `tag team=data-platform`."""
    if match.tag is not None:
        return "tag " + " and ".join(f"{key}={value}" for key, value in match.tag.items())
    ways = {"ou": match.ou, "account": match.account, "gateway": match.gateway}
    return next((f"{way} {value}" for way, value in ways.items() if value is not None), "nothing")
