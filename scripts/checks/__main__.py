"""Check templates, state machines and what is locked; python -m scripts.checks exits 1 on any finding."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator

from scripts.checks import (
    apart,
    asl_validator,
    audit,
    checkov,
    definitions,
    integrations,
    structure,
    templates,
)
from scripts.checks.variants import variants
from stacksets.locked import LOCK
from stacksets.rendering import render_state_machine, render_sweep_machine


def main() -> int:
    """Run every check and say what it did.

    Returns:
        The exit code.

    """
    configs = variants()
    texts = templates.rendered(configs)
    passed = [
        _report(f"cfn-lint, {len(texts)} templates of {len(configs)} configs", templates.findings(texts)),
        _possibly(
            f"checkov {checkov.VERSION}, {len(texts)} templates, {_explained(texts)} findings explained",
            lambda: checkov.findings(texts),
        ),
        *_machine("recording.asl.json", render_state_machine()),
        *_machine("sweep.asl.json", render_sweep_machine()),
        _audited(),
    ]
    return 0 if all(passed) else 1


def _machine(name: str, definition: str) -> Iterator[bool]:
    machine = json.loads(definition)
    states = sum(len(each["States"]) for each in definitions.machines(machine))
    yield _report(f"{name}: cfn-lint", templates.definition_findings(name, definition))
    yield _report(f"{name}: structure, {states} states", structure.findings(machine))
    yield _report(f"{name}: parameters against botocore", integrations.findings(machine["States"]))
    yield _validated(name, definition)


def _validated(name: str, definition: str) -> bool:
    check = f"{name}: asl-validator {asl_validator.VERSION}"
    return _possibly(check, lambda: asl_validator.findings(definition))


def _explained(texts: dict[str, str]) -> int:
    return sum(len(checkov.reasons(text)) for text in texts.values())


def _audited() -> bool:
    check = f"pip-audit {audit.VERSION}, {LOCK.name}"
    try:
        found = audit.audited()
    except apart.UnavailableError as reason:
        return _skipped(check, reason)
    unknown = f", nothing known of {', '.join(found.unknown)}" if found.unknown else ""
    return _report(f"{check}: {found.packages} packages{unknown}", found.findings)


def _possibly(check: str, find: Callable[[], Iterable[str]]) -> bool:
    """A check by a tool that may be missing here; then that is said, and nothing has failed."""
    try:
        return _report(check, list(find()))
    except (apart.UnavailableError, asl_validator.UnavailableError) as reason:
        return _skipped(check, reason)


def _skipped(check: str, reason: Exception) -> bool:
    print(f"  SKIPPED  {check}: {reason}", flush=True)
    return True


def _report(check: str, findings: Iterable[str]) -> bool:
    found = list(findings)
    print(f"  {'FAILED ' if found else 'passed '}  {check}", flush=True)
    for finding in found:
        print(f"           {finding}", flush=True)
    return not found


if __name__ == "__main__":
    sys.exit(main())
