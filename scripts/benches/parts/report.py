"""How fast `natrec report` is, beside its floor, DuckDB by hand and, where asked, others."""

import sys
from collections.abc import Iterator, Sequence

from scripts.benches.engines import contestants
from scripts.benches.findings import Curve, Figure, Findings
from scripts.benches.kinds import HOME, MILLION, Kind, folder_of
from scripts.benches.measuring import CONTESTANTS, LIMITED, OURS, best
from scripts.benches.measuring import measure as measure_run
from scripts.benches.options import Options
from scripts.benches.results import HEAD, TARGETS, Result, lines
from scripts.benches.running import Say
from scripts.benches.targets import PARQUET, TEXT, TIMES_FLOWLOGS_READER

_ENOUGH = 20 * MILLION  # what the targets are for
_MEGABYTES = 1024**2
_LIMIT = 512
_NOT_ENGINES = frozenset({OURS, LIMITED, "floor", "by hand"})
_OF_BEST = {"parquet": PARQUET, "text": TEXT}


def measure(options: Options, say: Say) -> Findings:
    """Every contestant on every kind and number of records."""
    results = []
    print(HEAD, file=sys.stderr)
    for result in _results(options, say):
        print(*lines(result), sep="\n", file=sys.stderr, flush=True)
        results.append(result)
    rows = [{**row, "size": result.size} for result in results for row in result.rows()]
    return Findings(tuple(figures(results)), tuple(_curves(results)), {"results": rows})


def _results(options: Options, say: Say) -> Iterator[Result]:
    others = contestants() if options.others else ()
    for millions in options.records:
        for kind in options.kinds:
            say(f"{millions} million records as {kind}")
            folder = folder_of(HOME, kind, millions * MILLION)
            if not folder.exists():
                # Not in this process: memory it ever had counts for its children (getrusage(2), ru_maxrss).
                measure_run(("-m", "scripts.benches.generator", kind, str(millions * MILLION)))
            able = [each for each in (*CONTESTANTS, *others) if kind in each.kinds]
            runs = {each.name: best(options.runs, each, folder) for each in able}
            size = sum(each.stat().st_size for each in folder.iterdir())
            yield Result(kind, millions * MILLION, size, runs)


def figures(results: Sequence[Result]) -> Iterator[Figure]:
    """What is promised, by the largest number of records of each kind."""
    largest = {each.kind: each for each in sorted(results, key=lambda each: each.records)}
    for kind, result in largest.items():
        yield _speed(kind, result)
    if (text := largest.get("text")) and "flowlogs-reader" in text.runs:
        times = text.runs["flowlogs-reader"].seconds / text.runs[OURS].seconds
        figure = f"{text.runs[OURS].seconds:.1f} s for {_size(text)}"
        met = times >= TIMES_FLOWLOGS_READER
        yield Figure("flowlogs-reader", figure, f"{times:.0f} x faster", met)
    limited = [each for each in largest.values() if LIMITED in each.runs]
    if limited:
        hungriest = max(limited, key=lambda each: each.runs[LIMITED].peak)
        run = hungriest.runs[LIMITED]
        peak = run.peak / _MEGABYTES
        slower = run.seconds / hungriest.runs[OURS].seconds
        yield Figure(
            "memory",
            f"{peak:.0f} MB for {_size(hungriest)} as {hungriest.kind}",
            f"{slower:.2f} of the time without a limit",
            peak <= _LIMIT if _is_enough(hungriest) or peak > _LIMIT else None,
        )


def _speed(kind: Kind, result: Result) -> Figure:
    """Against the fastest other engine where others were asked; else against DuckDB by hand."""
    ours = result.runs[OURS]
    figure = f"{ours.seconds:.1f} s for {_size(result)}"
    engines = {name: each for name, each in result.runs.items() if name not in _NOT_ENGINES}
    if engines:
        name, fastest = min(
            [*engines.items(), ("DuckDB by hand", result.runs["by hand"])], key=lambda each: each[1].seconds
        )
        allowed = _OF_BEST[kind]
    else:
        name, fastest, allowed = "DuckDB by hand", result.runs["by hand"], TARGETS[kind]
    ratio = ours.seconds / fastest.seconds
    met = ratio <= allowed if _is_enough(result) else None
    return Figure(kind, figure, f"{ratio:.2f} of {name} (at most {allowed:.2f})", met)


def _size(result: Result) -> str:
    return f"{result.records // MILLION} million"


def _is_enough(result: Result) -> bool:
    return result.records >= _ENOUGH


def _curves(results: Sequence[Result]) -> Iterator[Curve]:
    sizes = {each.records for each in results}
    if len(sizes) > 1:
        found: dict[str, list[tuple[float, float]]] = {}
        for each in results:
            for name in ("floor", "by hand", OURS):
                seconds = each.runs[name].seconds
                found.setdefault(f"{name}, {each.kind}", []).append((each.records / MILLION, seconds))
        points = {name: tuple(each) for name, each in found.items()}
        yield Curve("report", "natrec report beside its floor", "millions of records", "seconds", points)
