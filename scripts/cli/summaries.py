"""Plans and what came of them for people: in colours on a terminal, else as text to paste into a ticket."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scripts.cli import output
from stacksets.outcomes import Outcome
from stacksets.reconciling import amount

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from stacksets.costs import Cost
    from stacksets.steps import Step

# Changes of these are in force within a minute, and touch no stack.
POLICY_ONLY = frozenset({"policy", "members"})
# The steps that change the organization itself rather than natrec in it.
PREREQUISITES = ("trusted access for stack sets", "delegated administrator")
_SIGNS = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red"), "none": (" ", "dim")}


def changing(steps: "Iterable[Step]") -> "list[Step]":
    """The steps that change something."""
    return [step for step in steps if step.changes]


def conclusion(steps: "Sequence[Step]") -> str:
    """How much changes, in a sentence."""
    found = changing(steps)
    if not found:
        return "nothing to change: everything is as the config says"
    if {step.name for step in found} <= POLICY_ONLY:
        return "only the policy changes: nothing is redeployed, it is in force within a minute"
    return f"{len(found)} of {len(steps)} steps change something"


def prerequisites(steps: "Iterable[Step]") -> list[str]:
    """What would be changed in the organization itself, a line for each."""
    return [
        f"changes the organization itself, from the management account {step.account}: {step.name} "
        f"({step.change.detail})"
        for step in steps
        if step.changes and step.name in PREREQUISITES
    ]


def removal(steps: "Sequence[Step]") -> str:
    """How much is removed, in a sentence."""
    found = changing(steps)
    return f"{len(found)} of {len(steps)} steps remove something" if found else "nothing is left to remove"


def show_plan(
    steps: "Sequence[Step]",
    console: "Console | None" = None,
    conclude: "Callable[[Sequence[Step]], str]" = conclusion,
) -> None:
    """Show a plan with its conclusion: as a table on a terminal, elsewhere a line for each step.

    Args:
        steps: The plan.
        console: Where; stdout, for it is the result, where none is said.
        conclude: What it comes to, in a sentence.

    """
    from rich.console import Console  # noqa: PLC0415 - slow to import

    to, write = (console, output.say) if console else (Console(highlight=False), output.result)
    if to.is_terminal:
        to.print(plan_table(steps))
        to.print(f"\n{conclude(steps)}", style="bold", markup=False)
    else:
        write("\n".join([*map(str, steps), conclude(steps)]))


def monthly(parts: "Sequence[Cost]", basis: str) -> str:
    """What all of it costs a month before anything is recorded, in one line and one for each part.

    Args:
        parts: The costs.
        basis: Whose prices they are made of, in words.

    """
    from stacksets import costs  # noqa: PLC0415 - slow to import

    width = max(len(each.what) for each in parts)
    lines = [f"  {each.what:{width}}  {each}" for each in parts if each.usd or each.usd_per_gateway]
    return "\n".join([f"costs {costs.total(parts)} (prices of {basis}; recordings come on top)", *lines])


def plan_table(steps: "Iterable[Step]") -> "Table":
    """The plan as a table for terminals."""
    from rich.table import Table  # noqa: PLC0415 - slow to import
    from rich.text import Text  # noqa: PLC0415 - slow to import

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True)
    table.add_column("step", overflow="fold")
    table.add_column("account", no_wrap=True, style="cyan")
    table.add_column("region", no_wrap=True, style="cyan")
    table.add_column("change", overflow="fold", ratio=1)
    for step in steps:
        sign, style = _SIGNS[step.change.action]
        name = Text(step.name, style="bold" if step.changes else "dim")
        table.add_row(
            Text(sign, style=style),
            name,
            step.account,
            step.region,
            Text("\n".join([step.change.detail, *step.change.shown]), style=style),
        )
    return table


def coverage(outcomes: Sequence[Outcome]) -> str:
    """How many accounts and regions are covered."""
    done = sum(each.state == "done" for each in outcomes)
    accounts, regions = {each.account for each in outcomes}, {each.region for each in outcomes}
    return (
        f"{done:,} of {amount(len(outcomes), 'spoke')} current "
        f"({amount(len(accounts), 'account')}, {amount(len(regions), 'region')})"
    )


def report(
    title: str, steps: "Sequence[Step]", outcomes: Sequence[Outcome], outputs: Mapping[str, str]
) -> str:
    """What came of applying, as plain text: what changed, what failed or was skipped and what to do."""
    changed = changing(steps)
    name = max((len(step.name) for step in changed), default=0)
    done = [f"  {step.change.action:6}  {step.name:{name}}  {step.account} {step.region}" for step in changed]
    count = f"{len(changed)} of {len(steps)} steps" if changed else "nothing"
    lines = [title, f"changed  {count}", *done, f"covered  {coverage(outcomes)}"]
    for state in ("failed", "skipped"):
        lines += _grouped(state, [each for each in outcomes if each.state == state])
    width = max(map(len, outputs), default=0)
    shown = [f"  {name:{width}}  {value}" for name, value in sorted(outputs.items())]
    return "\n".join([*lines, "hub", *shown])


def _grouped(state: str, outcomes: Iterable[Outcome]) -> list[str]:
    """Accounts and regions by their reason, each reason once with what to do."""
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for each in outcomes:
        reason = (str(each.reason), each.reason.advice if each.reason else "")
        groups.setdefault(reason, {}).setdefault(each.account, []).append(each.region)
    lines = []
    for (what, advice), places in groups.items():
        count = sum(map(len, places.values()))
        lines.append(f"{state:8} {count:,}: {what}")
        lines += [f"           {account}  {' '.join(regions)}" for account, regions in places.items()]
        lines.append(f"         > {advice}")
    return lines


def document(
    steps: "Sequence[Step]", outcomes: Sequence[Outcome], outputs: Mapping[str, str]
) -> dict[str, object]:
    """The same as JSON shows it."""
    by_state = {
        state: [each.document() for each in outcomes if each.state == state]
        for state in ("failed", "skipped")
    }
    return {
        "changed": bool(changing(steps)),
        "steps": [step.document() for step in steps],
        "covered": sum(each.state == "done" for each in outcomes),
        "targets": len(outcomes),
        **by_state,
        "outputs": dict(outputs),
    }
