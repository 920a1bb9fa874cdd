"""Whether the policy refuses a gateway just now, whatever its traffic: the hub's words and `explain`'s."""

from datetime import datetime
from typing import Literal, NamedTuple

from orgconfig.members import Members
from orgconfig.membership import not_a_member
from orgconfig.muting import muted
from orgconfig.policy import Policy
from orgconfig.resolution import NEVER, Resolved
from orgconfig.sources import named
from orgconfig.subjects import Subject


class Refused(NamedTuple):
    """A refusal by the policy.

    Attributes:
        reason: One of the closed set of reasons.
        text: A sentence without its end: the limit, and where it is set.
        until: When it ends by itself, if it does.

    """

    reason: Literal["not_a_member", "disabled", "opted_out", "muted"]
    text: str
    until: datetime | None = None


def refused(
    policy: Policy, members: Members, subject: Subject, resolved: Resolved, now: datetime
) -> Refused | None:
    """The first reason why alarms of this gateway start no recording, or None.

    Args:
        policy: The policy.
        members: The organization.
        subject: The gateway.
        resolved: Its own policy.
        now: The moment, with its time zone.

    """
    outside = not_a_member(policy, members, subject)
    if outside:
        return Refused("not_a_member", outside)
    if not resolved.recording.enabled:
        return Refused("disabled", f"recording is disabled by {resolved.sources['enabled']}")
    if resolved.opted_out:
        tag, allowed = policy.names.record_tag, named(policy, "tags.allow_opt_out")
        return Refused("opted_out", f"the gateway's own tag {tag}={NEVER} opts it out, as {allowed} allows")
    window = muted(policy, subject, now)
    return Refused("muted", window.text, window.until) if window else None
