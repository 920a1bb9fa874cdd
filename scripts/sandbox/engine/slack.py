"""A stand-in for Slack's webhooks, as strict as Slack: what is posted to it becomes one line of a file.

It can be told to fail for a while, by a test or through `POST /sandbox/slack`:
`{"times": 3, "status": 429, "retry_after": 1}` (see `slack_faults.Fault`; without `times` until
`{"clear": true}`), `{"pace": 1}` for at most a message a second; the answer says what it did so far.
"""

import json
import socket
import threading
import time
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.sandbox.engine import control, slack_messages
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.slack_faults import Fault, Faults
from scripts.sandbox.engine.slack_messages import Answer

FILE = "slack.jsonl"
POSTS = "slack-posts.jsonl"
LARGEST = 1024 * 1024
_HOWS = {"status", "retry_after", "accepted", "seconds", "path"}


class SlackStandIn:
    """Local webhooks; `stop()` ends them.

    Attributes:
        url: Where to post; any path below it is a webhook too, unless `webhooks` names them.
        file: One posted message per line.
        posts: One post per line, accepted or not, beside the messages so that those stay what was posted:
            time, path, status (null where the connection was dropped), answer, accepted, faults.
        webhooks: Paths that exist, such as `/services/T0/B0/x`; None for all. Others are `no_service`.

    """

    def __init__(self, file: Path, webhooks: frozenset[str] | None = None) -> None:
        self.file, self.posts = file, file.with_name(POSTS)
        self.webhooks = webhooks
        self._faults = Faults()
        self._posted = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="slack", daemon=True)
        self._thread.start()
        self._root = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self._root}{slack_messages.SERVICES}"

    def webhook(self, name: str, kind: str = "services") -> str:
        """The URL of a webhook of its own; `kind` may also be `triggers` or `workflows`."""
        return f"{self._root}/{kind}/{name}"

    def fail(self, times: int | None = None, **how: Any) -> None:
        """Go wrong for so many posts, or until `recover`; `how` are the fields of `Fault`.

        Raises:
            TypeError: A field does not exist.

        """
        self._faults.plan(Fault(**how), times)

    def pace(self, seconds: float) -> None:
        """Refuse a message of a webhook that comes sooner after the one before; 0 for no limit."""
        self._faults.pace(seconds)

    def recover(self) -> None:
        """Answer as it should from now on."""
        self._faults.clear()

    @property
    def refused(self) -> dict[str, int]:
        """How many posts were not accepted, by the answer's text; `dropped` where there was none."""
        return dict(self._faults.refused)

    def take(self, path: str, body: bytes, content_type: str) -> tuple[Answer, Fault | None]:
        """Judge a post and keep it if it is accepted; the fault is what the poster sees instead."""
        unknown = self.webhooks is not None and path not in self.webhooks
        judged = slack_messages.no_service() if unknown else slack_messages.answer(path, body, content_type)
        fault = self._faults.next(path, time.monotonic())
        accepted = judged.message is not None and (fault is None or fault.accepted)
        status = judged.status.value if fault is None else fault.status
        text = judged.text if fault is None else fault.text
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "path": path,
            "status": status,
            "answer": None if status is None else text,
            "accepted": accepted,
            "faults": list(judged.faults),
        }
        with self._lock:
            if accepted:
                self._posted += 1
                _append(self.file, judged.message)
            _append(self.posts, line)
        if not accepted:
            self._faults.count("dropped" if status is None else text)
        return judged, fault

    def command(self, asked: dict[str, Any]) -> dict[str, object]:
        """Do what `POST /sandbox/slack` asks (see the module).

        Raises:
            ValueError: It asks for something else.

        """
        if strange := sorted(set(asked) - _HOWS - {"times", "pace", "clear"}):
            raise ValueError(f"the Slack stand-in knows no {', '.join(strange)}")
        if asked.get("clear"):
            self.recover()
        if "pace" in asked:
            self.pace(float(asked["pace"]))
        how = {name: asked[name] for name in _HOWS if name in asked}
        if how or "times" in asked:
            self.fail(asked.get("times"), **how)
        return {"posted": self._posted, "refused": self.refused}

    def wait(self, seconds: float) -> None:
        """Take one's time, unless it is stopped."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _append(file: Path, document: Any) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(document) + "\n")


def _handler(stand_in: SlackStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(min(length, LARGEST))
            kind = self.headers.get("Content-Type", "")
            judged, fault = stand_in.take(urlsplit(self.path).path, body, kind)
            if fault is None:
                self._say(judged.status.value, judged.text)
                return
            stand_in.wait(fault.seconds)
            if fault.status is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self._say(fault.status, fault.text, fault.retry_after)

        def _say(self, status: int, text: str, retry_after: float | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(text.encode())))
            if retry_after is not None:
                self.send_header("Retry-After", f"{retry_after:g}")
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self._say(HTTPStatus.METHOD_NOT_ALLOWED.value, "method_not_allowed")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing: stderr belongs to the command."""

    return Handler


def start(engine: Engine) -> SlackStandIn:
    """Start a stand-in that writes into the engine's private folder and stops with the engine."""
    stand_in = SlackStandIn(engine.workdir / FILE)
    stand_in.file.touch()
    engine.at_stop(stand_in.stop)
    control.serve("slack", stand_in.command)
    return stand_in
