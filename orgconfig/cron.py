"""Times that repeat, in the five fields of cron, in UTC."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?", re.ASCII)
_SUNDAY = 7

ALLOWED = "five fields: minute hour day-of-month month day-of-week (0 = Sunday), as in `0 2 * * 6`"


@dataclass(frozen=True)
class Cron:
    """A repeated time, as crontab(5) reads it.

    Attributes:
        minutes: In ascending order, as are the hours.
        hours: Of the day.
        days: Of the month.
        months: From 1.
        weekdays: 0 is Sunday.
        either_day: Whether a day of the month or a weekday is enough. So it is when both are limited;
            a field that begins with `*` limits nothing.

    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read five fields of numbers, `*`, lists, ranges and steps; `5/20` counts from 5 to the field's end.

        Raises:
            ValueError: It cannot be read; the message says what is allowed.

        """
        fields = text.split()
        if len(fields) != len(_LIMITS):
            raise ValueError(f"must be {ALLOWED}")
        minutes, hours, days, months, weekdays = (
            _numbers(field, *limits) for field, limits in zip(fields, _LIMITS, strict=True)
        )
        return cls(
            minutes=tuple(sorted(minutes)),
            hours=tuple(sorted(hours)),
            days=frozenset(days),
            months=frozenset(months),
            weekdays=frozenset(day % _SUNDAY for day in weekdays),
            either_day=not (fields[2].startswith("*") or fields[4].startswith("*")),
        )

    def latest(self, moment: datetime, within: timedelta) -> datetime | None:
        """The last time at or before `moment` that is less than `within` ago, or None.

        Args:
            moment: In UTC.
            within: How far to look back; a day is one step.

        """
        day = moment.date()
        while day >= (moment - within).date():
            last = moment.time() if day == moment.date() else time.max
            found = self._last_until(last) if self._on(day) else None
            if found is not None:
                at = datetime.combine(day, found, moment.tzinfo)
                return at if moment - at < within else None
            if day == date.min:
                break
            day -= timedelta(days=1)
        return None

    def _on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_number, by_weekday = day.day in self.days, day.isoweekday() % _SUNDAY in self.weekdays
        return by_number or by_weekday if self.either_day else by_number and by_weekday

    def _last_until(self, last: time) -> time | None:
        times = ((hour, minute) for hour in reversed(self.hours) for minute in reversed(self.minutes))
        return next((time(*each) for each in times if each <= (last.hour, last.minute)), None)


def _numbers(field: str, least: int, most: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"must be {ALLOWED}")
        first, last, step = (int(number) if number else None for number in match.groups())
        start = least if first is None else first
        end = last if last is not None else start if first is not None and step is None else most
        if not least <= start <= end <= most:
            raise ValueError(f"must be {ALLOWED}")
        found.update(range(start, end + 1, step or 1))
    return found
