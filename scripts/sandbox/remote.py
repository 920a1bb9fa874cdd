"""How another process speaks to the running sandbox: at the endpoint that the SDK would use."""

import json
import os
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from orgconfig.errors import NatrecError

VARIABLE = "AWS_ENDPOINT_URL"
_PATIENCE = 30


def ask(route: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask one of the own routes of the sandbox that AWS_ENDPOINT_URL names; raises as `ask_at`."""
    return ask_at(os.environ.get(VARIABLE, ""), route, asked)


def ask_at(endpoint: str, route: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask one of a sandbox's own routes.

    Raises:
        NatrecError: No sandbox is named or running, or it refused.

    """
    place = urlsplit(endpoint)
    if not place.hostname:
        raise NatrecError(
            f"{VARIABLE} names no sandbox", next="Start one with `natrec sandbox up` and export its endpoint."
        )
    connection = HTTPConnection(place.hostname, place.port or 80, timeout=_PATIENCE)
    try:
        connection.request(
            "POST", f"/sandbox/{route}", json.dumps(asked), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except (OSError, HTTPException, ValueError) as problem:
        raise NatrecError(
            f"no sandbox answers: {problem}", endpoint, "Is `natrec sandbox up` still running?"
        ) from problem
    finally:
        connection.close()
    if "error" in told:
        raise NatrecError(str(told["error"]), endpoint, "Look at the gateways in the sandbox's JSON line.")
    found: dict[str, Any] = told
    return found
