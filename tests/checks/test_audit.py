"""Known vulnerabilities of what is locked: found where somebody knows them, else not said to be absent."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from scripts.checks.apart import UnavailableError, installed
from scripts.checks.audit import VERSION, audited, read
from stacksets.locked import LOCK

WEAK = "jinja2"


class _Advisories(BaseHTTPRequestHandler):
    """OSV with one advisory (OSV's schema, and its API's `POST /v1/query`)."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"vulns": [_ADVISORY]} if asked["package"]["name"] == WEAK else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
        """Say nothing."""


_ADVISORY = {
    "id": "PYSEC-2026-1",
    "summary": "A sandbox that is none",
    "details": "A sandbox that is none.",
    "published": "2026-11-01T00:00:00Z",
    "modified": "2026-11-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": WEAK, "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


@pytest.fixture(scope="module")
def osv() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Advisories)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def pip_audit() -> Path:
    try:
        return installed("pip-audit", VERSION)
    except UnavailableError as reason:
        pytest.skip(f"the lock is not audited: {reason}")


def test_a_known_vulnerability_of_the_lock_is_found(osv: str, pip_audit: Path) -> None:
    found = audited([("-s", "osv", "--osv-url", osv)])
    locked = next(line for line in LOCK.read_text().splitlines() if line.startswith(f"{WEAK}=="))
    version = locked.split("==")[1].split()[0]
    assert found.findings == (f"{WEAK} {version}: PYSEC-2026-1, mended in 99.1",)
    assert found.packages > 100
    assert not found.unknown


def test_the_next_service_is_asked_where_one_does_not_answer(osv: str, pip_audit: Path) -> None:
    nobody = ("-s", "osv", "--osv-url", "http://127.0.0.1:9/v1/query")
    assert audited([nobody, ("-s", "osv", "--osv-url", osv)]).findings
    with pytest.raises(UnavailableError, match="osv does not answer"):
        audited([nobody])


def test_what_nobody_knows_of_is_no_good_news() -> None:
    found = read({"dependencies": [{"name": "a", "skip_reason": "not found"}]})
    assert (found.packages, found.unknown, found.findings) == (0, ("a",), ())


def test_a_tool_that_cannot_be_installed_says_why(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"pip-audit .* cannot be installed"):
        installed("pip-audit", VERSION, uv=tmp_path / "no-uv", home=tmp_path)
    assert not list(tmp_path.iterdir())
