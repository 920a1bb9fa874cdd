"""How natrec's standing looks in a terminal: how many of what, then only what is not as it should be."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stacksets.inspection.instances import STATUSES, Instance, Status, counted
from stacksets.inspection.standing import UNASKABLE, Standing, failing
from stacksets.inspection.sweeps import Sweep

_STYLES: Mapping[Status, str] = {
    "current": "green",
    "drifted": "yellow",
    "outdated": "yellow",
    "failed": "red",
    "missing": "red",
    "skipped": "dim",
    "leftover": "magenta",
}
_BAR = 40
_ROWS = 40


def overview(standing: Standing, names: Mapping[str, str]) -> RenderableType:
    """The whole in a few lines, and a table of what is not current.

    Args:
        standing: Where natrec stands.
        names: Names of accounts, as far as they are known.

    """
    counts = counted(standing.instances)
    facts = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("targets", _counts(counts))
    facts.add_row("", _bar(counts))
    for title, text in _facts(standing):
        facts.add_row(title, text)
    wanting = [each for each in standing.instances if each.status != "current" or each.unasked]
    parts: list[RenderableType] = [facts]
    if wanting:
        parts += [Text(), _table(wanting, names)]
    if len(wanting) > _ROWS:
        parts.append(Text(f"and {len(wanting) - _ROWS:,} more; --json has them all", style="dim"))
    return Group(*parts)


def _counts(counts: Mapping[Status, int]) -> Text:
    text = Text().append(f"{sum(counts.values()):,}", style="bold")
    for status in STATUSES:
        if counts[status]:
            text.append("   ").append("● ", style=_STYLES[status]).append(f"{counts[status]:,} {status}")
    return text


def _bar(counts: Mapping[Status, int]) -> Text:
    """Each status in proportion; none that there is vanishes."""
    whole = sum(counts.values())
    text = Text()
    for status in STATUSES:
        if counts[status]:
            text.append("━" * max(1, round(_BAR * counts[status] / whole)), style=_STYLES[status])
    return text


def _facts(standing: Standing) -> Iterator[tuple[str, Text]]:
    yield "gateways", _gateways(standing)
    yield "stack set", _stack_set(standing.stack_set)
    yield "hub", _hub(standing.hub)
    if not standing.sweeps:
        yield "last sweep", Text("none has run yet", style="dim")
    for sweep in standing.sweeps.values():
        yield f"{sweep.kind} sweep", _sweep(sweep)


def _gateways(standing: Standing) -> Text:
    asked = [each.asked for each in standing.instances if each.asked]
    unasked = [each.unasked for each in standing.instances if each.unasked]
    text = Text()
    if asked:
        gateways, alarms = sum(each.gateways for each in asked), sum(each.alarms for each in asked)
        text.append(f"{gateways:,} under {alarms:,} alarms in {len(asked):,} targets")
    if unasked:
        more = f", and {len(set(unasked)) - 1} other reasons" if len(set(unasked)) > 1 else ""
        before, noun = "; " if asked else "", "target" if len(unasked) == 1 else "targets"
        text.append(f"{before}{len(unasked):,} {noun} could not be asked: {unasked[0]}{more}", style="red")
    if text:
        return text
    if not any(each.status not in UNASKABLE for each in standing.instances):
        return Text("nobody to ask", style="dim")
    return Text("not asked at so many targets; --ask asks every one", style="dim")


def _hub(status: str | None) -> Text:
    if status is None:
        return Text("there is none; natrec apply makes it", style="red")
    if failing(status):
        return Text(f"{status}: mend what its events in CloudFormation tell, then natrec apply", style="red")
    return Text(status)


def _stack_set(state: str) -> Text:
    words = {
        "current": ("as this config says", ""),
        "outdated": ("not as this config says: see natrec plan", "red"),
        "missing": ("there is none; natrec apply makes it", "red"),
    }
    return Text(*words[state])


def _sweep(sweep: Sweep) -> Text:
    style = "" if sweep.status in ("SUCCEEDED", "RUNNING") else "red"
    text = Text(f"{sweep.at}  {sweep.status.lower()}", style=style)
    told = [
        f"{value:,} {name}"
        for name, value in sweep.summary.items()
        if isinstance(value, int) and (name == "targets" or value) and name != "batches"
    ]
    return text.append(f"  {', '.join(told)}", style="dim") if told else text


def _table(wanting: Sequence[Instance], names: Mapping[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("status", no_wrap=True)
    table.add_column("account", no_wrap=True)
    table.add_column("region", no_wrap=True)
    table.add_column("why", overflow="fold")
    order = {status: number for number, status in enumerate(("failed", "missing", "drifted", "outdated"))}
    for each in sorted(wanting, key=lambda one: (order.get(one.status, len(order)), one.place))[:_ROWS]:
        name = names.get(each.place.account, "")
        reason = Text(each.reason or f"could not be asked: {each.unasked}")
        if each.advice:
            reason.append(f"\n→ {each.advice}", style="dim")
        table.add_row(
            Text(each.status, style=_STYLES[each.status]),
            Text.assemble((each.place.account, ""), (f" {name}" if name else "", "cyan")),
            each.place.region,
            reason,
        )
    return table
