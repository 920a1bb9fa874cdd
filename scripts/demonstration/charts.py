"""Series as lines: where each point stands, and which marks the axes carry. Pure geometry."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

LEFT, RIGHT, TOP, BOTTOM = 46.0, 10.0, 10.0, 22.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MARKS = 4
Points = Mapping[int, float]
Scale = Callable[[float], float]


@dataclass(frozen=True)
class Drawn:
    """One series as drawn.

    Attributes:
        label: Its name.
        color: Its colour.
        lines: Stretches without a gap, as SVG points.
        dots: Points that stand alone.

    """

    label: str
    color: str
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Chart:
    """A drawing of so many pixels; marks are (where, what)."""

    width: float
    height: float
    series: tuple[Drawn, ...]
    values: tuple[tuple[float, float], ...]
    times: tuple[tuple[float, int], ...]
    limit: tuple[float, float] | None = None


def top_of(highest: float) -> float:
    """The end of an axis that reaches so high, a round number."""
    if highest <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(highest))
    return next(step * unit for step in _STEPS if step * unit >= highest * (1 - 1e-9))


def chart(
    series: Sequence[tuple[str, str, Points]],
    span: tuple[int, int],
    period: int,
    size: tuple[float, float],
    *,
    stacked: bool = False,
    most: float | None = None,
    limit: float | None = None,
) -> Chart:
    """Lay out series.

    Args:
        series: Label, colour and points by time of each.
        span: First and last time.
        period: Seconds between two points; where more are missing the line has a gap.
        size: Width and height.
        stacked: Each on top of those before it.
        most: The end of the vertical axis; by itself where None.
        limit: A value worth a line of its own.

    """
    laid = _stacked(series) if stacked else series
    highest = max((value for _, _, points in laid for value in points.values()), default=0.0)
    most = most or top_of(max(highest, limit or 0.0))
    width, height = size

    def x(time: float) -> float:
        return LEFT + (width - LEFT - RIGHT) * (time - span[0]) / max(1, span[1] - span[0])

    def y(value: float) -> float:
        return height - BOTTOM - (height - TOP - BOTTOM) * min(value, most) / most

    drawn = tuple(_draw(each, period, x, y) for each in laid)
    values = tuple((y(most * mark / _MARKS), most * mark / _MARKS) for mark in range(_MARKS + 1))
    return Chart(width, height, drawn, values, _times(span, x), None if limit is None else (y(limit), limit))


def _stacked(series: Sequence[tuple[str, str, Points]]) -> list[tuple[str, str, Points]]:
    below: dict[int, float] = {}
    found: list[tuple[str, str, Points]] = []
    for label, color, points in series:
        below = {time: below.get(time, 0.0) + points.get(time, 0.0) for time in {*below, *points}}
        found.append((label, color, {time: below[time] for time in points}))
    return found


def _draw(one: tuple[str, str, Points], period: int, x: Scale, y: Scale) -> Drawn:
    label, color, points = one
    times = sorted(points)
    stretches: list[list[int]] = [times[:1]] if times else []
    for before, time in pairwise(times):
        if time - before > period:
            stretches.append([])
        stretches[-1].append(time)
    lines = tuple(
        " ".join(f"{x(time):.1f},{y(points[time]):.1f}" for time in stretch)
        for stretch in stretches
        if len(stretch) > 1
    )
    dots = tuple((x(each[0]), y(points[each[0]])) for each in stretches if len(each) == 1)
    return Drawn(label, color, lines, dots)


def _times(span: tuple[int, int], x: Scale) -> tuple[tuple[float, int], ...]:
    length = span[1] - span[0]
    every = next((each for each in (60, 300, 900, 3600, 10800, 21600) if length / each <= 6), 86400)  # noqa: PLR2004 - marks
    first = -(-span[0] // every) * every
    return tuple((x(time), time) for time in range(first, span[1] + 1, every))
