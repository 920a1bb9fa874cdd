"""Between the hub's clients and AWS: every call is seen here, and one may be made to fail."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.faults import answers

Kind = Literal[
    "throttled",
    "failed",
    "never arrived",
    "unanswered",
    "denied",
    "killed before",
    "killed after",
    "refused each",
    "refused one",
    "gone already",
    "conflict",
    "unread",
    "left out",
]
EVERYWHERE: tuple[Kind, ...] = (
    "throttled",
    "failed",
    "never arrived",
    "unanswered",
    "denied",
    "killed before",
    "killed after",
)
ONLY: dict[str, tuple[Kind, ...]] = {
    "CreateFlowLogs": ("refused each", "refused one"),
    "DeleteFlowLogs": ("refused each", "gone already"),
    "TransactWriteItems": ("conflict",),
    "BatchGetItem": ("unread",),
    "SendMessageBatch": ("left out",),
}


class Killed(BaseException):
    """The function's process is gone: no `except` of its own sees it."""


@dataclass(frozen=True)
class Call:
    """One call of AWS: who makes it, and which of its calls of that operation it is."""

    actor: str
    service: str
    operation: str
    nth: int = 1

    def __str__(self) -> str:
        again = f" #{self.nth}" if self.nth > 1 else ""
        return f"{self.actor} {self.service}:{self.operation}{again}"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call, and with every later one of its operation if it lasts."""

    call: Call
    kind: Kind
    lasting: bool = False

    def __str__(self) -> str:
        return f"{self.call}, {self.kind}{', lasting' if self.lasting else ''}"


class Wire:
    """A botocore `before-send` hook: what it returns is the answer, what it raises ends the connection."""

    def __init__(self) -> None:
        self.actor = ""
        self.calls: list[Call] = []
        self.hits = 0
        self.serve: Callable[[str, dict[str, Any]], AWSResponse] | None = None
        self.arrived: Callable[[Call], None] | None = None
        self._fault: Fault | None = None
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.RLock()
        self._http = URLLib3Session()

    def begin(self, fault: Fault | None) -> None:
        """A new run."""
        self.actor, self.calls, self.hits, self._fault = "", [], 0, fault
        self._counts.clear()

    def lift(self) -> None:
        """A lasting fault is over."""
        self._fault = None

    @contextmanager
    def acting(self, actor: str) -> Iterator[None]:
        """The calls inside are this one's."""
        before, self.actor = self.actor, actor
        try:
            yield
        finally:
            self.actor = before

    def before_send(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
        """Answer, fail, or let the call pass."""
        service, operation = event_name.split(".")[1:]
        with self._lock:
            key = (self.actor, service, operation)
            self._counts[key] += 1
            call = Call(*key, self._counts[key])
            self.calls.append(call)
            fault = self._fault if self._strikes(call) else None
            self.hits += fault is not None
        if fault is None:
            return self._reach(call, request, now=False)
        return self._fail(fault.kind, call, request)

    def _strikes(self, call: Call) -> bool:
        fault = self._fault
        if fault is None:
            return False
        if fault.lasting and self.hits:
            return (call.service, call.operation) == (fault.call.service, fault.call.operation)
        return call == fault.call and not self.hits

    def _reach(self, call: Call, request: AWSPreparedRequest, *, now: bool) -> AWSResponse | None:
        """The call arrives; None leaves the sending to botocore."""
        if self.arrived:
            self.arrived(call)
        if call.service in {"sfn", "athena"} and self.serve:
            return self.serve(call.operation, _body(request))
        return self._http.send(request) if now else None

    def _arrived(self, call: Call, request: AWSPreparedRequest) -> AWSResponse:
        real = self._reach(call, request, now=True)
        if real is None:
            raise LookupError(f"{call} was not answered")
        return real

    def _fail(self, kind: Kind, call: Call, request: AWSPreparedRequest) -> AWSResponse:
        lost = ReadTimeoutError(endpoint_url=request.url)
        match kind:
            case "throttled":
                return answers.error(call.service, *answers.THROTTLED[call.service])
            case "failed":
                return answers.error(call.service, *answers.FAILED[call.service])
            case "denied":
                return answers.error(call.service, *answers.DENIED[call.service])
            case "never arrived":
                raise lost
            case "killed before":
                raise Killed(kind)
            case "unanswered" | "killed after":
                self._arrived(call, request)
                raise lost if kind == "unanswered" else Killed(kind)
            case _:
                return self._partly(kind, call, request)

    def _partly(self, kind: Kind, call: Call, request: AWSPreparedRequest) -> AWSResponse:
        if kind == "refused one":
            return answers.with_one_refused(self._arrived(call, request), "FlowLogsLimitExceeded")
        if kind == "refused each":
            return answers.refused_each(call.operation, _resources(request), "InternalError")
        if kind == "gone already":
            self._arrived(call, request)
            return answers.refused_each(call.operation, _resources(request), "InvalidFlowLogId.NotFound")
        if kind == "conflict":
            reasons = [{"Code": "TransactionConflict"} for _ in _body(request)["TransactItems"]]
            code = "TransactionCanceledException"
            return answers.error(call.service, 400, code, CancellationReasons=reasons)
        if kind == "unread":
            left = {"Responses": {}, "UnprocessedKeys": _body(request)["RequestItems"]}
            return answers.answer(200, json.dumps(left).encode())
        if kind == "left out":
            return answers.entries_failed([each["Id"] for each in _body(request)["Entries"]])
        raise ValueError(kind)


def _text(request: AWSPreparedRequest) -> str:
    body: Any = request.body
    return body.decode() if isinstance(body, bytes) else str(body)


def _body(request: AWSPreparedRequest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(_text(request))
    return body


def _resources(request: AWSPreparedRequest) -> list[str]:
    text = _text(request)
    return [value for name, value in parse_qsl(text) if name.startswith(("ResourceId.", "FlowLogId."))]


def kinds(call: Call) -> tuple[Kind, ...]:
    """Every way in which a call can fail; Step Functions' own tasks are never killed."""
    own = call.actor in {"AwaitRecovery", "KeepEvent", "FindTalkers"}
    return tuple(
        kind
        for kind in (*EVERYWHERE, *ONLY.get(call.operation, ()))
        if not (own and kind.startswith("killed"))
    )
