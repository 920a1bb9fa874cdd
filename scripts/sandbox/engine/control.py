"""Routes of the endpoint that are no service of AWS but the sandbox's own: `POST /sandbox/<name>`, JSON."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

PREFIX = "/sandbox/"

Route = Callable[[dict[str, Any]], object]
_routes: dict[str, Route] = {}


def install(_: Engine) -> None:
    """Answer the sandbox's own routes before moto looks for a service."""

    def make(original: Any) -> Any:
        def call(self: Any, environ: dict[str, Any], start_response: Any) -> Any:
            path = environ.get("PATH_INFO", "")
            if not path.startswith(PREFIX):
                return original(self, environ, start_response)
            status, answer = _answer(path.removeprefix(PREFIX), environ)
            start_response(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
            return [json.dumps(answer).encode()]

        return call

    replace(DomainDispatcherApplication, "__call__", make)


def serve(name: str, route: Route) -> None:
    """Answer `POST /sandbox/<name>`; a ValueError of the route becomes 400 with its message."""
    _routes[name] = route


def _answer(name: str, environ: dict[str, Any]) -> tuple[HTTPStatus, object]:
    if name not in _routes:
        return HTTPStatus.NOT_FOUND, {"error": f"the sandbox has no route {name}"}
    try:
        asked = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        return HTTPStatus.OK, _routes[name](asked)
    except (ValueError, TypeError, KeyError) as problem:
        return HTTPStatus.BAD_REQUEST, {"error": str(problem)}
