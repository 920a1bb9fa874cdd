"""What stands in the place of moto's methods is put there once, and nothing in vain."""

from collections.abc import Callable

import pytest

from scripts.sandbox.engine.seams import add, replace


class Backend:
    """Stands for one of moto's."""

    def answer(self) -> str:
        return "moto's"


def louder(original: Callable[[Backend], str]) -> Callable[[Backend], str]:
    return lambda backend: original(backend).upper()


def twice(original: Callable[[Backend], str]) -> Callable[[Backend], str]:
    return lambda backend: original(backend) * 2


def question(_: Backend) -> str:
    return "?"


def another_question(_: Backend) -> str:
    return "??"


def test_a_method_is_replaced_once_however_many_engines_a_process_starts() -> None:
    for _ in range(2):
        replace(Backend, "answer", louder)
    assert Backend().answer() == "MOTO'S"


def test_a_second_adapter_in_the_same_place_is_refused() -> None:
    replace(Backend, "answer", louder)
    with pytest.raises(AttributeError, match="louder has replaced answer"):
        replace(Backend, "answer", twice)


def test_what_moto_lacks_is_added_once_and_by_one() -> None:
    for _ in range(2):
        add(Backend, "question", question)
    assert Backend().question() == "?"  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="question has replaced question"):
        add(Backend, "question", another_question)


def test_what_moto_no_longer_has_or_has_by_now_is_refused() -> None:
    with pytest.raises(AttributeError, match="no_more"):
        replace(Backend, "no_more", louder)
    with pytest.raises(AttributeError, match="has __init__ already"):
        add(Backend, "__init__", question)
