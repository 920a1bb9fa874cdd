"""Measure a whole spike by its gateway's own metrics, once it is over."""

from dataclasses import dataclass

from hub.domain.counting import spike
from hub.domain.recordings import Recording
from hub.domain.rises import ORDINARY
from hub.domain.spikes import Spike
from hub.ports import Clock, Meter


@dataclass(frozen=True)
class Measure:
    """Ask the spoke of a recording that has closed."""

    meter: Meter
    clock: Clock

    def __call__(self, recording: Recording) -> Spike:
        """What went through the gateway from its rise to its recovery.

        Raises:
            Fault: The spoke could not be asked.

        """
        now = self.clock.now()
        since = recording.onset_at - ORDINARY
        counts = self.meter.counts(recording.gateway, recording.availability or "zonal", since, now)
        return spike(counts, recording.onset_at, recording.recovered_at or recording.closed_at or now)
