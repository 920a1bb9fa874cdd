"""AWS's cron expressions: minute, hour, day of month, month, day of week, year. Pure.

Sources: Amazon EventBridge User Guide, "Cron expressions" (the fields with their values; of the two days one
is `?`); EventBridge Scheduler User Guide, "Schedule types" (the same fields, in a time zone). `L`, `W` and
`#` are not fired here.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

FIELDS = 6
_FORM = re.compile(r"cron\((.*)\)")
_PART = re.compile(r"(\*|[A-Z0-9]+)(?:-([A-Z0-9]+))?(?:/(\d+))?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_DAY, _WEEKDAY = 2, 4
_NAMES = {3: _MONTHS, _WEEKDAY: _DAYS}
# The 29th of February that is a certain weekday comes within so many years.
_SEARCHED = 366 * 40


@dataclass(frozen=True)
class Cron:
    """When it fires: sets of values, in a time zone."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]
    zone: str = "UTC"

    def after(self, moment: float) -> float | None:
        """The first time after a moment, in seconds since the epoch; None when there is none."""
        day = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(self.zone)).replace(hour=0, minute=0)
        day = day.replace(second=0, microsecond=0)
        for _ in range(_SEARCHED):
            if self._on(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        found = day.replace(hour=hour, minute=minute).timestamp()
                        if found > moment:
                            return found
            day += timedelta(days=1)
        return None

    def _on(self, day: datetime) -> bool:
        # isoweekday has Sunday last, as 7; AWS has it first, as 1.
        weekday = day.isoweekday() % 7 + 1
        return (
            day.day in self.days
            and day.month in self.months
            and day.year in self.years
            and weekday in self.weekdays
        )


def parse_cron(expression: str, zone: str = "UTC") -> Cron:
    """Read `cron(0 7 * * ? *)`.

    Raises:
        ValueError: What is wrong with it.

    """
    found = _FORM.fullmatch(expression)
    fields = found[1].split() if found else []
    if len(fields) != FIELDS:
        raise ValueError(f"{expression} must have {FIELDS} fields")
    if (fields[_DAY] == "?") == (fields[_WEEKDAY] == "?"):
        raise ValueError(f"{expression}: of the day of month and the day of week exactly one must be ?")
    minutes, hours, days, months, weekdays, years = (_values(each, at) for at, each in enumerate(fields))
    return Cron(minutes, hours, days, months, weekdays, years, zone)


def _values(field: str, place: int) -> frozenset[int]:
    lowest, highest = _RANGES[place]
    if field == "?" and place in (_DAY, _WEEKDAY):
        return frozenset(range(lowest, highest + 1))
    found: set[int] = set()
    for part in field.upper().split(","):
        form = _PART.fullmatch(part)
        if form is None:
            raise ValueError(f"{part} is none of the values that the sandbox fires")
        start = lowest if form[1] == "*" else _number(form[1], place)
        end = _number(form[2], place) if form[2] else highest if form[1] == "*" or form[3] else start
        step = int(form[3] or 1)
        if not (lowest <= start <= end <= highest and step):
            raise ValueError(f"{part} must be within {lowest} and {highest}")
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _number(text: str, place: int) -> int:
    names = _NAMES.get(place, ())
    if text in names:
        return names.index(text) + 1
    if not text.isdigit():
        raise ValueError(f"{text} is none of the values that the sandbox fires")
    return int(text)
