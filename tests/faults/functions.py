"""The hub's functions as Lambda would run them: the real composition, the wire between clients and AWS."""

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config

from hub.adapters.clock import SystemClock
from hub.adapters.sessions import Sessions
from hub.adapters.transactions import Transactions
from hub.ending_wiring import EndingHub
from hub.handlers import close_recording, open_recording, tell, tell_started, write_report
from hub.report_wiring import ReportingHub
from hub.starting_wiring import StartingHub
from hub.sweep_wiring import SweepingHub
from hub.telling_wiring import TellingHub
from orgconfig.names import Names
from scripts.sandbox.engine.core import Engine
from tests import factories
from tests.fakes import ManualClock
from tests.faults.wire import Wire

REGION = factories.REGION
# One attempt: what is tried again is tried by the code under test.
ONCE = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1})


class Pool:
    """Clients of the real kind, each made once per process, with the wire in between."""

    def __init__(self, engine: Engine, wire: Wire) -> None:
        self._engine = engine
        self._session: Any = boto3.session.Session()
        hook: Any = wire.before_send  # a hook may answer, though the stubs say None
        self._session.events.register("before-send", hook)
        self._clients: dict[tuple[object, ...], Any] = {}
        self.config = ONCE

    def client(self, account: str, service: str, role: str | None = None) -> Any:  # noqa: ANN401 - by name
        key = (account, service, role, id(self.config))
        if key not in self._clients:
            self._clients[key] = self._session.client(
                service,
                region_name=REGION,
                endpoint_url=self._engine.endpoint,
                config=self.config,
                **self._engine.credentials(account, role),
            )
        return self._clients[key]


class PooledSessions(Sessions):
    """Roles are assumed as ever; the clients that follow come from the pool."""

    def __init__(self, pool: Pool, names: Names) -> None:
        # Credentials expire by the engine's own clock.
        super().__init__(partition="aws", region=REGION, names=names, clock=SystemClock())
        self._pool, self._account = pool, ""

    def of(self, account: str) -> "PooledSessions":
        """Those of a new process: nothing assumed yet. A session of boto3 takes longer than a whole step."""
        fresh = copy.copy(self)
        fresh._account, fresh._credentials = account, {}  # noqa: SLF001 - its own
        return fresh

    def hub(self, service: str) -> Any:  # noqa: ANN401 - as the original
        return self._pool.client(self._account, service)

    def spoke(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - as the original
        self._assume(account, region)
        role = self._names.role_arn("aws", account, self._names.worker_role(region))
        return self._pool.client(account, service, role)


@dataclass(frozen=True)
class StagedHub(SweepingHub, ReportingHub, StartingHub, EndingHub, TellingHub):
    """The hub of one function, its clients the pool's, its pauses the clock's."""

    pooled: PooledSessions
    turned: ManualClock

    @cached_property
    def _sessions(self) -> Sessions:
        return self.pooled.of(self.settings.account)

    @cached_property
    def _transactions(self) -> Transactions:
        def pause(seconds: float) -> None:
            self.turned.turn(seconds=seconds)

        return Transactions(self._sessions.hub("dynamodb"), pause, random.random)


FUNCTIONS: dict[str, Callable[[StagedHub, dict[str, Any]], Mapping[str, object]]] = {
    "OpenRecording": open_recording.answer,
    "CloseRecording": close_recording.answer,
    "WriteReport": write_report.answer,
    "TellStarted": tell_started.answer,
    "Tell": tell.answer,
}
