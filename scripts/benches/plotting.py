"""A growth curve as an SVG for light and dark themes; both axes go by powers of ten."""

import html
import math
from collections.abc import Iterator, Sequence

from scripts.benches.findings import Curve

WIDTH, HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 20, 44, 52
_COLOURS = ("a", "b", "c", "d", "e", "f")
_STYLE = """
.paper{fill:#fff}.ink{fill:#16202b}.soft{fill:#5b6876}.grid{stroke:#dde3ea}
.a{stroke:#1f6feb;fill:#1f6feb}.b{stroke:#c2410c;fill:#c2410c}.c{stroke:#15803d;fill:#15803d}
.d{stroke:#7c3aed;fill:#7c3aed}.e{stroke:#b45309;fill:#b45309}.f{stroke:#5b6876;fill:#5b6876}
@media (prefers-color-scheme:dark){.paper{fill:#0f151c}.ink{fill:#e6edf3}.soft{fill:#9aa7b4}
.grid{stroke:#2b3541}.a{stroke:#58a6ff;fill:#58a6ff}.b{stroke:#ff9a57;fill:#ff9a57}.c{stroke:#4ade80;fill:#4ade80}}
text{font:13px system-ui,sans-serif;stroke:none!important}.head{font-size:15px;font-weight:600}
polyline{fill:none!important;stroke-width:2.5}
"""


class Axis:
    """Values to places, by powers of ten."""

    def __init__(self, values: Sequence[float], low: float, high: float) -> None:
        """Take the values that must fit, and the places of the lowest and the highest power."""
        self._first = math.floor(math.log10(min(values)))
        self._last = max(math.ceil(math.log10(max(values))), self._first + 1)
        self._low, self._high = low, high

    def at(self, value: float) -> float:
        """Where a value stands."""
        share = (math.log10(value) - self._first) / (self._last - self._first)
        return round(self._low + share * (self._high - self._low), 1)

    @property
    def powers(self) -> list[float]:
        """Every power of ten on it."""
        return [10.0**each for each in range(self._first, self._last + 1)]


def plot(curve: Curve) -> str:
    """The picture."""
    lines = {name: [(x, y) for x, y in points if x > 0 and y > 0] for name, points in curve.lines.items()}
    every = [point for points in lines.values() for point in points]
    across = Axis([x for x, _ in every], _LEFT, WIDTH - _RIGHT)
    up = Axis([y for _, y in every], HEIGHT - _BOTTOM, _TOP + 16 * len(lines))
    parts = [f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="6"/>', *_frame(curve, across, up)]
    for number, (name, points) in enumerate(lines.items()):
        parts += _line(
            _COLOURS[number % len(_COLOURS)], number, name, [(across.at(x), up.at(y)) for x, y in points]
        )
    told = html.escape(curve.title, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{told}"><style>{_STYLE.strip()}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _frame(curve: Curve, across: Axis, up: Axis) -> Iterator[str]:
    yield _text("ink head", 16, 24, curve.title)
    for power in up.powers:
        y = up.at(power)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        yield _text("soft", _LEFT - 8, y + 4, _told(power), "end")
    for power in across.powers:
        x = across.at(power)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{up.at(up.powers[-1])}" y2="{HEIGHT - _BOTTOM}"/>'
        anchor = "end" if power == across.powers[-1] else "middle"
        yield _text("soft", x, HEIGHT - _BOTTOM + 18, _told(power), anchor)
    yield _text("soft", WIDTH - _RIGHT, HEIGHT - 12, curve.across, "end")
    yield _text("soft", 16, HEIGHT - 12, curve.up)


def _line(colour: str, number: int, name: str, points: Sequence[tuple[float, float]]) -> Iterator[str]:
    yield f'<polyline class="{colour}" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
    yield from (f'<circle class="{colour}" cx="{x}" cy="{y}" r="3.5"/>' for x, y in points)
    yield _text(colour, _LEFT + 4, _TOP + 2 + 16 * number, name)


def _told(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _text(kind: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{html.escape(words)}</text>'
