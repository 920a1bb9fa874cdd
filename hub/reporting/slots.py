"""Time in slots: how long one is, and how the bytes of records that last for a while are spread over them."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

MINUTE = 60
_STEPS = (1, 2, 5, 10, 20, 30)
_MOST = 60  # bars that a reader can still tell apart


def step_for(span: timedelta) -> int:
    """Seconds of a slot, so that a span of time has sixty at most; a minute from half an hour on."""
    seconds = span.total_seconds()
    return next((step for step in _STEPS if seconds <= step * _MOST), MINUTE)


def spread(amount: int, began: int, ended: int, step: int) -> Counter[int]:
    """Bytes of a span of time by the slots that it touches, evenly; whole numbers that add up to all of them.

    Args:
        amount: All of them.
        began: The first second.
        ended: The second after the last one; at least a second is taken.
        step: Of a slot, in seconds.

    """
    last = max(ended, began + 1)
    edges = [began, *range(began - began % step + step, last, step), last]
    # Of whole sums differences are taken, so that nothing is lost or counted twice.
    sums = [amount * (edge - began) // (last - began) for edge in edges]
    parts = zip(edges, pairwise(sums), strict=False)
    return Counter({edge - edge % step: upper - lower for edge, (lower, upper) in parts})
