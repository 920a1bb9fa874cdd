"""Warm processes for all functions: few start at once, idle ones are asked again, the oldest makes room."""

import threading
from collections import OrderedDict
from concurrent.futures import Future

from scripts.sandbox.engine.lambda_process import Answer, Environment, Process

PROCESSES = 12
# Loading a function is all processor time: more at once would only make each slower, and a process that comes
# back from its work is there sooner than a new one.
STARTING = 2
STOPPED = "the engine has stopped"


class Pool:
    """Asks functions, in the order in which they were called."""

    def __init__(self, processes: int = PROCESSES, starting: int = STARTING) -> None:
        self._processes, self._may_start = processes, starting
        self._lock = threading.Lock()
        self._waiting: list[tuple[Environment, Future[Process | None]]] = []
        self._idle: OrderedDict[Process, None] = OrderedDict()  # the one idle for longest first
        self._busy: set[Process] = set()
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
            waiting, self._waiting = self._waiting, []
            idle, busy = list(self._idle), list(self._busy)
            self._idle.clear()
        for _, place in waiting:
            place.set_exception(RuntimeError(STOPPED))
        for process in idle:
            process.close()
        for process in busy:
            process.kill()  # whoever asks it gives it back and closes it

    def _take(self, environment: Environment) -> Process:
        place: Future[Process | None] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError(STOPPED)
            self._waiting.append((environment, place))
            self._serve()
        process = place.result()
        if process is not None:
            return process
        return self._start(environment)

    def _start(self, environment: Environment) -> Process:
        process = None
        try:
            process = Process(environment)
        finally:
            with self._lock:
                self._starting -= 1
                if process is not None:
                    self._busy.add(process)
                self._serve()
                closed = self._closed
        if closed:
            process.kill()
        return process

    def _give_back(self, process: Process) -> None:
        with self._lock:
            self._busy.discard(process)
            if process.alive and not self._closed:
                self._idle[process] = None
            else:
                process.close()
            self._serve()

    def _serve(self) -> None:
        """Give all who wait an idle process, or leave to start one, while there are any; holding the lock."""
        still_waiting = []
        for environment, place in self._waiting:
            process = next((idle for idle in self._idle if idle.environment == environment), None)
            if process is not None:
                del self._idle[process]
                self._busy.add(process)
                place.set_result(process)
            elif self._starting < self._may_start and self._has_room():
                self._starting += 1
                place.set_result(None)
            else:
                still_waiting.append((environment, place))
        self._waiting = still_waiting

    def _has_room(self) -> bool:
        if len(self._idle) + len(self._busy) + self._starting < self._processes:
            return True
        if not self._idle:
            return False
        oldest, _ = self._idle.popitem(last=False)
        oldest.close()
        return True
