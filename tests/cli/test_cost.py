"""`natrec cost`, from outside."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from scripts.cli.main import run


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "natrec.yaml"
    assert run(["init", str(path)]) == 0
    return str(path)


def test_it_needs_nothing_deployed_and_ends_with_the_break_even(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["cost", "-c", config, "--gateways", "20", "--recordings", "10", "--gb", "20000"]) == 0
    told = capsys.readouterr().out
    assert "fleet alarms of tier standard: 40 metrics analysed at $0.1" in told
    assert "natrec is cheaper from" in told
    assert "aws.amazon.com/cloudwatch/pricing, Alarms, 2026-11" in told


def test_as_json_it_is_line_items_and_both_totals(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["cost", "-c", config, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"kind", "what", "quantity", "unit", "price_usd", "usd", "source"} == {*document["items"][0]}
    natrec = sum(each["usd"] for each in document["items"] if each["kind"] != "always_on")
    assert document["natrec_usd"] == pytest.approx(natrec, abs=0.01)
    assert document["break_even"]["text"].startswith(f"natrec costs ${document['natrec_usd']:,.2f}")


def test_the_picture_is_one_svg_with_nothing_from_elsewhere(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "cost.svg"
    assert run(["cost", "-c", config, "--svg", str(picture)]) == 0
    text = picture.read_text(encoding="utf-8")
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
    assert "prefers-color-scheme:dark" in text
    assert "href" not in text
    assert str(picture) in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--gateways", "--recordings", "--gb"])
def test_less_than_nothing_is_wrong_use(config: str, option: str) -> None:
    assert run(["cost", "-c", config, option, "-1"]) == 2


def test_without_a_config_it_says_how_to_write_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cost", "-c", str(tmp_path / "none.yaml")]) == 1
    assert "natrec init" in capsys.readouterr().err
