"""The functions' zip."""

import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from stacksets.bundling import FILLED_AT_RUN_TIME, KEPT, PACKAGES, Platform, bundle, prune
from stacksets.functions import FUNCTIONS
from stacksets.locked import NotLockedError, closure, lock_entries, run_time_requirements

MEGABYTE = 1_000_000
NOW = 1_795_000_000.0
# What Lambda's runtime has beside the zip (Lambda Developer Guide, "Runtime-included SDK versions").
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")


def _names(platform: Platform) -> list[str]:
    with zipfile.ZipFile(bundle(platform).path) as archive:
        return archive.namelist()


@pytest.fixture(params=Platform)
def platform(request: pytest.FixtureRequest) -> Platform:
    chosen: Platform = request.param
    return chosen


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The zip unpacked, and beside it the libraries that Lambda brings."""
    task, libraries = tmp_path_factory.mktemp("task"), tmp_path_factory.mktemp("libraries")
    with zipfile.ZipFile(bundle(Platform.LOCAL).path) as archive:
        archive.extractall(task)
    site = Path(str(metadata.distribution("boto3").locate_file("")))
    for name in RUNTIME:
        (libraries / name).symlink_to(site / name)
    return task, libraries


def test_built_twice_it_is_the_same_bytes(platform: Platform, tmp_path: Path) -> None:
    first, second = bundle(platform, tmp_path / "one"), bundle(platform, tmp_path / "two")
    assert first.path != second.path
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.key == second.key == f"{first.digest}.zip"


def test_unchanged_inputs_are_not_built_again(tmp_path: Path) -> None:
    first = bundle(Platform.LOCAL, tmp_path)
    made = first.path.stat().st_mtime_ns
    assert bundle(Platform.LOCAL, tmp_path) == first
    assert first.path.stat().st_mtime_ns == made


def _asked_for(cache: Path, name: str, hours_ago: float) -> None:
    note = cache / f"{name}.sha256"
    note.write_text("digest")
    note.with_suffix(".zip").write_bytes(b"zip")
    then = NOW - hours_ago * 3600
    os.utime(note, (then, then))


def test_of_old_zips_the_few_that_were_asked_for_last_are_kept(tmp_path: Path) -> None:
    for hours in range(1, KEPT + 4):
        _asked_for(tmp_path, f"old{hours}", 100 * hours)
    prune(tmp_path, NOW)
    stays = {f"old{hours}" for hours in range(1, KEPT + 1)}
    assert {each.stem for each in tmp_path.iterdir()} == stays
    assert {each.suffix for each in tmp_path.iterdir()} == {".zip", ".sha256"}


def test_no_zip_goes_that_another_process_may_still_upload(tmp_path: Path) -> None:
    for number in range(KEPT + 4):
        _asked_for(tmp_path, f"new{number}", number / 10)
    prune(tmp_path, NOW)
    assert len(list(tmp_path.glob("*.zip"))) == KEPT + 4


def test_asking_for_a_zip_makes_it_new_again(tmp_path: Path) -> None:
    built = bundle(Platform.LOCAL, tmp_path)
    note = built.path.with_suffix(".sha256")
    os.utime(note, (0, 0))
    assert bundle(Platform.LOCAL, tmp_path) == built
    assert note.stat().st_mtime > 0


def test_it_is_small(platform: Platform) -> None:
    assert bundle(platform).path.stat().st_size <= 6 * MEGABYTE


def test_only_our_packages_and_locked_distributions_are_inside(platform: Platform) -> None:
    locked = closure(run_time_requirements(), platform.markers)
    allowed = set(PACKAGES)
    for name in locked:
        allowed |= {file.parts[0] for file in metadata.files(name) or () if file.parts[0] != ".."}
    assert {name.split("/")[0] for name in _names(platform)} <= allowed
    assert not {"boto3", "botocore"} & locked


def test_nothing_of_deploy_time_or_of_the_build_is_inside(platform: Platform) -> None:
    for name in _names(platform):
        if name not in FILLED_AT_RUN_TIME:
            assert not {"templates", "tests", "__pycache__", "bin"} & set(name.split("/"))
            assert not name.endswith((".pyc", "RECORD", "INSTALLER", ".j2"))
            assert not name.startswith("orgconfig/models/")


def test_what_a_function_fills_is_inside(runtime: tuple[Path, Path]) -> None:
    task, _ = runtime
    for name in FILLED_AT_RUN_TIME:
        assert (task / name).read_bytes() == Path(name).read_bytes()


def test_names_are_sorted_dates_and_modes_are_fixed(platform: Platform) -> None:
    with zipfile.ZipFile(bundle(platform).path) as archive:
        entries = archive.infolist()
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)
    assert {each.date_time for each in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {each.external_attr >> 16 for each in entries} == {0o100644}


def test_compiled_modules_are_those_of_the_platform() -> None:
    compiled = [name for name in _names(Platform.LAMBDA) if name.endswith(".so")]
    assert compiled
    assert all("cpython-313-aarch64-linux-gnu" in name for name in compiled)


@pytest.mark.parametrize("handler", [function.name for function in FUNCTIONS])
def test_a_handler_imports_with_the_zip_and_the_runtime_alone(
    handler: str, runtime: tuple[Path, Path]
) -> None:
    task, libraries = runtime
    code = (
        f"import sys; sys.path[:0] = [{str(task)!r}, {str(libraries)!r}];"
        f"import hub.handlers.{handler} as module; assert callable(module.handler)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True, text=True, check=False, cwd=task, env={"AWS_DEFAULT_REGION": "eu-west-1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_closure_follows_the_needs_of_what_is_needed() -> None:
    names = closure(run_time_requirements(), Platform.LAMBDA.markers)
    assert {"aws-lambda-powertools", "jmespath", "msgspec", "slack-sdk"} <= names
    assert "colorama" not in names


def test_an_entry_keeps_its_hashes() -> None:
    one = "one==1 \\\n    --hash=sha256:aa\n"
    two = "two==2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    assert lock_entries(["two"], f"{one}    # via x\n{two}") == two


def test_a_package_that_is_not_locked_is_an_error() -> None:
    with pytest.raises(NotLockedError, match="three"):
        lock_entries(["three"], "one==1 \\\n    --hash=sha256:aa\n")
