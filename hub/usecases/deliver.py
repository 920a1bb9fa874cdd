"""A delivery's turn has come: make it once, or leave it for later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from hub.domain.deliveries import Channel, Delivery, pause
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

    def __call__(self, arrived: Arrived) -> str | None:
        """Deliver.

        Returns:
            None when nothing is left to do, else why it must be tried again.

        """
        delivery = arrived.delivery
        try:
            self._once(delivery)
        except Busy as fault:
            asked = None if fault.seconds is None else timedelta(seconds=fault.seconds)
            self._rest(arrived, asked)
            return str(fault)
        except Fault as fault:
            self._rest(arrived, None)
            return str(fault)
        return None

    def _once(self, delivery: Delivery) -> None:
        if self.told.knows(delivery):
            return
        try:
            self.posts[delivery.destination.channel].send(delivery)
        except Unacceptable as fault:
            self.letters.bury(delivery, str(fault))
        else:
            self._note(delivery)

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
