"""How the doctor's verdicts look in a terminal: what is well in a line each, what is not in full."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stacksets.doctor.checks import Check, Result, Verdict

_ACCOUNTS = 4
_GROUPS = 3


@dataclass(frozen=True)
class Finding:
    """Results of one check that say the same."""

    verdict: Verdict
    results: tuple[Result, ...]


def diagnosis(
    results: Sequence[Result],
    checks: Sequence[Check],
    asked: int,
    of: int,
    names: Mapping[str, str] | None = None,
) -> RenderableType:
    """Every check in a line; below, what does not hold, with what to do.

    Args:
        results: All verdicts.
        checks: The checks in their order.
        asked: How many targets were asked.
        of: Of how many.
        names: Names of accounts, as far as they are known.

    """
    by_check = {each.name: [one for one in results if one.check == each.name] for each in checks}
    lines = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    lines.add_column(no_wrap=True)
    lines.add_column(no_wrap=True)
    lines.add_column()
    for check in checks:
        lines.add_row(*_line(check, by_check[check.name]))
    parts: list[RenderableType] = [lines, Text()]
    shown: list[Mapping[str, Any]] = []
    for check in checks:
        parts += _failures(check.name, by_check[check.name], shown, names or {})
    return Group(*parts, _end(results, asked, of))


def _line(check: Check, results: Sequence[Result]) -> tuple[Text, Text, Text]:
    bad = [each for each in results if not each.verdict.ok]
    mark = (
        Text("✗", style="bold red")
        if bad
        else Text("✓", style="green")
        if results
        else Text("·", style="dim")
    )
    name = Text(check.name, style="bold" if bad else "")
    if not results:
        return mark, name, Text("nobody to ask", style="dim")
    if check.scope not in ("account", "target"):
        # One line: what does not hold is told in full below.
        style = "red" if bad else "dim"
        return mark, name, Text(results[0].verdict.found, style=style, no_wrap=True, overflow="ellipsis")
    noun = check.scope if len(results) == 1 else f"{check.scope}s"
    if bad:
        return mark, name, Text(f"{len(bad)} of {len(results)} {noun}", style="red")
    return mark, name, Text(f"{len(results)} {noun}", style="dim")


def _failures(
    name: str, results: Sequence[Result], shown: list[Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[RenderableType]:
    findings = _findings(results)
    for finding in findings[:_GROUPS]:
        verdict = finding.verdict
        where = Text.assemble(("in ", "dim"), (_where(finding, names), "cyan"))
        if len({each.place.account for each in finding.results}) == 1:
            yield Text.assemble(("✗ ", "bold red"), (name, "bold"), "  ", where)
        else:
            yield Text.assemble(("✗ ", "bold red"), (name, "bold"))
            yield Padding(where, (0, 0, 0, 2))
        yield Padding(Text(_sentence(verdict.found)), (0, 0, 0, 2))
        # What could not be asked says both in one.
        advice = verdict.advice.removeprefix(verdict.found).lstrip(". ")
        yield Padding(Text.assemble(("→ ", "bold green"), advice), (0, 0, 0, 2))
        if verdict.policy and verdict.policy not in shown:
            shown.append(verdict.policy)
            yield Text()
            yield Padding(Text(json.dumps(verdict.policy, indent=2), style="yellow"), (0, 0, 0, 4))
        elif verdict.policy:
            yield Padding(Text("(the policy shown above)", style="dim"), (0, 0, 0, 4))
        yield Text()
    if len(findings) > _GROUPS:
        rest_of = sum(len(each.results) for each in findings[_GROUPS:])
        yield Text(f"  {name}: {rest_of} more of the kind; --json has them all", style="dim")
        yield Text()


def _where(finding: Finding, names: Mapping[str, str]) -> str:
    """Each account with its name and its regions."""
    regions: dict[str, list[str]] = {}
    for each in finding.results:
        regions.setdefault(each.place.account, []).append(each.place.region)
    told = [
        f"{account} {names[account]} {'+'.join(there)}"
        if account in names
        else f"{account} {'+'.join(there)}"
        for account, there in regions.items()
    ]
    more = f" and {len(told) - _ACCOUNTS} more accounts" if len(told) > _ACCOUNTS else ""
    return ", ".join(told[:_ACCOUNTS]) + more


def _findings(results: Sequence[Result]) -> list[Finding]:
    """What does not hold, by what it says, the most frequent first."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for each in results:
        if not each.verdict.ok:
            groups.setdefault((each.verdict.found, each.verdict.advice), []).append(each)
    found = [Finding(group[0].verdict, tuple(group)) for group in groups.values()]
    return sorted(found, key=lambda each: -len(each.results))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def _end(results: Sequence[Result], asked: int, of: int) -> Text:
    bad = {each.check for each in results if not each.verdict.ok}
    total = len({each.check for each in results})
    if bad:
        verdict = Text(f"✗ {len(bad)} of {total} checks do not hold", style="bold red")
    else:
        verdict = Text(f"✓ all {total} checks hold", style="bold green")
    noun = "target" if of == 1 else "targets"
    sample = "" if asked == of else "; --all asks every one, --account and --region choose"
    return verdict.append(f"   {asked:,} of {of:,} {noun} asked{sample}", style="not bold default")


def policies(texts: Mapping[str, tuple[str, Mapping[str, Any]]]) -> str:
    """Texts to paste, each with what it is for; the JSON stands at the margin."""
    return "\n\n".join(
        f"# {title}\n# {what}\n{json.dumps(policy, indent=2)}" for title, (what, policy) in texts.items()
    )
