"""Check the templates and the state machine; python -m scripts.checks exits 1 on any finding."""

import json
import sys
from collections.abc import Iterable

from scripts.checks import asl_validator, integrations, structure, templates
from scripts.checks.variants import variants
from stacksets.rendering import render_state_machine


def main() -> int:
    """Run every check and say what it did.

    Returns:
        The exit code.

    """
    configs, definition = variants(), render_state_machine()
    texts = templates.rendered(configs)
    machine = json.loads(definition)
    passed = [
        _report(f"cfn-lint, {len(texts)} templates of {len(configs)} configs", templates.findings(texts)),
        _report("cfn-lint, state machine", templates.definition_findings(definition)),
        _report(f"structure, {len(machine['States'])} states", structure.findings(machine)),
        _report("parameters against botocore", integrations.findings(machine["States"])),
        _validated(definition),
    ]
    return 0 if all(passed) else 1


def _validated(definition: str) -> bool:
    check = f"asl-validator {asl_validator.VERSION}"
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
