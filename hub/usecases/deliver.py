"""A delivery's turn has come: make it once, or leave it for later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from hub.domain.deliveries import Delivery, pause
from hub.domain.destinations import Channel
from hub.domain.errors import Busy, Fault, Transient, Unacceptable
from hub.ports import Clock, Letters, Post, Told


@dataclass(frozen=True)
class Arrived:
    """A message of the queue.

    Attributes:
        delivery: What it asks for.
        receipt: What names it to the queue.
        attempt: How often it was given out, from 1.

    """

    delivery: Delivery
    receipt: str
    attempt: int


How = Literal["delivered", "repeated", "put aside", "postponed"]


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt.

    Attributes:
        how: `repeated` when it was made before, `put aside` when no attempt will ever succeed, `postponed`
            when it must be tried again.
        why: What the channel said, where it did not take it.

    """

    how: How
    why: str | None = None


@dataclass(frozen=True)
class Deliver:
    """Make one delivery.

    Only a function that ends between the channel's yes and its note in the table tells somebody twice: no
    channel tells whether it has taken something before.
    """

    told: Told
    posts: Mapping[Channel, Post]
    letters: Letters
    clock: Clock

    def __call__(self, arrived: Arrived) -> Outcome:
        """Deliver, unless that was done; what came of it."""
        try:
            return self._once(arrived.delivery)
        except Busy as fault:
            asked = None if fault.seconds is None else timedelta(seconds=fault.seconds)
            self._rest(arrived, asked)
            return Outcome("postponed", str(fault))
        except Fault as fault:
            self._rest(arrived, None)
            return Outcome("postponed", str(fault))

    def _once(self, delivery: Delivery) -> Outcome:
        if self.told.knows(delivery):
            return Outcome("repeated")
        try:
            self.posts[delivery.destination.channel].send(delivery)
        except Unacceptable as fault:
            self.letters.bury(delivery, str(fault))
            return Outcome("put aside", str(fault))
        self._note(delivery)
        return Outcome("delivered")

    def _note(self, delivery: Delivery) -> None:
        """Sent, but perhaps not noted: told twice is worse than a second call."""
        try:
            self.told.note(delivery, self.clock.now())
        except Transient:
            self.told.note(delivery, self.clock.now())

    def _rest(self, arrived: Arrived, asked: timedelta | None) -> None:
        """Without it the message comes back when the queue's own time has passed."""
        try:
            self.letters.rest(arrived.receipt, pause(arrived.attempt, asked))
        except Fault:
            return
