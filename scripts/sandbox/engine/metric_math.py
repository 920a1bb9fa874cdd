"""Metric math over series of points: arithmetic, FILL and what adds up METRICS(). Pure.

Source: CloudWatch User Guide, "Using math expressions with CloudWatch metrics": operators work point by
point, where both sides have one; METRICS() is an array of all metrics of the request, not its expressions;
MAX, MIN, SUM and AVG of an array give one series, FILL(series, number) fills its gaps. Whatever else
there is of it is refused by name.
"""

import operator
import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Points = Mapping[int, float]
Value = float | Points | Sequence[Points]
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[-+*/(),]))")
_OPERATORS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_OF_ARRAYS: Mapping[str, Callable[[list[float]], float]] = {
    "MAX": max,
    "MIN": min,
    "SUM": sum,
    "AVG": statistics.fmean,
}


class MathError(ValueError):
    """An expression that is wrong, or not understood here."""


@dataclass(frozen=True)
class Given:
    """What an expression may speak of.

    Attributes:
        series: By id, of metrics and of expressions.
        metrics: Ids of the metrics among them.
        times: Every point in time that is looked at, which FILL fills.

    """

    series: Mapping[str, Points]
    metrics: Sequence[str]
    times: Sequence[int]


def names(expression: str) -> set[str]:
    """The ids that an expression speaks of.

    Raises:
        MathError: It has what no expression has.

    """
    return {text for kind, text in _tokens(expression) if kind == "name" and not text.isupper()}


def evaluate(expression: str, given: Given) -> dict[int, float]:
    """The one series that an expression comes to.

    Raises:
        MathError: It is wrong, or not understood.

    """
    reader = _Reader(expression, given)
    value = reader.sum()
    if reader.ahead != ("end", ""):
        raise reader.wrong()
    if not isinstance(value, Mapping):
        raise MathError(f"{expression}: must come to one time series")
    return dict(value)


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    position, text = 0, expression.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise MathError(f"This engine does not understand the metric math {expression!r}")
        yield found.lastgroup, found[found.lastgroup]
        position = found.end()


class _Reader:
    def __init__(self, expression: str, given: Given) -> None:
        self._expression, self._given = expression, given
        self._rest = [*_tokens(expression), ("end", "")]

    @property
    def ahead(self) -> tuple[str, str]:
        return self._rest[0]

    def wrong(self) -> MathError:
        return MathError(f"This engine does not understand the metric math {self._expression!r}")

    def sum(self) -> Value:
        value = self._product()
        while self.ahead[1] in {"+", "-"}:
            value = self._join(self._next(), value, self._product())
        return value

    def _product(self) -> Value:
        value = self._factor()
        while self.ahead[1] in {"*", "/"}:
            value = self._join(self._next(), value, self._factor())
        return value

    def _factor(self) -> Value:
        kind, text = self.ahead
        self._next()
        if kind == "number":
            return float(text)
        if text == "(":
            value = self.sum()
            self._expect(")")
            return value
        if kind != "name":
            raise self.wrong()
        if self.ahead[1] == "(":
            return self._call(text)
        if text not in self._given.series:
            raise MathError(f"{self._expression}: there is no {text} in the request")
        return self._given.series[text]

    def _call(self, function: str) -> Value:
        self._expect("(")
        arguments: list[Value] = []
        while self.ahead[1] != ")":
            arguments.append(self.sum())
            if self.ahead[1] != ")":
                self._expect(",")
        self._expect(")")
        match function, arguments:
            case "METRICS", []:
                return [self._given.series[each] for each in self._given.metrics]
            case "FILL", [Mapping() as series, float() as number]:
                return {time: series.get(time, number) for time in {*self._given.times, *series}}
            case _, [list() as array] if function in _OF_ARRAYS:
                return _over(array, _OF_ARRAYS[function])
        raise MathError(f"This engine does not understand {function} as in {self._expression!r}")

    def _join(self, sign: str, left: Value, right: Value) -> Value:
        act = _OPERATORS[sign]
        match left, right:
            case float(), float():
                return act(left, right)
            case Mapping(), float():
                return _point_by_point(act, left, dict.fromkeys(left, right))
            case float(), Mapping():
                return _point_by_point(act, dict.fromkeys(right, left), right)
            case Mapping(), Mapping():
                return _point_by_point(act, left, right)
            case _:
                raise self.wrong()

    def _next(self) -> str:
        return self._rest.pop(0)[1]

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self.wrong()


def _point_by_point(act: Callable[[float, float], float], left: Points, right: Points) -> dict[int, float]:
    both = left.keys() & right.keys()
    return {time: act(left[time], right[time]) for time in both if act is not operator.truediv or right[time]}


def _over(array: Sequence[Points], reduce: Callable[[list[float]], float]) -> dict[int, float]:
    times = {time for series in array for time in series}
    return {time: reduce([series[time] for series in array if time in series]) for time in times}
