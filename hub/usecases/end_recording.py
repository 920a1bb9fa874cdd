"""Close a recording, then look around once more while what it is about is still there."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.domain.recordings import Recording
from hub.domain.spikes import Spike
from hub.ports import Clock, Recordings
from hub.usecases.looking import SECONDS, Lookout


@dataclass(frozen=True)
class EndRecording:
    """Nothing of the look changes what the close has answered, or fails it.

    Attributes:
        note_clients: Keeps who holds which address now.
        measure: Tells how much the whole spike was.
        clock: Tells whether this very call has closed the recording.
        seconds: How long each look may take.

    """

    recordings: Recordings
    note_clients: Callable[[Recording], object]
    measure: Callable[[Recording], Spike]
    clock: Clock
    seconds: float = SECONDS

    def __call__(self, close: Callable[[], Recording]) -> tuple[Recording, tuple[str, ...]]:
        """Close, then look.

        One that was closed before is not looked at again, so that a look that ends the function ends it once.

        Args:
            close: Closes it, and answers the recording.

        Returns:
            What closing answered, and what could not be learned, one line each.

        """
        began = self.clock.now()
        closed = close()
        lookout = Lookout(self.seconds)
        if closed.state == "closed" and closed.closed_at and closed.closed_at >= began:
            lookout.tries("clients", lambda: self.note_clients(closed))
            self._measure(lookout, closed)
        return closed, tuple(lookout.problems)

    def _measure(self, lookout: Lookout, closed: Recording) -> None:
        """What kept it from measuring is kept too, for the report says why it only estimates."""
        found = lookout.tries("spike", lambda: self.measure(closed))
        spike = found or Spike(problem=lookout.problems[-1].removeprefix("spike: "))
        lookout.tries("keeping the spike", lambda: self.recordings.save_spike(closed.id, spike))
