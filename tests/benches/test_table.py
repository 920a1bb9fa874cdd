"""One table with a row for each promise, whatever was measured; the README shows what was measured last."""

import json

import pytest

from scripts.benches import readme
from scripts.benches.findings import Curve, Figure, Findings
from scripts.benches.machine import Machine
from scripts.benches.measured import Measured
from scripts.benches.options import asked
from scripts.benches.plotting import plot
from scripts.benches.table import markdown, rows
from scripts.benches.targets import PARTS, TARGETS

MACHINE = Machine(2, "x86_64", "3.11.7", (0.5, 2.25), "2026-11-23")
CURVE = Curve("storm", "Storms", "gateways", "seconds", {"told": ((10, 1.5), (100, 15))})
FINDINGS = Findings((Figure("zip", "4.3 MB", "", met=True),), (CURVE,), {"zip_bytes": 4_300_000})


def test_a_promise_that_is_missed_says_why_it_is() -> None:
    told = {row[0]: row[-1] for row in rows([Figure("tests", "9.0 minutes", met=False)])}
    [target] = [each for each in TARGETS if each.key == "tests"]
    assert target.missed
    assert told[target.what] == f"**no**: {target.missed}"
    told = {row[0]: row[-1] for row in rows([Figure("tests", "4.0 minutes", met=True)])}
    assert told[target.what] == "yes"


def test_every_target_has_a_row_measured_or_not() -> None:
    found = rows([Figure("zip", "7.0 MB", "1.2 of yesterday's", met=False, note="a new library")])
    assert len(found) == len(TARGETS)
    by_what = {row[0]: row[2:] for row in found}
    assert by_what.pop("hub zip") == ("7.0 MB", "1.2 of yesterday's", "**no**: a new library")
    assert set(by_what.values()) == {("not measured", "", "")}


def test_every_part_has_a_target_and_targets_have_names_of_their_own() -> None:
    assert {each.part for each in TARGETS} == set(PARTS)
    assert len({each.key for each in TARGETS}) == len(TARGETS)


def test_the_table_is_markdown_with_columns_of_one_width() -> None:
    lines = markdown([]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert set(lines[1]) == {"|", "-"}


def test_findings_survive_json() -> None:
    measured = Measured("cold", MACHINE, FINDINGS)
    assert Measured.read("cold", json.loads(json.dumps(measured.document()))) == measured


def test_the_readme_is_written_between_its_marks_and_writing_again_changes_nothing() -> None:
    text = f"before\n{readme.BEGIN}\nfrom before\n{readme.END}\nafter\n"
    once = readme.shown(text, {"cold": Measured("cold", MACHINE, FINDINGS)})
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "from before" not in once
    assert "| 4.3 MB" in once
    assert "2 cores of x86_64, Python 3.11.7, load 0.5 before and 2.2 after, 2026-11-23" in once
    assert "![Storms](benches/pictures/storm.svg)" in once
    assert readme.shown(once, {"cold": Measured("cold", MACHINE, FINDINGS)}) == once
    with pytest.raises(ValueError, match="put both back"):
        readme.shown("nothing", {})


def test_what_the_readme_shows_is_what_is_kept() -> None:
    text = readme.README.read_text()
    assert readme.shown(text, readme.kept()) == text
    curves = [curve for each in readme.kept().values() for curve in each.findings.curves]
    assert {f"{each.name}.svg": plot(each) for each in curves} == {
        each.name: each.read_text() for each in readme.PICTURES.glob("*.svg")
    }


def test_a_picture_has_every_point_where_powers_of_ten_are_far_apart_alike() -> None:
    picture = plot(CURVE)
    first, second = (line for line in picture.splitlines() if line.startswith("<circle"))
    assert 'cx="76.0"' in first
    assert 'cx="620.0"' in second
    assert all(f">{power}<" in picture for power in ("10", "100", "1"))


def test_without_a_part_all_are_measured_in_one_order() -> None:
    assert asked([]).parts == PARTS
    assert asked(["cold", "path"]).parts == ("path", "cold")
    assert asked(["--records", "20", "--records", "1"]).options.records == (20, 1)
    assert asked(["--gateways", "200", "--gateways", "100"]).options.gateways == (100, 200)
    large = asked(["--large"]).options
    assert (large.gateways, large.records) == ((100, 1000, 5000), (1, 5, 20))
    assert (max(large.accounts), max(large.planned)) == (1000, 5000)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["fast"], "no part is called fast; there are path, cold"),
        (["--records", "many"], "argument --records: 'many' is no number above 0"),
        (["--runs", "0"], "argument --runs: '0' is no number above 0"),
        (["--json", "/nowhere/at/all/x.json"], "there is no folder /nowhere/at/all"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(
    wrong: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        asked(wrong)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
