"""Onsets that were missed, or refused for want of room, are offered as if CloudWatch told them again."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.alarms import Transition
from hub.domain.errors import UnknownGateway, UnsupportedGateway
from hub.domain.offers import offer
from hub.domain.quotas import Limit
from hub.domain.reconciling import is_missed
from hub.domain.refusals import Refusal
from hub.ports import Executions, Ledger, Picture
from hub.usecases.judging import refuse_unvisited, refuse_visited
from hub.usecases.visit import Visit


@dataclass(frozen=True)
class OfferOnsets:
    """Offer what would be admitted now; anything else would be refused again at every sweep."""

    ledger: Ledger
    executions: Executions
    namespace: str

    def __call__(self, visit: Visit, onsets: Iterable[Transition]) -> None:
        """Offer those of one target; an alarm beside an open recording joins it."""
        for onset in onsets:
            with visit.part(onset.gateway):
                self._offer(visit, onset)

    def _offer(self, visit: Visit, onset: Transition) -> None:
        picture = self.ledger.picture(onset.gateway, visit.now)
        if not is_missed(onset, picture.gateway, visit.now):
            return
        if picture.gateway.recording:
            self.ledger.join(picture.gateway.recording, onset)
            visit.note("joined", onset.gateway, picture.gateway.recording)
            return
        limits = self._room(visit, onset, picture)
        if limits is None or not visit.run.promise(limits, picture.usage):
            return
        if self._start(visit, onset):
            visit.note("offered", onset.gateway)
        else:
            visit.run.take_back(limits)

    def _start(self, visit: Visit, onset: Transition) -> bool:
        """False when it was offered in this window already, or when it is not certain that it is now."""
        offered = offer(onset, self.namespace, visit.now)
        with visit.part(onset.gateway):
            return self.executions.start(offered.name, offered.event)
        return False

    def _room(self, visit: Visit, onset: Transition, picture: Picture) -> tuple[Limit, ...] | None:
        """The limits that the recording would pass, or None when it would be refused."""
        usage = visit.run.foreseen(picture.usage)
        if refuse_unvisited(picture.rules, onset, picture.gateway, usage, visit.now):
            return None
        try:
            gateway = visit.spoke.describe_gateway(onset.gateway.gateway)
        except (UnknownGateway, UnsupportedGateway):
            return None
        judged = refuse_visited(picture.rules, onset, gateway, usage, now=visit.now, namespace=self.namespace)
        return None if isinstance(judged, Refusal) else judged[1]
