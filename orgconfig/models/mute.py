"""When alarms are expected and start no recording."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from orgconfig.cron import ALLOWED, Cron
from orgconfig.models.base import Model, Written
from orgconfig.models.kinds import Sentence, WindowLength
from orgconfig.models.overrides import Match
from orgconfig.units import shown


def _cron(text: object) -> str:
    try:
        Cron.parse(text if isinstance(text, str) else "")
    except ValueError as problem:
        raise ValueError(
            f"{problem}, with numbers, *, lists, ranges and steps; this is {shown(text)}"
        ) from None
    return " ".join(str(text).split())


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"must be a time with its zone, as in 2026-11-27T00:00:00Z; this is {shown(text)}")
    return moment


CronText = Annotated[str, Written(_cron, str, ("string",), ("0 2 * * 6",))]
Moment = Annotated[datetime, Written(_moment, datetime.isoformat, ("string",), ("2026-11-27T00:00:00Z",))]


class Mute(Model):
    """A window in which alarms start no recording: either cron and duration, or from and until."""

    match: Match | None = Field(default=None, description="For which gateways; all when not given.")
    cron: CronText | None = Field(default=None, description=f"When windows begin, UTC; {ALLOWED}.")
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
