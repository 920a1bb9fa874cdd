"""Warm processes for all functions: few start at once, idle ones are asked again, others make room."""

import threading
import time
from collections import Counter, OrderedDict, deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from scripts.sandbox.engine.lambda_process import Answer, Environment, Process

PROCESSES = 12
# Loading a function is all processor time: more at once would only make each slower, and a process that comes
# back from its work is there sooner than a new one.
STARTING = 2
# A storm of one function must not drive all others out, who would have to be loaded again.
OF_ONE = 4
# Seconds that a call waits for a busy process of its function before another is started.
PATIENCE = 0.5
STOPPED = "the engine has stopped"


@dataclass(frozen=True, eq=False)
class _Call:
    """One that waits; it is given an idle process, or None with leave to start one."""

    given: Future[Process | None] = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)


class Pool:
    """Asks functions, each function in the order in which it was called."""

    def __init__(
        self,
        processes: int = PROCESSES,
        starting: int = STARTING,
        of_one: int = OF_ONE,
        patience: float = PATIENCE,
    ) -> None:
        self._processes, self._may_start, self._of_one = processes, starting, of_one
        self._patience = patience
        self._lock = threading.Lock()
        self._waiting: dict[Environment, deque[_Call]] = {}
        self._idle: OrderedDict[Process, None] = OrderedDict()  # the one idle for longest first
        self._busy: set[Process] = set()
        self._alive: Counter[Environment] = Counter()  # with those that are starting
        self._starting = 0
        self._closed = False

    def ask(self, environment: Environment, request_id: str, event: object, seconds: float) -> Answer:
        """Run one invocation in a process of this environment, once there is one.

        Raises:
            RuntimeError: The pool is closed.

        """
        process = self._take(environment)
        try:
            return process.ask(request_id, event, seconds)
        finally:
            self._give_back(process)

    @property
    def busy(self) -> int:
        """How many processes are at work."""
        return len(self._busy)

    def close(self) -> None:
        """Kill every process, also those at work."""
        with self._lock:
            self._closed = True
            waiting = [call for calls in self._waiting.values() for call in calls]
            idle, busy = list(self._idle), list(self._busy)
            self._waiting.clear()
            self._idle.clear()
        for call in waiting:
            call.given.set_exception(RuntimeError(STOPPED))
        for process in idle:
            process.close()
        for process in busy:
            process.kill()  # whoever asks it gives it back and closes it

    def _take(self, environment: Environment) -> Process:
        call = _Call()
        with self._lock:
            if self._closed:
                raise RuntimeError(STOPPED)
            idle = next((each for each in reversed(self._idle) if each.environment == environment), None)
            if idle is not None:
                del self._idle[idle]
                self._busy.add(idle)
                return idle
            self._waiting.setdefault(environment, deque()).append(call)
            self._start_some()
        return self._given(call) or self._start(environment)

    def _given(self, call: _Call) -> Process | None:
        try:
            return call.given.result(self._patience)
        except TimeoutError:
            with self._lock:
                self._start_some()
            return call.given.result()

    def _start(self, environment: Environment) -> Process:
        process = None
        try:
            process = Process(environment)
        finally:
            with self._lock:
                self._starting -= 1
                if process is None:
                    self._alive[environment] -= 1
                else:
                    self._busy.add(process)
                self._start_some()
                closed = self._closed
        if closed:
            process.kill()
        return process

    def _give_back(self, process: Process) -> None:
        with self._lock:
            if not process.alive or self._closed:
                self._busy.discard(process)
                self._end(process)
            elif calls := self._waiting.get(process.environment):
                calls.popleft().given.set_result(process)
            else:
                self._busy.discard(process)
                self._idle[process] = None
            self._start_some()

    def _start_some(self) -> None:
        """Let calls that found no process start one, those that wait longest first; holding the lock."""
        self._waiting = {environment: calls for environment, calls in self._waiting.items() if calls}
        for environment, calls in sorted(self._waiting.items(), key=lambda waiting: waiting[1][0].since):
            while calls and self._wants_another(environment, calls[0]) and self._has_room():
                self._starting += 1
                self._alive[environment] += 1
                calls.popleft().given.set_result(None)

    def _wants_another(self, environment: Environment, call: _Call) -> bool:
        if self._starting >= self._may_start:
            return False
        alive = self._alive[environment]
        impatient = time.monotonic() - call.since >= self._patience
        return alive == 0 or (alive < self._of_one and impatient)

    def _has_room(self) -> bool:
        if len(self._idle) + len(self._busy) + self._starting < self._processes:
            return True
        if not self._idle:
            return False
        several = (each for each in self._idle if self._alive[each.environment] > 1)
        oldest = next(several, next(iter(self._idle)))
        del self._idle[oldest]
        self._end(oldest)
        return True

    def _end(self, process: Process) -> None:
        process.close()
        self._alive[process.environment] -= 1
