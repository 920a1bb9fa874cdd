"""Where deliveries wait, what was told, and channels that fail as a test says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.domain.deliveries import Delivery


@dataclass
class FakeOutbox:
    """Keeps deliveries in their order, each once; it fails as a test says."""

    waiting: list[Delivery] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    faults: list[Exception] = field(default_factory=list)
    rested: list[tuple[str, timedelta]] = field(default_factory=list)
    buried: list[tuple[Delivery, str]] = field(default_factory=list)

    def put(self, deliveries: Iterable[Delivery]) -> None:
        if self.faults:
            raise self.faults.pop(0)
        for each in deliveries:
            if each.key not in self.known:
                self.known.add(each.key)
                self.waiting.append(each)

    def taken(self) -> list[Delivery]:
        taken, self.waiting = self.waiting, []
        return taken

    def rest(self, receipt: str, time: timedelta) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.rested.append((receipt, time))

    def bury(self, delivery: Delivery, why: str) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.buried.append((delivery, why))


@dataclass
class FakeTold:
    """Knows what was noted; it fails as a test says."""

    noted: dict[str, datetime] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    def knows(self, delivery: Delivery) -> bool:
        return delivery.key in self.noted

    def note(self, delivery: Delivery, now: datetime) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.noted[delivery.key] = now


@dataclass
class FakePost:
    """A channel that keeps what it was sent; it fails as a test says."""

    sent: list[Delivery] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(delivery)
