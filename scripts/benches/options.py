"""What the command line asks of the benchmark."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, get_args

from scripts.benches.kinds import Kind
from scripts.benches.targets import ACCOUNTS, ACTIVE, GATEWAYS, PARTS, Part

_SMALL: Mapping[str, tuple[int, ...]] = {
    "records": (1, 5),
    "gateways": (30, 60, 120),
    "accounts": (10, 100),
    "planned": (10, 100),
}
_LARGE: Mapping[str, tuple[int, ...]] = {
    "records": (1, 5, 20),
    "gateways": (100, GATEWAYS, 5 * GATEWAYS),
    "accounts": (10, 100, ACCOUNTS),
    "planned": (10, 100, ACCOUNTS, 5 * ACCOUNTS),
}
_ENGINES = "polars, pandas, chdb, flowlogs-reader"


@dataclass(frozen=True)
class Options:
    """Sizes, and what else is asked.

    Attributes:
        records: Millions of records of each report.
        kinds: Of these records.
        runs: Of each, of which the fastest counts.
        others: Whether other engines are asked the same.
        gateways: Of each storm.
        accounts: Of each organization that is swept.
        planned: Of each organization that is planned.

    """

    records: tuple[int, ...]
    kinds: tuple[Kind, ...]
    runs: int
    others: bool
    gateways: tuple[int, ...]
    accounts: tuple[int, ...]
    planned: tuple[int, ...]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """From JSON, which knows no tuples."""
        plain: dict[str, Any] = {
            name: tuple(each) if isinstance(each, list) else each for name, each in document.items()
        }
        return cls(**plain)


@dataclass(frozen=True)
class Asked:
    """Which parts, how large, and where what is found shall go."""

    parts: tuple[Part, ...]
    options: Options
    json: Path | None
    readme: bool


def asked(arguments: Sequence[str]) -> Asked:
    """Read the command line; wrong use ends the process with exit code 2 and says why."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if strangers := [each for each in given.parts if each not in PARTS]:
        parser.error(f"no part is called {', '.join(strangers)}; there are {', '.join(PARTS)}")
    if given.json and not given.json.resolve().parent.is_dir():
        parser.error(f"--json {given.json}: there is no folder {given.json.resolve().parent}")
    sizes = _LARGE if given.large else _SMALL
    if given.gateways and min(given.gateways) < ACTIVE:
        few = min(given.gateways)
        parser.error(f"--gateways {few}: {ACTIVE} may be recorded at once, fewer are no storm")
    options = Options(
        records=tuple(given.records or sizes["records"]),
        kinds=tuple(given.kind or get_args(Kind)),
        runs=given.runs,
        others=given.others,
        gateways=tuple(sorted(given.gateways or sizes["gateways"])),
        accounts=tuple(sorted(given.accounts or sizes["accounts"])),
        planned=tuple(sorted(given.planned or sizes["planned"])),
    )
    return Asked(
        tuple(each for each in PARTS if each in (given.parts or PARTS)), options, given.json, given.readme
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./scripts/bench",
        description="Measure what we hold ourselves to, and print one table.",
        epilog="Without a part all of them are measured.",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument(
        "--large", action="store_true", help=f"the sizes that targets are for: {_told(_LARGE)}"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there too")
    parser.add_argument(
        "--readme",
        action="store_true",
        help="write table and pictures of what was measured into scripts/README.md",
    )
    report = parser.add_argument_group("report")
    _many(report, "records", "MILLIONS", "of records")
    report.add_argument("--kind", choices=get_args(Kind), action="append", help="both unless told")
    report.add_argument("--runs", type=_positive, default=3, help="of each, of which the fastest counts")
    report.add_argument("--others", action="store_true", help=f"beside {_ENGINES}, in a Python of their own")
    _many(parser.add_argument_group("storm"), "gateways", "N", "in alarm at once")
    _many(parser.add_argument_group("sweep"), "accounts", "N", "in 17 regions each")
    _many(parser.add_argument_group("plan"), "planned", "N", "accounts in 17 regions each")
    return parser


def _told(sizes: Mapping[str, tuple[int, ...]]) -> str:
    of = {"records": "million records", "planned": "accounts planned"}
    return ", ".join(f"{max(each):,} {of.get(name, name)}" for name, each in sizes.items())


def _many(group: argparse._ArgumentGroup, name: str, metavar: str, of: str) -> None:
    usual = ", ".join(map(str, _SMALL[name]))
    group.add_argument(
        f"--{name}", type=_positive, action="append", metavar=metavar, help=f"{of}; {usual} unless told"
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)
