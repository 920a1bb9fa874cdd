"""The report as one page of HTML: no script, nothing from the network, everything in it escaped."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from hub.domain.consoles import console
from hub.domain.suspects import line
from hub.domain.wording import about, size
from hub.reporting.plots import plot
from hub.reporting.slots import MINUTE

_TEMPLATES = Path(__file__).parents[1] / "templates"
_PROTOCOLS = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}
_CENT = 0.01
_SHOWN = 25  # talkers of each direction; report.json has them all

Document = Mapping[str, Any]


def page(document: Document, *, partition: str = "aws", threshold: float | None = None) -> str:
    """Render it.

    Args:
        document: The report document.
        partition: Whose console the links lead to.
        threshold: Of the alarm, in bytes per minute.

    """
    step, bars = _bars(document)
    recording = document["recording"] or {}
    events = [recording.get(name) for name in ("onset_at", "closed_at")]
    directions = sorted(("download", "upload"), key=lambda each: -document["bytes"][each])
    return _template().render(
        report=document,
        recording=recording,
        directions=[
            (each, [row for row in document["talkers"] if row["direction"] == each][:_SHOWN])
            for each in directions
        ],
        flows=_flows(document, directions[0]),
        plot=plot(bars, [_seconds(each) for each in events if each], threshold, step=step),
        step=step,
        span=_span(document),
        links=list(_links(recording, partition)),
    )


def _bars(document: Document) -> tuple[int, list[tuple[int, int, int]]]:
    """Seconds of each, and their times and bytes: of the finer slots, where there are any."""
    slots = document["slots"]
    if slots["bytes"]:
        told = [(each["at"], each["upload"], each["download"]) for each in slots["bytes"]]
    else:
        told = [(each["minute"], each["upload"], each["download"]) for each in document["minutes"]]
    return slots["seconds"] if slots["bytes"] else MINUTE, [(_seconds(at), *rest) for at, *rest in told]


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "size": size,
        "suspect": line,
        "percent": lambda share: f"{share:.1%}" if share < 0.1 else f"{share:.0%}",  # noqa: PLR2004 - a tenth
        "protocol": lambda number: _PROTOCOLS.get(number, number),
        "hour": _hour,
        "usd": _usd,
    }
    return environment.get_template("report.html.j2")


def _usd(amount: float) -> str:
    """To the cent; below that, to a hundredth of one."""
    if amount >= _CENT or not amount:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= _CENT / 100 else f"< ${_CENT / 100}"


def _hour(at: float, every: int = MINUTE) -> str:
    """A time of the day; with its second where times stand closer than a minute."""
    return f"{datetime.fromtimestamp(at, UTC):{'%H:%M:%S' if every % MINUTE else '%H:%M'}}"


def _flows(document: Document, direction: str) -> list[dict[str, Any]]:
    """The main direction by client and far end, the largest first, each with its part of the whole."""
    whole = document["bytes"][direction] or 1
    pairs: dict[tuple[str, str], int] = {}
    for row in document["talkers"]:
        if row["direction"] == direction:
            key = (row["client_name"] or row["client"], row["remote_service"] or row["remote"] or "unknown")
            pairs[key] = pairs.get(key, 0) + row["bytes"]
    largest = sorted(pairs.items(), key=lambda each: -each[1])[:8]
    return [
        {"client": client, "remote": remote, "bytes": amount, "share": amount / whole}
        for (client, remote), amount in largest
    ]


def _span(document: Document) -> str | None:
    window = document["window"]
    if not window["start"]:
        return None
    return about(timedelta(seconds=_seconds(window["end"]) - _seconds(window["start"])))


def _links(recording: Document, partition: str) -> Any:  # noqa: ANN401 - pairs
    """Where to look further; ids come from AWS, and are escaped as everything is."""
    if not recording:
        return
    region = recording["region"]
    home = console(partition, region)
    if home is None:
        return
    yield (
        "Gateway",
        f"{home}/vpcconsole/home?region={region}#NatGatewayDetails:natGatewayId={recording['gateway']}",
    )
    yield "Its metrics", f"{home}/cloudwatch/home?region={region}#metricsV2:namespace=AWS/NATGateway"


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
