"""Stack sets with service-managed permissions, over a whole organization.

moto reaches only one level of OUs and the management account too, hides the stacks, and updates nothing.
"""

import inspect
from collections.abc import Callable
from typing import Any

from moto.cloudformation.responses import CloudFormationResponse

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import add, replace
from scripts.sandbox.engine.stacksets import automatic
from scripts.sandbox.engine.stacksets.api import Calls
from scripts.sandbox.engine.stacksets.registry import Registry


def _handler(call: Callable[[CloudFormationResponse], Any]) -> Callable[[Any], Any]:
    def make(_: Any) -> Any:
        # A bound method would not be bound again, to moto's request.
        return lambda request: call(request)  # noqa: PLW0108

    return make


def _add(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    add(owner, name, make(None))


def install(engine: Engine) -> None:
    """Put every stack-set call in place of moto's, and watch the organization's accounts."""
    registry = Registry(engine)
    for name, call in inspect.getmembers(Calls(registry), inspect.ismethod):
        if not name.startswith("_"):
            put = replace if hasattr(CloudFormationResponse, name) else _add
            put(CloudFormationResponse, name, _handler(call))
    automatic.install(engine, registry)
