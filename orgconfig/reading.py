"""Documents to values: msgspec checks them, and what it finds is told without what was given."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

import msgspec

Value = TypeVar("Value")
# Half of a surrogate pair is no text: JSON can write it, UTF-8 and so AWS cannot.
_WHOLE = r"\A[^\ud800-\udfff]*\Z"
Text = Annotated[str, msgspec.Meta(pattern=_WHOLE)]

_PLACE = r"(?s)(?P<what>.*) - at (?:`key` in )?`\$\.?(?P<place>[^`]*)`"
_TOO_DEEP = "nested too deeply"
_NO_TEXT = "text with half of a surrogate pair"


class ReadingError(ValueError):
    """A document is not what it should be; the message says what and where, and repeats nothing of it."""


def read(kind: type[Value], document: object) -> Value:
    """The value that a document of JSON's own types stands for.

    Raises:
        ReadingError: It stands for none.

    """
    with _in_words():
        return msgspec.convert(document, kind)


def read_json(kind: type[Value], text: str | bytes) -> Value:
    """The same, of a text.

    Raises:
        ReadingError: It is no JSON, or stands for no such value.

    """
    with _in_words():
        return msgspec.json.decode(text, type=kind)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except msgspec.MsgspecError as problem:
        raise ReadingError(_words(problem)) from None
    except UnicodeError:
        raise ReadingError(_NO_TEXT) from None
    except RecursionError:
        raise ReadingError(_TOO_DEEP) from None


def _words(problem: msgspec.MsgspecError) -> str:
    """As in `detail.account: Expected ...`; of lists the position, as in `overrides.0.match`."""
    said = str(problem)
    found = re.fullmatch(_PLACE, said)
    what = found["what"] if found else said
    place = re.sub(r"\[(\d+)\]", r".\1", found["place"]).removeprefix(".") if found else ""
    if what.startswith("Invalid enum value"):  # the one sentence of msgspec's that repeats what was given
        what = "none of the words that may stand here"
    elif _WHOLE in what.replace(r"\\", "\\"):
        what = _NO_TEXT
    return f"{place}: {what}" if place else what
