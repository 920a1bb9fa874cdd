"""`natrec render`."""

import hashlib
import json
from pathlib import Path

import pytest

from scripts.cli.main import run

FILES = [
    "hub.yaml",
    "spoke.yaml",
    "archive.yaml",
    "management.yaml",
    "recording.asl.json",
    "sweep.asl.json",
    "policy.json",
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "natrec.yaml"
    assert run(["init", str(path)]) == 0
    return path


def test_it_writes_every_file_and_prints_which(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    folder = tmp_path / "new" / "build"
    assert run(["render", "-c", str(config), "-o", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(folder / name) for name in FILES]
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_its_json_names_the_files(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["render", "-c", str(config), "-o", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [str(tmp_path / name) for name in FILES]}


def test_a_folder_that_is_a_file_is_refused_in_words(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", "-c", str(config), "-o", str(config)]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_broken_config_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 2\n")
    assert run(["render", "-c", str(broken), "-o", str(tmp_path / "build")]) == 1
    assert "broken.yaml:1" in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def test_the_zip_comes_with_them_when_asked_named_as_the_hub_wants_it(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    folder = tmp_path / "build"
    assert run(["render", "-c", str(config), "-o", str(folder), "--zip", "--json"]) == 0
    *_, last = json.loads(capsys.readouterr().out)["files"]
    zipped = Path(last)
    assert zipped.name == f"{hashlib.sha256(zipped.read_bytes()).hexdigest()}.zip"
