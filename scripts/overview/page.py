"""An overview as one page of HTML: no script, nothing from elsewhere, everything in it escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from hub.domain.wording import clock, iso, size, usd
from scripts.overview.gathering import Overview


def page(overview: Overview) -> str:
    """Render it."""
    most = max([1, *(each.opened + each.refused for each in overview.history.days)])
    return _template().render(overview=overview, history=overview.history, most=most)


def _seconds(taken: float) -> str:
    """Short ones to a tenth."""
    return f"{taken:.1f} s" if taken < 10 else f"{taken:.0f} s"  # noqa: PLR2004 - two digits


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"size": size, "usd": usd, "clock": clock, "iso": iso, "seconds": _seconds}
    return environment.get_template("page.html.j2")
