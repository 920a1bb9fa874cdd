"""When the records of a recording arrive in the archive, and how long to wait for them.

Records lie under the hour they were cut in, in files that are cut every five minutes, and arrive about ten
minutes late, at times later (VPC User Guide, "Flow log files").
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hub.domain.recordings import Recording

# Records arrive within minutes of the end; a report written days later need not look at every hour since.
LATEST = timedelta(hours=3)
_FILE = timedelta(minutes=5)
# So often the records are looked at before what is missing is given up, `delivery_wait` before each look.
_LOOKS = 3


def hours(recording: Recording, until: datetime | None = None) -> Iterator[datetime]:
    """Every hour, UTC, under which records of the recording may lie.

    Args:
        recording: The recording.
        until: The time, where only what may have arrived by then is wanted.

    """
    last = (recording.closed_at or recording.deadline) + LATEST
    if until is not None:
        last = min(until, last)
    hour = recording.opened_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour <= last:
        yield hour
        hour += timedelta(hours=1)


def more_in(recording: Recording, last: datetime | None, now: datetime) -> timedelta:
    """How long to wait before looking once more; nothing when all is there, or enough was waited.

    Decided by the time alone, so that a step that is repeated never begins to wait anew.

    Args:
        recording: A closed recording.
        last: When the last record that has arrived ends; None without any.
        now: The time.

    """
    closed, wait = recording.closed_at, recording.delivery_wait
    if closed is None or recording.delivery_error or now >= closed + _LOOKS * wait:
        return timedelta()
    is_whole = last is not None and last >= closed - _FILE
    return timedelta() if is_whole else wait
