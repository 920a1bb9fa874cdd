"""Whether the policy refuses a gateway just now, whatever its traffic, in the hub's order and words.

The hub's domain imports nothing from here, and says the same; `tests/hub/test_explained.py` holds both to it.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from orgconfig.members import Members
from orgconfig.membership import not_a_member
from orgconfig.muting import muted
from orgconfig.policy import Policy
from orgconfig.resolution import NEVER, Resolved
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
    window = muted(policy, subject, now)
    if window:
        return Refused("muted", window.text, window.until)
    if resolved.opted_out:
        tag = f"{policy.names.record_tag}={NEVER}"
        return Refused("opted_out", f"its owner opted the gateway out: tag {tag} on it")
    if not resolved.recording.enabled:
        source = resolved.sources["enabled"]
        return Refused("disabled", f"recording is switched off for this gateway ({source})")
    return None
