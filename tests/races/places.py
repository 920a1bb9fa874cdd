"""The hub over the real ledger and the engine's DynamoDB; its spokes and executions are fakes."""

import itertools
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hub.adapters.policy import PolicyCache
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import Limit, Measure, Scope, counters
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from tests import factories
from tests.composed import ComposedHub
from tests.contract.tables import DynamoTable
from tests.fakes import FakeExecutions, FakeSpoke, FakeSpokes, FixedRules, ManualClock
from tests.races.racing import one_at_a_time

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_wait = threading.Event().wait


class FixedPolicy(PolicyCache):
    """A policy that is never read: tests fill in the terms."""

    def __init__(self, rules: FixedRules) -> None:
        super().__init__()
        self._fixed = rules

    def fresh(self, now: datetime) -> FixedRules:  # noqa: ARG002 - as the original
        return self._fixed


@dataclass
class AtomicSpokes:
    """Every spoke, its operations one at a time."""

    spokes: FakeSpokes = field(default_factory=FakeSpokes)
    _atomic: dict[tuple[str, str], FakeSpoke] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, account: str, region: str) -> FakeSpoke:
        with self._lock:
            spoke = self.spokes.at(account, region)
            return self._atomic.setdefault((account, region), one_at_a_time(spoke))


class RacingHub:
    """One hub with a table of its own.

    Attributes:
        conflicts: How many writes met a transaction and were tried again.

    """

    def __init__(self, client: "DynamoDBClient", **terms: Any) -> None:  # noqa: ANN401 - arguments of the terms
        self.conflicts = 0
        self.table, self.clock = DynamoTable(client, self._pause), ManualClock()
        self.rules = FixedRules(factories.terms(**terms))
        self.ledger = replace(self.table.ledger, policy=FixedPolicy(self.rules))
        self.recordings = self.table.recordings
        self.spokes, self.fake_executions = AtomicSpokes(), FakeExecutions()
        self.hub = ComposedHub(
            self.ledger,
            self.recordings,
            self.table.watch,
            self.spokes,
            one_at_a_time(self.fake_executions),
            self.clock,
        )
        self._numbers = itertools.count(1)

    def _pause(self, seconds: float) -> None:
        self.conflicts += 1
        _wait(seconds)

    def gateway(self, account: str | None = None) -> GatewayRef:
        """A new gateway, in an account of its own unless one is given: its counters begin at zero."""
        number = next(self._numbers)
        place = factories.gateway_ref(account or f"{number:012d}", gateway=f"nat-{number:017x}")
        self.spokes.spokes.add(factories.gateway(place, interfaces=(f"eni-{number:017x}",)))
        return place

    def execution(self) -> str:
        """A new execution that runs."""
        arn = factories.execution_arn(f"e{next(self._numbers)}")
        self.fake_executions.alive.add(arn)
        return arn

    def recording(self, place: GatewayRef) -> Recording:
        """A recording that a new execution would open now."""
        return factories.recording(place, execution=self.execution(), opened_at=self.clock.now())

    def admit(self, recording: Recording, wanted: tuple[Limit, ...] = ()) -> Refusal | None:
        """Admit it for its first alarm."""
        onset = factories.transition(recording.gateway, alarm=recording.alarms[0], at=recording.onset_at)
        return self.ledger.admit(recording, onset, wanted)

    def used(self, place: GatewayRef, *scopes: Scope) -> dict[tuple[Scope, Measure], int]:
        """The counters of these scopes that are not zero."""
        now = self.clock.now()
        usage = self.ledger.picture(place, now).usage
        found = {(key.scope, key.measure): usage.get(key, 0) for key in counters(place, now)}
        return {name: count for name, count in found.items() if count and name[0] in scopes}
