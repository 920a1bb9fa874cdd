"""What a part of the benchmark has to say: figures for the table, curves, details for JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Figure:
    """What was measured of one target.

    Attributes:
        target: Its key in `targets.TARGETS`.
        figure: In words and units.
        ratio: Against what, run beside it in the same run; empty where there is nothing to run.
        met: Whether the target is met; None where these sizes cannot tell.
        note: What else must be known to read the figure.

    """

    target: str
    figure: str
    ratio: str = ""
    met: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Curve:
    """How something grows.

    Attributes:
        name: Of its picture.
        title: Above it.
        across: What grows, on the horizontal axis.
        up: What is measured, with its unit.
        lines: Points by the name of their line.

    """

    name: str
    title: str
    across: str
    up: str
    lines: Mapping[str, tuple[tuple[float, float], ...]]


@dataclass(frozen=True)
class Findings:
    """Everything of one part."""

    figures: tuple[Figure, ...]
    curves: tuple[Curve, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """From such a document."""
        return cls(
            tuple(Figure(**each) for each in document["figures"]),
            tuple(_curve(each) for each in document["curves"]),
            document["details"],
        )


def _curve(document: Mapping[str, Any]) -> Curve:
    lines = {name: tuple((x, y) for x, y in points) for name, points in document["lines"].items()}
    return Curve(**{**document, "lines": lines})
