"""The report's plot as numbers: where each bar stands, and which marks the axes carry. Pure geometry."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hub.reporting.slots import MINUTE

WIDTH, HEIGHT = 720.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 8.0, 14.0, 26.0
_TIMES = 6  # at most so many times on the axis


@dataclass(frozen=True)
class Bar:
    """One slot of time: two bars, upload below download."""

    x: float
    width: float
    upload_y: float
    upload_height: float
    download_y: float
    download_height: float
    at: int
    upload: int
    download: int


@dataclass(frozen=True)
class Mark:
    """A value or a time on an axis."""

    at: float
    value: float


@dataclass(frozen=True)
class Plot:
    """Bytes per minute.

    Attributes:
        values: Marks of the vertical axis, in bytes.
        times: Marks of the horizontal one, in seconds since 1970.
        every: Seconds between two of them.
        events: Times worth a line, such as onset and recovery.
        threshold: Where the alarm's threshold lies, if it is known and fits.

    """

    bars: tuple[Bar, ...]
    values: tuple[Mark, ...]
    times: tuple[Mark, ...]
    every: int
    events: tuple[Mark, ...]
    threshold: Mark | None
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM
    top: float = _TOP


def plot(
    slots: Sequence[tuple[int, int, int]],
    events: Sequence[int] = (),
    threshold: float | None = None,
    step: int = MINUTE,
) -> Plot | None:
    """Place every slot, as bytes per minute.

    Args:
        slots: Time, upload and download of each, in order.
        events: Times worth a line, in seconds since 1970.
        threshold: Of the alarm, in bytes per minute.
        step: Seconds of a slot.

    Returns:
        None where there is nothing to show.

    """
    if not slots:
        return None
    begin, end = min(slots[0][0], *events, slots[0][0]), max(slots[-1][0] + step, *events, 0)
    rate = MINUTE / step
    highest = max(upload + download for _, upload, download in slots) * rate
    top = _round_up(max(highest, min(threshold or 0, 1.5 * highest)))
    across = (WIDTH - _LEFT - _RIGHT) / max(step, end - begin)
    up = (HEIGHT - _TOP - _BOTTOM) / top

    def x(at: float) -> float:
        return _LEFT + (at - begin) * across

    def y(value: float) -> float:
        return HEIGHT - _BOTTOM - value * up

    bars = tuple(
        Bar(
            x=x(at),
            width=max(1.0, step * across - 1),
            upload_y=y(upload * rate),
            upload_height=upload * rate * up,
            download_y=y((upload + download) * rate),
            download_height=download * rate * up,
            at=at,
            upload=upload,
            download=download,
        )
        for at, upload, download in slots
    )
    every = _every(end - begin)
    return Plot(
        bars=bars,
        values=tuple(Mark(y(top * part / 4), top * part / 4) for part in range(5)),
        times=tuple(Mark(x(at), at) for at in range(begin - begin % every, end, every) if at >= begin),
        every=every,
        events=tuple(Mark(x(at), at) for at in events),
        threshold=Mark(y(threshold), threshold) if threshold and threshold <= top else None,
    )


def _every(seconds: int) -> int:
    """Seconds between two times on the axis; round ones below a minute, whole minutes from there on."""
    short = next((each for each in (1, 2, 5, 10, 15, 30) if seconds <= each * _TIMES), None)
    return short or MINUTE * math.ceil(seconds / MINUTE / _TIMES)


def _round_up(value: float) -> float:
    """The next round number, so that four equal parts of it read well."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return next(
        float(step * power) for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 4.8, 6, 8, 10) if step * power >= value
    )
