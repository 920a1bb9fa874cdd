"""Requests find their service without asking the disk: what moto looks up for every one is looked up once.

moto lists its own folder, one `stat` for each of its services, while no other request is routed; a storm of
requests spends most of its time waiting there.
"""

import functools
from collections.abc import Callable
from typing import Any

from moto.core import responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace


def install(_: Engine) -> None:
    """Remember which service answers a host, and which methods a service has."""
    replace(DomainDispatcherApplication, "get_backend_for_host", once_for_each_host)
    replace(responses, "method_names_from_class", functools.cache)


def once_for_each_host(original: Callable[[Any, str | None], Any]) -> Callable[[Any, str | None], Any]:
    """Look up each host's service once: it is the same for every request and never changes."""
    known: dict[str | None, Any] = {}

    def backend(application: Any, host: str | None) -> Any:
        if host not in known:
            known[host] = original(application, host)
        return known[host]

    return backend
