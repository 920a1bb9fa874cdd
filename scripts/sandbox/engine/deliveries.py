"""What EventBridge and Scheduler delivered, and what they could not: kept for tests and for a timeline."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

KEPT = 10_000


@dataclass(frozen=True)
class Delivery:
    """One event at one target, after its retries.

    Attributes:
        time: When it was settled, UTC.
        rule: ARN of the rule or schedule.
        target: ARN of the target.
        event: The event's id; for a schedule the invocation's id.
        outcome: `delivered`, or the ERROR_CODE of the dead-letter queue.
        message: What the target answered where it failed.

    """

    time: datetime
    rule: str
    target: str
    event: str
    outcome: str
    message: str = ""


class DeliveryLog:
    """The latest deliveries, oldest first; safe to use from several threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[Delivery] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def add(self, delivery: Delivery) -> None:
        """Remember one; the oldest is dropped when the log is full."""
        with self._lock:
            self._entries.append(delivery)

    def find(self, wanted: Callable[[Delivery], bool] = lambda _: True) -> tuple[Delivery, ...]:
        """All that `wanted` says yes to."""
        with self._lock:
            return tuple(entry for entry in self._entries if wanted(entry))


DELIVERIES = DeliveryLog()
