"""When alarms are expected and start no recording."""

import re
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from orgconfig.models.base import Model, Written
from orgconfig.models.kinds import Sentence, WindowLength
from orgconfig.models.overrides import Match
from orgconfig.units import shown

_CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?", re.ASCII)
_CRON_ALLOWED = "five fields: minute hour day-of-month month day-of-week (0 = Sunday), as in `0 2 * * 6`"


def _part_fits(part: str, least: int, most: int) -> bool:
    match = _CRON_PART.fullmatch(part)
    if match is None:
        return False
    first, last = (int(number) if number else None for number in match.group(1, 2))
    if first is None:
        return True
    return least <= first <= (last if last is not None else first) <= most


def _cron(text: object) -> str:
    fields = text.split() if isinstance(text, str) else []
    fits = len(fields) == len(_CRON) and all(
        _part_fits(part, least, most)
        for field, (least, most) in zip(fields, _CRON, strict=True)
        for part in field.split(",")
    )
    if not fits:
        raise ValueError(
            f"must be {_CRON_ALLOWED}, with numbers, *, lists, ranges and steps; this is {shown(text)}"
        )
    return " ".join(fields)


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"must be a time with its zone, as in 2026-11-27T00:00:00Z; this is {shown(text)}")
    return moment


Cron = Annotated[str, Written(_cron, str, ("string",), ("0 2 * * 6",))]
Moment = Annotated[datetime, Written(_moment, datetime.isoformat, ("string",), ("2026-11-27T00:00:00Z",))]


class Mute(Model):
    """A window in which alarms start no recording: either cron and duration, or from and until."""

    match: Match | None = Field(default=None, description="For which gateways; all when not given.")
    cron: Cron | None = Field(default=None, description=f"When windows begin, UTC; {_CRON_ALLOWED}.")
    duration: WindowLength | None = Field(default=None, description="How long each window lasts, with cron.")
    begins: Moment | None = Field(default=None, alias="from", description="When the one window begins.")
    until: Moment | None = Field(default=None, description="When the one window ends.")
    reason: Sentence = Field(description="Shown in the refusal.")

    @model_validator(mode="after")
    def _one_kind_of_window(self) -> Self:
        given = [value is not None for value in (self.cron, self.duration, self.begins, self.until)]
        if given not in ([True, True, False, False], [False, False, True, True]):
            raise ValueError("must have either cron and duration, or from and until")
        if self.begins is not None and self.until is not None and self.begins >= self.until:
            raise ValueError("must end after it begins: until is not later than from")
        return self
