"""Names of remotes from DNS: asked for only what nobody knows, and never waited for too long."""

import threading
from typing import Any

from scripts.reading.reverse import with_remote_names

GITHUB, S3, SILENT = "140.82.121.3", "52.218.41.112", "203.0.113.9"
NAMES = {GITHUB: "lb-140-82-121-3-fra.github.com"}


def document() -> dict[str, Any]:
    services = {GITHUB: None, S3: "S3", SILENT: None}
    return {
        "records": 3,
        "talkers": [{"remote": remote, "remote_service": service} for remote, service in services.items()],
    }


def test_only_remotes_that_are_no_service_are_asked_for() -> None:
    asked: list[str] = []

    def lookup(address: str) -> str | None:
        asked.append(address)
        return NAMES.get(address)

    named = with_remote_names(document(), lookup)
    assert sorted(asked) == [GITHUB, SILENT]
    assert [each["remote_name"] for each in named["talkers"]] == [NAMES[GITHUB], None, None]
    assert named["records"] == 3


def test_a_name_that_does_not_come_is_not_waited_for() -> None:
    late = threading.Event()

    def lookup(address: str) -> str | None:
        if address == SILENT:
            late.wait(30)
        return NAMES.get(address)

    named = with_remote_names(document(), lookup, patience=0.5)
    late.set()
    assert [each["remote_name"] for each in named["talkers"]] == [NAMES[GITHUB], None, None]
