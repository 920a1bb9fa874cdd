"""What DynamoDB is told, and what it tells, is what boto3's own types would make of it."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.attributes import attribute, value_of

NUMBERS = st.integers(-(10**37), 10**37) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6
)
PLAIN = st.none() | st.booleans() | NUMBERS | st.text() | st.binary()
VALUES = st.recursive(
    PLAIN | st.sets(st.text(min_size=1), min_size=1, max_size=1),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
)
WIRE = st.builds(lambda each: {"NS": each}, st.lists(NUMBERS.map(str))) | st.builds(
    lambda each: {"BS": each}, st.lists(st.binary())
)


@given(VALUES)
def test_a_value_is_written_and_read_as_boto3_does(value: object) -> None:
    written = TypeSerializer().serialize(value)
    assert attribute(value) == written
    assert value_of(written) == TypeDeserializer().deserialize(written)


@given(WIRE)
def test_sets_that_others_write_are_read_as_boto3_does(written: Any) -> None:  # noqa: ANN401 - any kind
    assert value_of(written) == TypeDeserializer().deserialize(written)


@pytest.mark.parametrize(
    "value",
    [1.5, object(), Decimal("NaN"), Decimal("Infinity"), 10**200, Decimal("0." + "3" * 50), set(), {1, "a"}],
)
def test_what_boto3_refuses_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ArithmeticError)):
        attribute(value)
