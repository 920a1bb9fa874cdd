"""The composition root: settings to adapters to use cases, made once per container, each at first use."""

import random
import time
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from hub.adapters.clock import SystemClock
from hub.adapters.history import TableRecordings
from hub.adapters.ledger import TableLedger
from hub.adapters.organization import AwsOrganization
from hub.adapters.sessions import Sessions
from hub.adapters.spokes import AwsSpokes
from hub.adapters.steps import StepFunctions
from hub.adapters.transactions import Transactions
from hub.adapters.watching import TableWatch
from hub.ports import Clock
from hub.settings import Settings
from hub.usecases.close_recording import CloseRecording
from hub.usecases.open_recording import OpenRecording, TellOfQuota

if TYPE_CHECKING:
    from hub.usecases.announce import Announce


@dataclass(frozen=True)
class Hub:
    """What the functions share, and what opens and closes recordings; others add what is theirs."""

    settings: Settings
    clock: Clock

    @cached_property
    def _sessions(self) -> Sessions:
        settings = self.settings
        return Sessions(
            partition=settings.partition, region=settings.region, names=settings.names, clock=self.clock
        )

    @cached_property
    def _transactions(self) -> Transactions:
        return Transactions(self._sessions.hub("dynamodb"), time.sleep, random.random)

    @cached_property
    def _ledger(self) -> TableLedger:
        return TableLedger(self._sessions.hub("dynamodb"), self.settings.table, self._transactions)

    @cached_property
    def _watch(self) -> TableWatch:
        return TableWatch(self._sessions.hub("dynamodb"), self.settings.table)

    @cached_property
    def _executions(self) -> StepFunctions:
        return StepFunctions(self._sessions, self.settings.state_machine_arn)

    @cached_property
    def recordings(self) -> TableRecordings:
        """The history."""
        return TableRecordings(self._sessions.hub("dynamodb"), self.settings.table, self._transactions)

    @cached_property
    def _spokes(self) -> AwsSpokes:
        settings = self.settings
        return AwsSpokes(
            self._sessions, settings.names, settings.partition, settings.account, settings.archive_bucket
        )

    @cached_property
    def open_recording(self) -> OpenRecording:
        """An onset arrives."""
        return OpenRecording(
            self._ledger,
            self.recordings,
            self._watch,
            self._spokes,
            AwsOrganization(self._sessions),
            self._executions,
            self.close_recording,
            self.clock,
            self.settings.namespace,
            lambda *refused: self._quota_used_up(*refused),  # noqa: PLW0108 - made when it is needed
        )

    @cached_property
    def close_recording(self) -> CloseRecording:
        """A recording ends."""
        return CloseRecording(self._ledger, self.recordings, self._spokes, self.clock)

    @cached_property
    def notices(self) -> "Announce":
        """The way to whoever is told."""
        # What writes and renders notices is slow to load, and opening a recording hardly ever needs it.
        from hub.adapters.outbox import NoticeQueue  # noqa: PLC0415
        from hub.notices.rendering import payload  # noqa: PLC0415
        from hub.usecases.announce import Announce  # noqa: PLC0415

        settings = self.settings
        queue = NoticeQueue(self._sessions, settings.notices_url)
        return Announce(self._ledger, queue, partial(payload, namespace=settings.namespace), self.clock)

    @cached_property
    def _quota_used_up(self) -> TellOfQuota:
        from hub.usecases.tell_quota import TellQuota  # noqa: PLC0415 - as above

        return TellQuota(self.notices, self.clock)


@cache
def hub() -> Hub:
    """The hub of this container."""
    return Hub(Settings.from_environment(), SystemClock())
