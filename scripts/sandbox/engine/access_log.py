"""Who called what: every API call as IAM would have been asked about it, one line of JSON each.

`POST /sandbox/access` with `{"file": PATH}` begins to write, `{"file": null}` ends it. A call that is
authorized as several (a transaction's parts; CreateFlowLogs' tags and interfaces) is several lines. Roles
that AWS uses without a call on the wire (Athena's reading, Lambda's logs) leave none.
"""

import json
import threading
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

    def write(self, who: str, region: str, asked: Question) -> None:
        """One line, with the caller's ARN first."""
        with self._lock:
            if self._file:
                self._file.write(json.dumps({"principal": who, "region": region, **asdict(asked)}) + "\n")
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
                who = _who(self)
                for each in questions(Call.of(self)):
                    LOG.write(who, self.region, each)
            return original(self, resource)

        return authorize

    def make_for_s3(original: Any) -> Any:
        def authorize(self: Any, bucket_name: str | None = None, key_name: str | None = None) -> Any:
            if LOG.wanted and bucket_name:
                asked = s3_question(str(self.data["Action"]), bucket_name, key_name, self.querystring)
                LOG.write(_who(self), self.region, asked)
            return original(self, bucket_name, key_name)

        return authorize

    replace(BaseResponse, "_authenticate_and_authorize_normal_action", make)
    replace(S3Response, "_authenticate_and_authorize_s3_action", make_for_s3)
