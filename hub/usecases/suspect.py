"""Ask who may have caused a spike, while its records are still on their way."""

from dataclasses import dataclass

from hub.domain.recordings import Recording
from hub.domain.rises import ORDINARY
from hub.domain.suspecting import suspicion
from hub.domain.suspects import Suspicion
from hub.ports import Clock, Witness


@dataclass(frozen=True)
class Suspect:
    """Find the suspects of an open recording."""

    witness: Witness
    clock: Clock

    def __call__(self, recording: Recording) -> Suspicion:
        """Who may have caused it, or why nobody is suspected.

        Raises:
            Fault: The spoke could not be asked.

        """
        now = self.clock.now()
        since = recording.onset_at - ORDINARY
        evidence = self.witness.evidence(recording.gateway, recording.availability or "zonal", since, now)
        return suspicion(evidence, recording.onset_at, self.clock.now())
