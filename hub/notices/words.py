"""The templates' texts, filled in: one sentence and the paragraphs below it."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hub.domain.named import line
from hub.domain.wording import clock, size, usd

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parents[1] / "templates" / "notices"
_LONGEST = 600  # of one value: no denial is longer than its reader's patience


def words(kind: str, **known: object) -> tuple[str, tuple[str, ...]]:
    """Fill the template of one kind.

    In a template an empty line ends a paragraph. Within one, lines flow together; those that begin with
    spaces stay lines of their own.

    Args:
        kind: Which template.
        known: What it may tell; a text in it is one line, whatever it holds.

    Returns:
        The headline, and the paragraphs that are not empty.

    """
    text = _environment().get_template(f"{kind}.j2").render(known)
    headline, *rest = (_flowing(each) for each in text.split("\n\n") if each.strip())
    return headline, tuple(rest)


@cache
def _environment() -> "Environment":
    # Not at import: an opening refuses and tells of a quota now and then, and starts as often as it can.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    made = Environment(  # noqa: S701 - plain text; each channel escapes what it takes
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_one_line,
    )
    made.filters |= {"size": size, "usd": usd, "clock": clock, "count": count, "capfirst": _capitalized}
    return made


def count(number: int, one: str, many: str) -> str:
    """A number of things."""
    return f"{number:,} {one if number == 1 else many}"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_line(value: object) -> object:
    """Nothing that is told may look like another paragraph, list or line."""
    return line(value, _LONGEST) if isinstance(value, str) else value


def _flowing(paragraph: str) -> str:
    told: list[str] = []
    for each in paragraph.split("\n"):
        if not each.strip():
            continue
        if each.startswith("  ") or not told or told[-1].startswith("  "):
            told.append(each.rstrip())
        else:
            told[-1] += f" {each.strip()}"
    return "\n".join(told)
