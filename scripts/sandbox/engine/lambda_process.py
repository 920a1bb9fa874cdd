"""One warm process of one function: started once, asked many times, killed with all it started."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("lambda_worker.py")
# AWS Lambda, "Understanding the Lambda execution environment lifecycle": Init is limited to 10 seconds there.
# Many processes share few processors here, so only a function that never ends its Init fails.
INIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Environment:
    """All that a process is started with: two functions that differ in any of it never share one.

    Attributes:
        function: The function's ARN.
        handler: `module.function`.
        root: The unzipped code.
        library: What AWS's runtime provides beside the standard library.
        variables: The whole environment of the process, sorted.

    """

    function: str
    handler: str
    root: Path
    library: Path
    variables: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one invocation.

    Attributes:
        result: The handler's answer as JSON text, or None.
        error: AWS's error document, or None.
        log: What the function wrote meanwhile.
        log_stream: The process's own log stream.
        seconds: How long the handler ran.
        init_seconds: How long loading took, where this invocation loaded the function.
        memory_mb: The most memory the process has used so far.

    """

    result: str | None
    error: dict[str, Any] | None
    log: str
    log_stream: str
    seconds: float
    init_seconds: float | None
    memory_mb: int


class Process:
    """A started process; not for two threads at once."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.log_stream = f"{time.strftime('%Y/%m/%d')}/[$LATEST]{uuid.uuid4().hex}"
        self._log = tempfile.TemporaryFile("ab+")  # noqa: SIM115 - open as long as the process lives
        self._log_read = 0
        self._buffer = b""
        self._memory_kb = 0
        variables = dict(environment.variables)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(WORKER), str(environment.root), str(environment.library)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=variables | {"AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream, "_HANDLER": environment.handler},
            start_new_session=True,  # a group of its own: what the function starts is killed with it
        )
        self._started = time.monotonic()
        self._init_seconds: float | None = None
        self._poll = select.poll()
        assert self._process.stdout is not None  # noqa: S101
        self._answers = self._process.stdout.fileno()
        self._poll.register(self._answers, select.POLLIN)
        self.init_error = self._init()

    @property
    def alive(self) -> bool:
        """Whether it may be asked again."""
        return self._process.poll() is None and self.init_error is None

    def ask(self, request_id: str, event: object, seconds: float) -> Answer:
        """Run the handler once.

        Args:
            request_id: The invocation's id.
            event: The event, any JSON.
            seconds: The function's time limit; the process is killed when it passes.

        """
        if self.init_error is not None:
            return self._answer(None, {**self.init_error, "requestId": request_id}, self._started)
        trace_id = f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0"
        request = {"request_id": request_id, "function_arn": self.environment.function, "trace_id": trace_id}
        started = time.monotonic()
        self._send({**request, "event": event, "seconds": seconds})
        answered = self._receive(seconds)
        if answered is None:
            self.kill()
            message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
            return self._answer(None, {"errorType": "Sandbox.Timedout", "errorMessage": message}, started)
        if not answered:
            message = f"RequestId: {request_id} Error: {self._end()}"
            return self._answer(None, {"errorType": "Runtime.ExitError", "errorMessage": message}, started)
        self._memory_kb = answered["memory_kb"]
        return self._answer(answered.get("result"), answered.get("error"), started)

    def kill(self) -> None:
        """End the process and all that it started, now."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Kill it and let go of its files; it cannot be asked again."""
        self.kill()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()

    def _init(self) -> dict[str, Any] | None:
        first = self._receive(INIT_SECONDS)
        self._init_seconds = time.monotonic() - self._started
        if first is None:
            self.kill()
            return {
                "errorType": "Sandbox.Timedout",
                "errorMessage": f"Init took over {INIT_SECONDS:.0f} seconds",
            }
        if not first:
            return {"errorType": "Runtime.ExitError", "errorMessage": self._end()}
        error: dict[str, Any] | None = first.get("error")
        return error

    def _send(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):  # it has ended: the answer will say so
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    def _receive(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; empty when the process has ended, None when the time has passed."""
        until = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            left = until - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                return None
            chunk = os.read(self._answers, 1 << 16)
            if not chunk:
                return {}
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _end(self) -> str:
        """How the process ended, in AWS's words (Lambda, "Troubleshoot execution issues in Lambda")."""
        code = self._process.wait()
        if code == 0:
            return "Runtime exited without providing a reason"
        how = f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return f"Runtime exited with error: {how}"

    def _answer(self, result: str | None, error: dict[str, Any] | None, started: float) -> Answer:
        init, self._init_seconds = self._init_seconds, None
        seconds = time.monotonic() - started
        return Answer(result, error, self._new_log(), self.log_stream, seconds, init, self._memory_kb >> 10)

    def _new_log(self) -> str:
        # pread: the process writes through the same open file, whose position must not move.
        size = os.fstat(self._log.fileno()).st_size
        new = os.pread(self._log.fileno(), size - self._log_read, self._log_read)
        self._log_read += len(new)
        return new.decode("utf-8", "replace")
