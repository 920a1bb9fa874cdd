"""The page in a real browser, by day, by night, on a phone and on paper; pictures stay in `.cache/pages`."""

import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from hub.domain.recordings import as_document
from hub.reporting.document import report_document
from hub.reporting.findings import Minute
from hub.reporting.page import page
from orgconfig.prices import Prices
from scripts.environment import ROOT
from tests import factories
from tests.hub.reporting.found import BEGAN, GB, found, talker

KEPT = ROOT / ".cache" / "pages"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DARK = "--blink-settings=preferredColorScheme=0"

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with everything on it."""
    minutes = tuple(
        Minute(BEGAN + 60 * each, upload=GB // 40, download=(3 + each % 3) * GB) for each in range(14)
    )
    seen = found(talker(41 * GB, service="S3"), talker(GB, direction="upload"), minutes=minutes)
    recording = as_document(factories.closed_recording(suspicion=factories.suspicion()))
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(report_document(seen, Prices(), recording=recording), threshold=10**9))
    return path


def shown(name: str, report: Path, width: int, height: int, *options: str) -> tuple[tuple[int, int], bytes]:
    """Size and first pixel of a screenshot, which is kept."""
    KEPT.mkdir(parents=True, exist_ok=True)
    picture = KEPT / f"{name}.png"
    picture.unlink(missing_ok=True)
    browse(f"--screenshot={picture}", f"--window-size={width},{height}", *options, report.as_uri())
    data = picture.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    return (width, height), first_pixel(data)


def browse(*options: str) -> None:
    assert BROWSER
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    subprocess.run([BROWSER, *quiet, *options], check=True, capture_output=True, timeout=120)  # noqa: S603 - found above


def first_pixel(png: bytes) -> bytes:
    """Of the first row no filter changes the first pixel (PNG specification, "Filtering")."""
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(packed)[1:4]


def test_it_is_light_by_day_and_dark_by_night(report: Path) -> None:
    assert shown("day", report, 1000, 1400) == ((1000, 1400), bytes.fromhex("ffffff"))
    assert shown("night", report, 1000, 1400, DARK) == ((1000, 1400), bytes.fromhex("0f151c"))


def test_it_is_shown_on_a_phone_and_printed(report: Path) -> None:
    assert shown("phone", report, 500, 1400)[0] == (500, 1400)
    paper = KEPT / "paper.pdf"
    paper.unlink(missing_ok=True)
    browse(f"--print-to-pdf={paper}", "--no-pdf-header-footer", report.as_uri())
    assert paper.read_bytes().startswith(b"%PDF")
