"""What an adapter's methods ask IAM for, method by method, beside what they declare."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.adapters.declared import Call, On, declared

# How the ARNs of each kind of thing look, in the adapters' own accounts.
_LOOKS: Mapping[On, str] = {
    "table": r".*:table/[^/]+",
    "index of what is watched": r".*:table/[^/]+/index/open",
    "index of the history": r".*:table/[^/]+/index/history",
    "workers": r".*:role/natrec/natrec-worker-.+",
    "waiting executions": r"\*",
    "executions": r".*:execution:.+",
    "list of executions": r".*:stateMachine:.+",
    "state machine": r".*:stateMachine:.+",
    "archive": r"arn:aws:s3:::archive-\d+",
    "work group": r".*:workgroup/.+",
    "reports": r"arn:aws:s3:::natrec-reports-.+/recordings/.+",
    "what lies beside reports": r"arn:aws:s3:::natrec-reports-.+/recordings/.+",
    "new notices": r".*:natrec-notices\.fifo",
    "waiting notices": r".*:natrec-notices\.fifo",
    "dead notices": r".*:natrec-.*dead.*\.fifo",
    "topics": r"arn:aws:sns:.+",
    "webhooks": r".*:secret:natrec/.+",
    "organization": r"\*",
    "place of an account": r"\*",
    "spoke": r"\*",
    "new flow logs": r".*:vpc-flow-log/\*",
    "their tags": r".*:vpc-flow-log/\*",
    "recorded resources": r".*:(network-interface/eni|natgateway/nat)-.+",
    "flow logs of this hub": r".*:vpc-flow-log/fl-.+",
    "failsafes": r".*:schedule/natrec/.+",
    "failsafe's role": r".*:role/natrec/natrec-failsafe-.+",
}
# What AWS asks in the caller's name, so that no call on the wire shows it here; and becoming a worker, which
# only the sessions of `test_sessions.py` do.
UNSEEN = frozenset(
    {
        Call("logs:CreateLogDelivery", "spoke"),
        Call("logs:DeleteLogDelivery", "spoke"),
        Call("s3:GetObject", "answers"),
        Call("s3:ListBucket", "bucket of reports"),
        Call("sts:AssumeRole", "workers"),
    }
)


class Seen:
    """Calls methods and notes what IAM was asked meanwhile."""

    def __init__(self, file: Path, account: str, without: Iterable[Call] = UNSEEN) -> None:
        self._file, self._account, self._without = file, account, frozenset(without)
        self._asked: dict[Callable[..., Any], set[tuple[str, str]]] = {}

    def __call__(self, method: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - whatever it answers
        """What the method answers; a generator is exhausted."""
        plain = getattr(method, "__func__", method)
        with self._noting(plain):
            answer = method(*given)
            return list(answer) if isinstance(answer, Iterator) else answer

    @contextmanager
    def _noting(self, method: Callable[..., Any]) -> Iterator[None]:
        from scripts.sandbox.engine.access_log import LOG  # noqa: PLC0415 - it loads moto

        self._file.write_text("")
        LOG.command({"file": str(self._file)})
        try:
            yield
        finally:
            LOG.command({"file": None})
            asked = self._asked.setdefault(method, set())
            for line in map(json.loads, self._file.read_text().splitlines()):
                # An execution that a method starts goes on by itself, in the name of its state machine.
                if f":{self._account}:" in line["principal"] and "/machine" not in line["principal"]:
                    asked.add((line["action"], line["resource"]))

    def faults(self, *adapters: type) -> list[str]:
        """What is declared and was not asked, or asked and not declared, of every method of these."""
        return [
            f"{method.__qualname__}: {fault}"
            for adapter in adapters
            for method in vars(adapter).values()
            if declared(method)
            for fault in self._faults_of(method)
        ]

    def _faults_of(self, method: Callable[..., Any]) -> Iterator[str]:
        if method not in self._asked:
            yield "was not tried"
            return
        asked, said = self._asked[method], declared(method) - self._without
        for action, resource in asked:
            if not any(_covers(call, action, resource) for call in said):
                yield f"asks for {action} on {resource}, which it does not declare"
        for call in said:
            if not any(_covers(call, *each) for each in asked):
                yield f"declares {call.action} on {call.on}, which it does not ask for"


def _covers(call: Call, action: str, resource: str) -> bool:
    pattern = re.escape(call.action).replace(r"\*", ".*")
    return bool(re.fullmatch(pattern, action) and re.fullmatch(_LOOKS[call.on], resource))
