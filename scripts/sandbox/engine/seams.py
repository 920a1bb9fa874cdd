"""How an adapter replaces one of moto's methods: visibly, once, and with the original at hand.

moto's internals may change with any release, so moto is pinned and every seam has a test of its own
in `tests/sandbox`.
"""

from collections.abc import Callable
from typing import Any

# By whom, for each engine of a process installs all of them again.
_replaced: dict[tuple[object, str], str] = {}


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace `owner.name` by `make(original)`, once for the life of the process.

    Args:
        owner: The class or module of moto's that holds the method or function.
        name: Its attribute.
        make: Takes the original (unbound) and returns what stands in its place.

    Raises:
        AttributeError: moto has no such attribute any more; the pinned version was changed. Or another
            adapter has replaced it: the two must be made one.

    """
    if _is_done(owner, name, make):
        return
    setattr(owner, name, make(getattr(owner, name)))
    _replaced[owner, name] = _name_of(make)


def add(owner: Any, name: str, function: Any) -> None:
    """Give `owner` a method that moto lacks, once for the life of the process.

    Args:
        owner: The class of moto's that would hold it.
        name: Its name.
        function: What it does.

    Raises:
        AttributeError: moto has it by now; ours is to be dropped or made a replacement.

    """
    if _is_done(owner, name, function):
        return
    if hasattr(owner, name):
        raise AttributeError(f"{owner} has {name} already")
    setattr(owner, name, function)
    _replaced[owner, name] = _name_of(function)


def _is_done(owner: Any, name: str, by: Any) -> bool:
    before = _replaced.get((owner, name))
    if before not in (None, _name_of(by)):
        raise AttributeError(f"{before} has replaced {name} of {owner} already, so {_name_of(by)} cannot")
    return before is not None


def _name_of(made: Any) -> str:
    """Of a function, or of a property's."""
    function = getattr(made, "fget", made)
    return f"{function.__module__}.{function.__qualname__}"
