"""The benchmark measures the right answer to the right question."""

import subprocess
import sys
from pathlib import Path
from subprocess import CalledProcessError
from typing import get_args

import duckdb
import pytest

from scripts.benches import others
from scripts.benches.byhand import floor, one_pass, read, two_passes
from scripts.benches.engines import contestants
from scripts.benches.generator import GATEWAY, generate
from scripts.benches.kinds import Kind
from scripts.benches.measuring import Run, measure
from scripts.benches.results import HEAD, Result, lines
from tests.reading.reports import reported

RECORDS = 100_000


@pytest.fixture(scope="module", params=get_args(Kind))
def records(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind: Kind = request.param
    return generate(tmp_path_factory.mktemp("bench"), kind, RECORDS)


def test_by_hand_and_report_find_the_same_in_the_generated_records(records: Path) -> None:
    document = reported(records)
    assert document["records"] == RECORDS
    assert reported(records, GATEWAY)["bytes"] == document["bytes"]
    with duckdb.connect() as engine:
        (counted,) = engine.execute(floor(read(records))[0]).fetchall()
        largest, minutes = (engine.execute(each).fetchall() for each in two_passes(read(records)))
        (both,) = (engine.execute(each).fetchall() for each in one_pass(read(records)))
    assert counted[0] == RECORDS
    total = {way: sum(amount for each, _, amount in minutes if each == way) for way in document["bytes"]}
    assert total == document["bytes"]
    assert largest[0][5] == document["talkers"][0]["bytes"]
    assert sorted(each[-2] for each in both) == sorted([*(r[5] for r in largest), *(r[2] for r in minutes)])


def test_records_are_written_once_and_are_always_the_same(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / each, "parquet", RECORDS) for each in "ab")
    assert generate(tmp_path / "a", "parquet", RECORDS) == first
    assert reported(first) == reported(second)


def test_a_run_is_measured_with_its_memory_and_one_that_fails_is_told() -> None:
    # From a small process, as the benchmark is: a peak is never less than that of whoever starts it.
    hungry = f"x = bytearray({5 * 10**8})"
    program = f"from scripts.benches.measuring import measure; print(measure(('-c', {hungry!r})).peak)"
    run = measure(("-c", "x = 1"))
    peak = subprocess.check_output([sys.executable, "-c", program], text=True)  # noqa: S603 - our own interpreter
    assert 5 * 10**8 < int(peak) < 6 * 10**8
    assert run.cpu > 0
    assert run.seconds > 0
    with pytest.raises(CalledProcessError):
        measure(("-c", "raise SystemExit(3)"))


def test_results_are_ratios_beside_their_target() -> None:
    runs = {"floor": Run(2, 3, 10**8), "by hand": Run(4, 7, 10**9), "natrec report": Run(5, 8, 2 * 10**9)}
    result = Result("parquet", 20 * 10**6, 10**8, runs)
    *_, ours = lines(result)
    assert (
        ours
        == "| 20 million, parquet | natrec report | 5.0 | 8.0 | 2,000 | 2.50 | 1.25 | 2.67 | 1.14 | 1.07 |"
    )
    assert HEAD.splitlines()[0].count("|") == ours.count("|")
    assert [row["target_of_by_hand"] for row in result.rows()] == [None, None, 1.07]


def test_its_python_is_this_one() -> None:
    measure(("-c", f"import sys; assert sys.executable == {sys.executable!r}"))


def test_an_engine_that_cannot_be_installed_is_left_out_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert contestants(tmp_path / "uv") == ()
    told = capsys.readouterr().err
    assert all(f"bench: without {name}, which is not installed: " in told for name in others.ENGINES)


def test_the_other_engines_ask_about_the_same_gateway() -> None:
    assert others.GATEWAY == GATEWAY
