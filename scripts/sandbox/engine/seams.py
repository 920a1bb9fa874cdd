"""How an adapter replaces one of moto's methods: visibly, once, and with the original at hand.

moto's internals may change with any release, so moto is pinned and every seam has a test of its own
in `tests/sandbox`.
"""

from collections.abc import Callable
from typing import Any

_replaced: set[tuple[object, str]] = set()


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace `owner.name` by `make(original)`, once for the life of the process.

    Args:
        owner: The class or module of moto's that holds the method or function.
        name: Its attribute.
        make: Takes the original (unbound) and returns what stands in its place.

    Raises:
        AttributeError: moto has no such attribute any more; the pinned version was changed.

    """
    if (owner, name) in _replaced:
        return
    setattr(owner, name, make(getattr(owner, name)))
    _replaced.add((owner, name))


def add(owner: Any, name: str, function: Any) -> None:
    """Give `owner` a method that moto lacks, once for the life of the process.

    Args:
        owner: The class of moto's that would hold it.
        name: Its name.
        function: What it does.

    Raises:
        AttributeError: moto has it by now; ours is to be dropped or made a replacement.

    """
    if (owner, name) in _replaced:
        return
    if hasattr(owner, name):
        raise AttributeError(f"{owner} has {name} already")
    setattr(owner, name, function)
    _replaced.add((owner, name))
