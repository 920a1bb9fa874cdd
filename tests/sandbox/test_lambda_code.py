import io
import os
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.sandbox.engine.lambda_code import IN_USE, extracted, prune


def _zip(**files: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as bundle:
        for name, text in files.items():
            bundle.writestr(f"{name}.py", text)
    return written.getvalue()


def _aged(place: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(place, (then, then))


def test_a_zip_is_extracted_once_and_what_python_leaves_beside_it_stays(tmp_path: Path) -> None:
    place = extracted("abc", _zip(app="answer = 42"), tmp_path)
    (place / "__pycache__").mkdir()
    assert extracted("abc", b"nobody reads it again", tmp_path) == place
    assert sorted(each.name for each in place.iterdir()) == ["__pycache__", "app.py"]


def test_another_zip_has_a_folder_of_its_own(tmp_path: Path) -> None:
    first, second = (extracted(each, _zip(app=each), tmp_path) for each in ("abc", "abd"))
    assert [(each / "app.py").read_text() for each in (first, second)] == ["abc", "abd"]


def test_many_at_once_find_it_complete_and_leave_nothing_else(tmp_path: Path) -> None:
    files = {f"module_{number}": f"number = {number}" for number in range(50)}
    code = _zip(**files)

    def found(_: int) -> int:
        return len(list(extracted("abc", code, tmp_path / "cache").iterdir()))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(found, range(40))) == {50}
    assert [each.name for each in (tmp_path / "cache").iterdir()] == ["zip-abc"]


def test_what_nobody_has_asked_for_lately_goes_and_what_somebody_has_stays(tmp_path: Path) -> None:
    old, asked = (extracted(each, _zip(app=each), tmp_path) for each in ("old", "asked"))
    for each in (old, asked):
        _aged(each, IN_USE + 60)
    extracted("asked", b"", tmp_path)
    prune(tmp_path, time.time())
    assert [old.exists(), asked.exists()] == [False, True]
