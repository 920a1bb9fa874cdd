"""`natrec report`."""

import json
from pathlib import Path

import pytest

from scripts.cli.main import run
from scripts.environment import ROOT
from tests.reading.truth import ZONAL, Story, crowd, write_parquet, write_text

EXAMPLE = ROOT / "orgconfig" / "example.yaml"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    made = Story()
    crowd(made, ZONAL, 1)
    write_text(tmp_path / "records" / "a.log.gz", made.records[::2])
    write_parquet(tmp_path / "records" / "b.parquet", made.records[1::2])
    return made


def test_its_json_is_the_report_document(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "report",
        str(tmp_path / "records"),
        "--gateway-ip",
        ZONAL.primary,
        "--memory",
        "512MB",
        "--json",
    ]
    assert run(arguments) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["recording"] is None
    assert document["bytes"] == story.totals()


def test_its_text_tells_the_culprit_first_and_the_page_tells_the_same(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    assert run(["report", str(tmp_path / "records" / "*"), "--html", str(page)]) == 0
    told, progress = capsys.readouterr()
    headline = told.splitlines()[0]
    assert " downloaded " in headline
    assert headline in page.read_text(encoding="utf-8")
    assert "of NAT processing" in told
    assert f"wrote {page}" in progress


def priced(*options: str, records: Path, capsys: pytest.CaptureFixture[str]) -> tuple[float, str]:
    """The processing of a gigabyte, and whose prices that is."""
    assert run(["report", str(records), "--region", "eu-west-1", *options, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    amount = sum(document["bytes"].values()) / 10**9
    return round(document["cost"]["nat_processing_usd"] / amount, 3), document["cost"]["prices"]


@pytest.mark.parametrize("option", ["-c", "--config"])
def test_prices_of_a_config_win_over_the_regions(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert story.records
    config = tmp_path / "ours.yaml"
    config.write_text(EXAMPLE.read_text().replace("prices: {}", "prices: {nat_gb: 0.5}"))
    records = tmp_path / "records"
    assert priced(records=records, capsys=capsys)[0] == 0.048
    usd, basis = priced(option, str(config), records=records, capsys=capsys)
    assert usd == 0.5
    assert "but for NAT processing" in basis


def test_the_config_of_the_folder_is_taken_where_it_is_there(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert story.records
    monkeypatch.chdir(tmp_path)
    assert priced(records=tmp_path / "records", capsys=capsys)[0] == 0.048
    text = EXAMPLE.read_text().replace("prices: {}", "prices: {nat_gb: 0.25}")
    (tmp_path / "natrec.yaml").write_text(text)
    assert priced(records=tmp_path / "records", capsys=capsys)[0] == 0.25


def test_a_config_that_is_named_and_not_there_is_an_error(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert story.records
    assert run(["report", str(tmp_path / "records"), "-c", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().err


def test_prices_are_those_of_the_region_that_is_named(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cost = []
    for region in ("us-east-1", "eu-west-1"):
        assert run(["report", str(tmp_path / "records"), "--region", region, "--json"]) == 0
        cost.append(json.loads(capsys.readouterr().out)["cost"]["nat_processing_usd"])
    assert cost[0] < cost[1]


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ((), "assumed because the region is not known"),
        (("--region", "sa-east-1"), "assumed for sa-east-1"),
        (("--region", "us-east-1"), "us-east-1, 2"),
    ],
)
def test_whose_prices_they_are_is_told(
    *, story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str], region: tuple[str, ...], words: str
) -> None:
    assert run(["report", str(tmp_path / "records"), *region]) == 0
    (told,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  Prices ")]
    assert words in told
    assert ("assumed" in told) == ("us-east-1" not in region)


def test_what_a_record_holds_never_steers_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story()
    story.flow(ZONAL, "10.0.1.5", "203.0.113.5", down=1000, service="\x1b[31m\x07evil\u202e")
    write_parquet(tmp_path / "a.parquet", story.records)
    assert run(["report", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "?[31m?evil?" in told
    assert all(each.isprintable() or each == "\n" for each in told)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 1, "nowhere: there is no such file or directory"),
        ([], 2, "SOURCE"),
        ([".", "--memory", "much"], 2, "--memory"),
        ([".", "--gateway-ip", "here"], 1, "`here` is no IP address"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(
    *,
    story: Story,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["report", *arguments]) == code
    assert words in capsys.readouterr().err
