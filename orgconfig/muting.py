"""Whether alarms start no recording just now."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from orgconfig.policy import Policy
from orgconfig.policy_parts import MuteWindow
from orgconfig.sources import where
from orgconfig.subjects import Subject, described, matches

_LONGEST_CHAIN = 100


class Muted(NamedTuple):
    """A gateway is muted.

    Attributes:
        text: A sentence without its end: which window, where it is set, why, and until when.
        until: When the first moment comes that no window covers, in UTC; None when windows follow each other
            without end.

    """

    text: str
    until: datetime | None


def muted(policy: Policy, subject: Subject, now: datetime) -> Muted | None:
    """The window that covers this moment for this gateway, or None.

    Of several windows the one that ends last is named. `until` looks past a window's end into the next
    one that covers it, so that it names the time when an alarm is admitted again.

    Args:
        policy: The policy.
        subject: Whose alarm.
        now: The moment, with its time zone.

    """
    windows = [
        (at, each)
        for at, each in enumerate(policy.mute)
        if each.match is None or matches(each.match, subject)
    ]
    moment = now.astimezone(UTC)
    found = [(end, at, each) for at, each in windows if (end := _end(each, moment))]
    if not found:
        return None
    until, at, window = max(found, key=lambda each: each[0])
    ends: datetime | None = _covered_until([each for _, each in windows], until)
    field = f"mute[{at}]"
    whom = f" for {described(window.match)}" if window.match else ""
    told = f"until {ends:%Y-%m-%d %H:%M} UTC" if ends else "without end"
    place = where(policy, field)
    return Muted(f"muted by {place}{whom}: {window.reason}; {told}", ends)


def _covered_until(windows: list[MuteWindow], moment: datetime) -> datetime | None:
    for _ in range(_LONGEST_CHAIN):
        ends = [end for window in windows if (end := _end(window, moment))]
        if not ends:
            return moment
        moment = max(ends)
    return None


def _end(window: MuteWindow, moment: datetime) -> datetime | None:
    """When the window that covers this moment ends; a window covers its beginning and not its end."""
    if window.times is not None and window.duration is not None:
        length = timedelta(seconds=window.duration)
        begun = window.times.latest(moment, length)
        return begun + length if begun else None
    if window.begins is None or window.until is None or not window.begins <= moment < window.until:
        return None
    return window.until.astimezone(UTC)
