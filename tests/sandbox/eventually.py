"""Waiting for what AWS does behind an answered call."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
WAIT_SECONDS = 10.0


def eventually(ask: Callable[[], Found], wait: float = WAIT_SECONDS) -> Found:
    """Ask until the answer is true, or the time is over; the last answer."""
    end, pause = time.monotonic() + wait, threading.Event()
    while not (found := ask()) and time.monotonic() < end:
        pause.wait(0.02)
    return found
