"""What a function loads at its cold start, which in Lambda is compiled anew each time."""

import subprocess
import sys
from collections.abc import Collection

import pytest

from stacksets.functions import FUNCTIONS

# Each takes a tenth of a cold start or more, and for each the functions have something lighter.
NEVER = ("pydantic", "boto3", "orgconfig.models")
# An alarm waits for what these do; who is told, who is suspected and what a report says is later.
WAITED_FOR = ("open_recording", "note_recovery")
LATER = (
    "jinja2",
    "slack_sdk",
    "hub.notices",
    "hub.domain.deliveries",
    "hub.domain.digests",
    "hub.domain.holders",
    "hub.domain.notices",
    "hub.domain.rises",
    "hub.domain.suspecting",
    "hub.domain.sweeping",
)


def loaded(handler: str, modules: Collection[str]) -> list[str]:
    """Which of these modules a new process has once it has loaded a handler."""
    code = f"import sys, hub.handlers.{handler}; print(*sys.modules)"
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert f"hub.handlers.{handler}" in told
    return sorted(set(modules) & set(told))


@pytest.mark.parametrize("handler", [function.name for function in FUNCTIONS])
def test_no_function_loads_what_is_slow_to_load(handler: str) -> None:
    assert loaded(handler, NEVER) == []


@pytest.mark.parametrize("handler", WAITED_FOR)
def test_what_is_waited_for_loads_nothing_that_is_needed_later(handler: str) -> None:
    assert loaded(handler, LATER) == []
