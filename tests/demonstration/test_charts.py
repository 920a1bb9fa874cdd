"""Where the points of a chart stand."""

from scripts.demonstration.charts import BOTTOM, LEFT, RIGHT, TOP, chart, top_of

SIZE = (446.0, 132.0)


def test_the_axis_ends_at_a_round_number_that_is_high_enough() -> None:
    assert [top_of(each) for each in (0, 0.3, 1, 3, 18, 26, 99)] == [1, 0.5, 1, 5, 20, 50, 100]


def test_points_stand_between_the_axes_and_a_gap_breaks_the_line() -> None:
    drawn = chart([("a", "#000", {0: 0.0, 60: 10.0, 240: 5.0})], (0, 240), 60, SIZE)
    [line] = drawn.series
    assert line.lines == (f"{LEFT:.1f},{SIZE[1] - BOTTOM:.1f} {LEFT + 97.5:.1f},{TOP:.1f}",)
    assert line.dots == ((SIZE[0] - RIGHT, 60.0),)


def test_stacked_series_stand_on_each_other() -> None:
    series = [("a", "#000", {0: 4.0, 60: 4.0}), ("b", "#111", {0: 6.0, 60: 1.0})]
    _, upper = chart(series, (0, 60), 60, SIZE, stacked=True).series
    assert upper.lines == (f"{LEFT:.1f},{TOP:.1f} {SIZE[0] - RIGHT:.1f},60.0",)


def test_a_limit_is_seen_even_where_nothing_reaches_it() -> None:
    drawn = chart([("a", "#000", {0: 1.0})], (0, 60), 60, SIZE, limit=80)
    assert drawn.values[-1][1] == 100
    assert drawn.limit is not None
    assert TOP < drawn.limit[0] < SIZE[1] - BOTTOM
