"""Values as DynamoDB writes them: `{"S": "text"}`, `{"N": "1"}` (DynamoDB API reference, AttributeValue).

boto3 has the same (`boto3.dynamodb.types`), but not without all of boto3, of which nothing else is needed
here, and which would take a twentieth of a cold start. A test compares the two.
"""

from collections.abc import Callable, Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

Attribute = dict[str, Any]
# A number has 38 digits at most (DynamoDB Developer Guide, "Data types"); none is rounded.
_NUMBERS = Context(prec=38, Emin=-128, Emax=126, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])


def attribute(value: object) -> Attribute:
    """A plain value in DynamoDB's words.

    Raises:
        TypeError: DynamoDB has no such value.
        ArithmeticError: A number has too many digits.

    """
    for kinds, name, write in _WRITTEN:
        if isinstance(value, kinds):
            return {name: write(value)}
    raise TypeError(f"DynamoDB has no {type(value).__name__}")


def value_of(found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever was written
    """The plain value of DynamoDB's words; numbers are decimals."""
    [(name, value)] = found.items()
    return _READ[name](value)


def _number(value: int | Decimal) -> str:
    number = _NUMBERS.create_decimal(value)
    if not number.is_finite():
        raise TypeError(f"DynamoDB has no {number}")
    return str(number)


def _texts(value: frozenset[object]) -> list[object]:
    if not value or not all(isinstance(each, str) for each in value):
        raise TypeError("of sets the hub writes those of texts, and none that is empty")
    return list(value)


# `bool` stands before `int`, which it is as well.
_WRITTEN: tuple[tuple[type | tuple[type, ...], str, Callable[[Any], Any]], ...] = (
    (type(None), "NULL", lambda _: True),
    (bool, "BOOL", bool),
    (str, "S", str),
    ((int, Decimal), "N", _number),
    (bytes, "B", bytes),
    (Mapping, "M", lambda value: {name: attribute(each) for name, each in value.items()}),
    ((list, tuple), "L", lambda value: [attribute(each) for each in value]),
    ((set, frozenset), "SS", _texts),
)
_READ: Mapping[str, Callable[[Any], Any]] = {
    "NULL": lambda _: None,
    "BOOL": bool,
    "S": str,
    "N": _NUMBERS.create_decimal,
    "B": bytes,
    "M": lambda value: {name: value_of(each) for name, each in value.items()},
    "L": lambda value: [value_of(each) for each in value],
    "SS": set,
    "BS": set,
    "NS": lambda value: set(map(_NUMBERS.create_decimal, value)),
}
