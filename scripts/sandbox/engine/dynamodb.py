"""DynamoDB: one request at a time, transactions that happen once per token and keep other writers off."""

import hashlib
import itertools
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.responses import DynamoHandler

from scripts.sandbox.engine import dynamodb_keys, dynamodb_snapshots
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.dynamodb_conflicts import SINGLE_WRITES, Ongoing, unless_in_conflict
from scripts.sandbox.engine.seams import replace

# AWS DynamoDB API, TransactWriteItems, ClientRequestToken: "A client request token is valid for 10 minutes
# after the first request that uses it is completed."
TOKEN_SECONDS = 600.0


class IdempotentParameterMismatchError(JsonRESTError):
    """One token, two requests (TransactWriteItems, Errors: IdempotentParameterMismatchException)."""

    code = 400

    def __init__(self) -> None:
        super().__init__(
            "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            "The provided client token was already used with different parameters",
        )


class Tokens:
    """The client request tokens of completed transactions, for ten minutes each."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[tuple[str, str, str], tuple[str, float]] = {}

    def seen(self, owner: tuple[str, str], token: str, request: str) -> bool:
        """Whether this very request was completed under this token.

        Raises:
            IdempotentParameterMismatchError: The token was completed with another request.

        """
        self._forget_old()
        used = self._used.get((*owner, token))
        if used is None:
            return False
        if used[0] != request:
            raise IdempotentParameterMismatchError
        return True

    def complete(self, owner: tuple[str, str], token: str, request: str) -> None:
        """Remember a transaction that succeeded; one that failed may be tried again with its token."""
        self._used[(*owner, token)] = (request, self._clock() + TOKEN_SECONDS)

    def _forget_old(self) -> None:
        now = self._clock()
        old = itertools.takewhile(lambda key: self._used[key][1] <= now, self._used)  # oldest first
        for key in list(old):
            del self._used[key]


def install(_engine: Engine) -> None:
    """Make every request atomic and every transaction's token count."""
    lock = threading.RLock()
    tokens, ongoing = Tokens(), Ongoing()

    def call_action(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
        # moto's server answers each request in a thread of its own, and neither an update nor a transaction
        # is atomic there: counters lose additions, a failing transaction restores a copy over others' writes.
        def one_at_a_time(handler: Any) -> Any:
            with ongoing.request(handler) as conflict, lock:
                handler.conflict = conflict
                return original(handler)

        return one_at_a_time

    def transact(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
        write: Callable[[Any], ActionResult] = unless_in_conflict(original)

        def once(handler: Any) -> ActionResult:
            dynamodb_keys.require_all(handler)
            token = handler.body.get("ClientRequestToken")
            if not token:
                return write(handler)
            owner = (handler.current_account, handler.region)
            request = _digest(handler.body["TransactItems"])
            if tokens.seen(owner, token, request):
                return ActionResult({})
            answer = write(handler)
            tokens.complete(owner, token, request)
            return answer

        return once

    replace(DynamoHandler, "call_action", call_action)
    replace(DynamoHandler, "transact_write_items", transact)
    for action in SINGLE_WRITES:
        replace(DynamoHandler, camelcase_to_underscores(action), unless_in_conflict)
    dynamodb_snapshots.install()
    dynamodb_keys.install()


def _digest(items: Any) -> str:
    return hashlib.sha256(json.dumps(items, sort_keys=True, default=repr).encode()).hexdigest()
