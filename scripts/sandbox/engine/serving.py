"""What moto looks up for every request is looked up once, for it never changes.

moto lists its own folder, one `stat` for each of its services, while no other request is routed; a storm of
requests spends most of its time waiting there. For each value in each answer it tries several names, and
makes them up anew, which took a tenth of an answer's time.
"""

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

if TYPE_CHECKING:
    from botocore.model import Shape


def install(_: Engine) -> None:
    """Remember a host's service, a service's methods and regions, and the names that a value may have."""
    replace(DomainDispatcherApplication, "get_backend_for_host", once_for_each_host)
    replace(responses, "method_names_from_class", functools.cache)
    replace(AccountSpecificBackend, "_generate_regions", once_for_each_service)
    replace(XFormedAttributePicker, "get_possible_keys", once_for_each_shape)


def once_for_each_host(original: Callable[[Any, str | None], Any]) -> Callable[[Any, str | None], Any]:
    """Look up each host's service once: it is the same for every request and never changes."""
    known: dict[str | None, Any] = {}

    def backend(application: Any, host: str | None) -> Any:
        if host not in known:
            known[host] = original(application, host)
        return known[host]

    return backend


def once_for_each_service(original: Callable[[Any, str], list[str]]) -> Callable[[Any, str], list[str]]:
    """Look up a service's regions once: moto does so for each account, though they are the same in all."""
    known: dict[str, list[str]] = {}

    def regions(accounts: Any, service: str) -> list[str]:
        if service not in known:
            known[service] = original(accounts, service)
        return known[service]

    return regions


Keys = Callable[[Any, AttributePickerContext], Iterable[str]]


def once_for_each_shape(original: Keys) -> Keys:
    """Make up a value's names once: they hang on its shape, its key and the class that it is taken from."""
    known: WeakKeyDictionary[Shape, dict[tuple[object, ...], tuple[str, ...]]] = WeakKeyDictionary()

    def keys(picker: Any, context: AttributePickerContext) -> Iterable[str]:
        of_shape = known.get(context.shape)
        if of_shape is None:
            of_shape = known.setdefault(context.shape, {})
        asked = (context.key, type(context.obj), hasattr(context.shape, "parent"))
        found = of_shape.get(asked)
        if found is None:
            found = of_shape[asked] = tuple(original(picker, context))
        return found

    return keys
