"""A stand-in for Slack's incoming webhooks: what is posted to it becomes one line of a file.

Source: Slack's page "Sending messages using incoming webhooks" (a POST of JSON, answered by the text `ok`).
"""

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scripts.sandbox.engine.core import Engine

FILE = "slack.jsonl"
LARGEST = 1024 * 1024


class SlackStandIn:
    """A local webhook; `stop()` ends it.

    Attributes:
        url: Where to post; any path below it is accepted too, as each webhook has its own.
        file: One posted message per line.

    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        keep = self._keep

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                status, text = keep(self.rfile.read(min(length, LARGEST)))
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                """Say nothing: stderr belongs to the command."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="slack", daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/services"

    def _keep(self, body: bytes) -> tuple[HTTPStatus, str]:
        try:
            message = json.loads(body)
        except ValueError:
            return HTTPStatus.BAD_REQUEST, "invalid_payload"
        if not isinstance(message, dict) or not (message.get("text") or message.get("blocks")):
            return HTTPStatus.BAD_REQUEST, "no_text"
        with self._lock, self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(message) + "\n")
        return HTTPStatus.OK, "ok"

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def start(engine: Engine) -> SlackStandIn:
    """Start a stand-in that writes into the engine's private folder and stops with the engine."""
    stand_in = SlackStandIn(engine.workdir / FILE)
    stand_in.file.touch()
    engine.at_stop(stand_in.stop)
    return stand_in
