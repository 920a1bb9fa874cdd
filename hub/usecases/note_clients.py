"""Note who holds which address, for the report that is written later."""

from dataclasses import dataclass

from hub.domain.clients import Clients, Moment, clients_of, document_name
from hub.domain.errors import Fault
from hub.domain.recordings import Recording
from hub.ports import Clock, Ledger, Reports, Spokes


@dataclass(frozen=True)
class NoteClients:
    """Look at the addresses of the gateway's account and region; noting again replaces what was noted."""

    ledger: Ledger
    spokes: Spokes
    reports: Reports
    clock: Clock

    def __call__(self, recording: Recording, moment: Moment) -> Clients:
        """Note them.

        Args:
            recording: Whose gateway's clients.
            moment: When, in the life of the recording.

        Raises:
            Fault: They cannot be seen; the reason is noted in their place.

        """
        try:
            clients = self._seen(recording)
        except Fault as problem:
            self._keep(recording, moment, Clients(problem=str(problem)))
            raise
        self._keep(recording, moment, clients)
        return clients

    def _seen(self, recording: Recording) -> Clients:
        place = recording.gateway
        spoke = self.spokes.at(place.account, place.region)
        gateway = spoke.describe_gateway(place.gateway)
        owner_tags = self.ledger.rules(self.clock.now()).owner_tags()
        return clients_of(spoke.network(), gateway, owner_tags)

    def _keep(self, recording: Recording, moment: Moment, clients: Clients) -> None:
        self.reports.write(recording.id, document_name(moment), clients.text())
