"""Who called what: every API call as IAM would have been asked about it, one line of JSON each.

`POST /sandbox/access` with `{"file": PATH}` begins to write, `{"file": null}` ends it. A call that is
authorized as several (a transaction's parts; CreateFlowLogs' tags and interfaces) is several lines with the
same number in `call`; `operation` is the call itself. Roles
that AWS uses without a call on the wire (Athena's reading, Lambda's logs) leave none.
"""

import itertools
import json
import threading
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from moto.core.responses import BaseResponse
from moto.s3.responses import S3Response

from scripts.sandbox.engine import control
from scripts.sandbox.engine.access_questions import Call, Question, questions, s3_question
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.principals import caller
from scripts.sandbox.engine.seams import replace


class AccessLog:
    """Where the lines go, while somebody wants them."""

    def __init__(self) -> None:
        self._file: TextIO | None = None
        self._lock = threading.Lock()
        self._calls = itertools.count(1)

    def command(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Begin or end.

        Raises:
            ValueError: The file cannot be opened.

        """
        with self._lock:
            if self._file:
                self._file.close()
            try:
                self._file = _opened(asked["file"]) if asked["file"] else None
            except OSError as problem:
                raise ValueError(f"the access log cannot be written: {problem}") from problem
        return {"file": asked["file"]}

    @property
    def wanted(self) -> bool:
        """Whether anybody reads it."""
        return self._file is not None

    def write(self, who: str, region: str, operation: str, asked: Iterable[Question]) -> None:
        """The lines of one call, with the caller's ARN first."""
        with self._lock:
            common = {"principal": who, "region": region, "call": next(self._calls), "operation": operation}
            if self._file:
                self._file.writelines(json.dumps({**common, **asdict(each)}) + "\n" for each in asked)
                self._file.flush()


def _opened(path: str) -> TextIO:
    return Path(path).open("a", encoding="utf-8")


LOG = AccessLog()


def _who(response: BaseResponse) -> str:
    return caller(response.get_access_key(), response.current_account).arn


def install(_: Engine) -> None:
    """Look at each call before it is answered."""
    control.serve("access", LOG.command)

    def make(original: Any) -> Any:
        def authorize(self: BaseResponse, resource: str = "*") -> Any:
            if LOG.wanted:
                call = Call.of(self)
                LOG.write(_who(self), self.region, f"{call.service}:{call.operation}", questions(call))
            return original(self, resource)

        return authorize

    def make_for_s3(original: Any) -> Any:
        def authorize(self: Any, bucket_name: str | None = None, key_name: str | None = None) -> Any:
            if LOG.wanted and bucket_name:
                action = str(self.data["Action"])
                asked = s3_question(action, bucket_name, key_name, self.querystring)
                LOG.write(_who(self), self.region, f"s3:{action}", [asked])
            return original(self, bucket_name, key_name)

        return authorize

    replace(BaseResponse, "_authenticate_and_authorize_normal_action", make)
    replace(S3Response, "_authenticate_and_authorize_s3_action", make_for_s3)
