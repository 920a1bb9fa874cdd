"""Check the templates and the state machines; python -m scripts.checks exits 1 on any finding."""

import json
import sys
from collections.abc import Iterable, Iterator

from scripts.checks import asl_validator, definitions, integrations, structure, templates
from scripts.checks.variants import variants
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
        *_machine("recording.asl.json", render_state_machine()),
        *_machine("sweep.asl.json", render_sweep_machine()),
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
    try:
        return _report(check, list(asl_validator.findings(definition)))
    except asl_validator.UnavailableError as reason:
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
