"""What a function's wiring leads to: the adapters' methods that its use cases name, read from their code."""

import dis
import functools
import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

from hub.adapters.clock import SystemClock
from hub.adapters.declared import declared
from hub.adapters.spokes import AwsSpoke, AwsSpokes
from hub.delivery_wiring import DeliveringHub
from hub.ending_wiring import EndingHub
from hub.member_wiring import MemberHub
from hub.planning_wiring import PlanningHub
from hub.report_wiring import ReportingHub
from hub.settings import Settings
from hub.starting_wiring import StartingHub
from hub.sweep_wiring import SweepingHub
from hub.telling_wiring import TellingHub
from hub.waking_wiring import WakingHub
from hub.wiring import Hub

_HUBS: dict[str, type] = {
    "hub.wiring": Hub,
    "hub.delivery_wiring": DeliveringHub,
    "hub.ending_wiring": EndingHub,
    "hub.member_wiring": MemberHub,
    "hub.planning_wiring": PlanningHub,
    "hub.report_wiring": ReportingHub,
    "hub.starting_wiring": StartingHub,
    "hub.sweep_wiring": SweepingHub,
    "hub.telling_wiring": TellingHub,
    "hub.waking_wiring": WakingHub,
}
_ADAPTERS, _USE_CASES = "hub.adapters.", "hub.usecases."
_GIVEN = {"partition": "aws", "region": "eu-west-1", "role_path": "/natrec/"}
_NAMING = frozenset({"LOAD_ATTR", "LOAD_METHOD", "LOAD_GLOBAL", "LOAD_NAME"})


def methods_of(function: str) -> set[Callable[..., Any]]:
    """The methods with declared calls that a function of the hub can come to."""
    handler = importlib.import_module(f"hub.handlers.{function}")
    named = {name for each in _functions_of(handler) for name in _names(each)}
    given: dict[str, Any] = {field: _GIVEN.get(field, "x") for field in Settings.fields()}
    hub = _wiring(handler)(Settings(**given), SystemClock())
    roots = [(name, getattr(hub, name)) for name in sorted(named & _parts(type(hub)))]
    return _reached(_graph(roots), named)


def _functions_of(module: types.ModuleType) -> Iterator[types.FunctionType]:
    for each in vars(module).values():
        plain = inspect.unwrap(each) if callable(each) else each
        if isinstance(plain, types.FunctionType) and plain.__module__ == module.__name__:
            yield plain


def _wiring(handler: types.ModuleType) -> type:
    for each in vars(handler).values():
        name = each.__name__ if isinstance(each, types.ModuleType) else getattr(each, "__module__", "")
        if name in _HUBS:
            return _HUBS[name]
    raise AssertionError(f"{handler.__name__} uses no wiring")


def _parts(hub: type) -> set[str]:
    """What a composition root can make."""
    return {
        name
        for base in hub.__mro__
        for name, each in vars(base).items()
        if isinstance(each, functools.cached_property)
    }


def _graph(roots: list[tuple[str, object]]) -> dict[type, set[str]]:
    """Every class of use cases and adapters that hangs together with these, by the fields that hold it."""
    held: dict[type, set[str]] = {}
    seen, waiting = set[tuple[str, int]](), list(roots)
    while waiting:
        field, each = waiting.pop()
        if (field, id(each)) in seen or not _is_part(each):
            continue
        seen.add((field, id(each)))
        held.setdefault(type(each), set()).add(field)
        waiting += [(name or field, inner) for name, inner in _inside(each)]
    if AwsSpokes in held:
        held[AwsSpoke] = set()  # made by the other when a spoke is visited
    return held


def _is_part(each: object) -> bool:
    wrapped = (functools.partial, types.FunctionType, types.MethodType, dict)
    return isinstance(each, wrapped) or type(each).__module__.startswith((_ADAPTERS, _USE_CASES))


def _inside(each: object) -> Iterator[tuple[str, object]]:
    match each:
        case functools.partial():
            yield "", each.func
        case types.MethodType():
            yield "", each.__self__
        case types.FunctionType():
            for cell in each.__closure__ or ():
                parts = _names(each) & _parts(type(cell.cell_contents))
                yield from (("", getattr(cell.cell_contents, name)) for name in parts)
        case dict():
            yield from (("", inner) for inner in each.values())
        case _:
            yield from getattr(each, "__dict__", {}).items()


def _reached(held: dict[type, set[str]], named: set[str]) -> set[Callable[..., Any]]:
    """The adapters' methods, by following names from one use case to the next until nothing is added."""
    found: set[Callable[..., Any]] = set()
    reached, followed = set(named), set[types.FunctionType]()
    while True:
        new = {
            method
            for part, fields in held.items()
            for name, method in _methods(part)
            if _called(name, part) in reached or (name == "__call__" and fields & reached)
        } - followed
        if not new:
            return found
        followed |= new
        found |= {each for each in new if declared(each)}
        inner = (each for each in new if each.__module__.startswith(_USE_CASES))
        reached |= {name for each in inner for name in _named_by(each)}


def _called(name: str, part: type) -> str:
    """How an adapter's method is named where it is called; `usage` may be read of a picture as well."""
    return f"{name}()" if part.__module__.startswith(_ADAPTERS) else name


def _methods(part: type) -> Iterator[tuple[str, types.FunctionType]]:
    for name, each in vars(part).items():
        plain = getattr(each, "fget", None) or getattr(each, "func", None) or each
        if isinstance(plain, types.FunctionType):
            yield name, plain


def _named_by(function: types.FunctionType) -> set[str]:
    """Names in a function, and in those of the use cases' own modules that it calls."""
    found, waiting = set[str](), [function]
    seen = {function}
    while waiting:
        one = waiting.pop()
        names = _names(one)
        found |= names
        for name in names:
            called = one.__globals__.get(name)
            if not isinstance(called, types.FunctionType) or called in seen:
                continue
            if called.__module__.startswith(_USE_CASES):
                seen.add(called)
                waiting.append(called)
    return found


def _names(function: types.FunctionType) -> set[str]:
    """Every name in it and, with `()`, those that are called as methods."""
    return set(_names_in(function.__code__))


def _names_in(code: types.CodeType) -> Iterator[str]:
    before = ""
    for each in dis.get_instructions(code):
        # `", ".join` is no adapter's method
        if each.opname in _NAMING and before != "LOAD_CONST":
            yield str(each.argval)
            if each.opname == "LOAD_METHOD" or "NULL|self" in each.argrepr:  # the latter since Python 3.12
                yield f"{each.argval}()"
        before = each.opname
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names_in(inner)
