from collections.abc import Mapping
from typing import Any, Literal

import pytest
from msgspec import Struct

from orgconfig.reading import ReadingError, Text, read, read_json


class Inner(Struct, frozen=True):
    number: int
    word: Literal["one", "two"] = "one"


class Outer(Struct, frozen=True):
    name: Text = ""
    inner: tuple[Inner, ...] = ()
    tags: Mapping[Text, Text] = {}
    rest: Mapping[Text, Any] = {}

    def __post_init__(self) -> None:
        if self.name == "never":
            raise ValueError("never is no name")


DEEP: Any = []
for _ in range(20_000):
    DEEP = [DEEP]


def refused(document: object) -> str:
    with pytest.raises(ReadingError) as problem:
        read(Outer, document)
    return str(problem.value)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"inner": [{"number": 1}, {"number": "2"}]}, "inner.1.number: Expected `int`, got `str`"),
        ({"inner": [{}]}, "inner.0: Object missing required field `number`"),
        ({"tags": {"team": 1}}, "tags[...]: Expected `str`, got `int`"),
        ({"name": "never"}, "never is no name"),
        ({"name": DEEP}, "name: Expected `str`, got `array`"),
        (None, "Expected `object`, got `null`"),
        ([], "Expected `object`, got `array`"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(document: object, said: str) -> None:
    assert refused(document) == said


@pytest.mark.parametrize("word", ["SECRET", "SECRET - at `$.inner`", "SECRET\n", "SECRET'"])
def test_what_was_given_is_never_repeated(word: str) -> None:
    said = refused({"inner": [{"number": 1, "word": word}]})
    assert said == "inner.0.word: none of the words that may stand here"


@pytest.mark.parametrize("document", [{"name": "\ud800"}, {"tags": {"\udfff": "x"}}, {"rest": {"\udfff": 1}}])
def test_half_of_a_surrogate_pair_is_no_text(document: object) -> None:
    assert refused(document).endswith(": text with half of a surrogate pair")


def test_what_is_not_asked_for_is_passed_over_however_deep_it_is() -> None:
    found = read(Outer, {"rest": {"deep": DEEP}, "later": DEEP})
    assert found.rest["deep"] is DEEP


@pytest.mark.parametrize("text", ["", "{", b"\xff", '{"name": "\\ud800"}', '{"name": "\ud800"}', "[" * 10**5])
def test_what_is_no_json_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(ReadingError) as problem:
        read_json(Outer, text)
    assert 0 < len(str(problem.value)) < 200


def test_deep_json_is_refused_where_nobody_asks_for_it_too() -> None:
    with pytest.raises(ReadingError, match="nested too deeply"):
        read_json(Outer, '{"later": ' + "[" * 10**5 + "]" * 10**5 + "}")
