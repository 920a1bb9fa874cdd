"""Metric math: what the hub's dashboard and alarms use, and nothing by guess."""

import pytest

from scripts.sandbox.engine.metric_math import Given, MathError, evaluate
from scripts.sandbox.engine.metric_search import SearchError, parse

GIVEN = Given({"a": {0: 2.0, 60: 4.0}, "b": {60: 10.0, 120: 0.0}, "sum": {0: 1.0}}, ["a", "b"], [0, 60, 120])


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        ("a", {0: 2, 60: 4}),
        ("a / 2", {0: 1, 60: 2}),
        ("a + b", {60: 14}),
        ("(a + b) * 2 - a", {60: 24}),
        ("1 + a * 10", {0: 21, 60: 41}),
        ("a / b", {60: 0.4}),
        ("FILL(a, 0) + FILL(b, 0)", {0: 2, 60: 14, 120: 0}),
        ("MAX(METRICS())", {0: 2, 60: 10, 120: 0}),
        ("SUM(METRICS())", {0: 2, 60: 14, 120: 0}),
        ("AVG(METRICS())", {0: 2, 60: 7, 120: 0}),
    ],
)
def test_an_expression_comes_to_one_series(expression: str, points: dict[int, float]) -> None:
    assert evaluate(expression, GIVEN) == points


@pytest.mark.parametrize(
    "expression", ["RATE(a)", "a +", "a b", "FILL(a, REPEAT)", "MAX(a)", "5", "METRICS()", "c", "a > 1", "(a"]
)
def test_what_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(MathError):
        evaluate(expression, GIVEN)


def test_a_division_by_nothing_has_no_point() -> None:
    assert evaluate("a / b", Given({"a": {0: 1.0}, "b": {0: 0.0}}, ["a", "b"], [0])) == {}


def test_a_search_finds_metrics_by_their_exact_dimensions() -> None:
    search = parse("SEARCH('{shop,reason} MetricName=\"refused\" AND reason=\"late\"', 'Sum', 300)")
    assert search.finds("refused", {"reason": "late"})
    assert not search.finds("refused", {"reason": "early"})
    assert not search.finds("refused", {"reason": "late", "tier": "heavy"})
    assert not search.finds("opened", {"reason": "late"})


@pytest.mark.parametrize(
    "expression",
    [
        "SEARCH('{shop,reason} refused', 'Sum', 300)",
        "SEARCH('{shop} MetricName=(\"a\" OR \"b\")', 'Sum', 300)",
        "SEARCH('MetricName=\"a\"', 'Sum', 300)",
        "SEARCH('{shop} MetricName=\"a\"', 'Sum')",
    ],
)
def test_a_search_that_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(SearchError):
        parse(expression)
