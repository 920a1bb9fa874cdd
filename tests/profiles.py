"""How much is tried: a bounded sample in every run, everything with `NATREC_LONG=1`."""

import os
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")

LONG = bool(os.environ.get("NATREC_LONG"))  # noqa: TID251 - a choice of the tests, not of the hub


def sampled(cases: Sequence[Case], *, every: int) -> Sequence[Case]:
    """Every n-th case, always the same ones; all of them in the long profile."""
    return cases if LONG else cases[::every]


def many(short: int, long: int) -> int:
    """A number for the normal run, and one for the long profile."""
    return long if LONG else short
