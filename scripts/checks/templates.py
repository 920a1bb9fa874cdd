"""cfn-lint over every rendered template: no error, no warning."""

import json
from collections.abc import Iterable, Iterator, Mapping

from orgconfig.models import OrgConfig
from scripts.checks import definitions
from stacksets.rendering import render_archive, render_hub, render_management, render_spoke
from stacksets.spokes import LARGEST_TEMPLATE

# Where what a template asks for must exist.
REGIONS = ["eu-west-1", "us-east-1"]
RENDER = {
    "hub": render_hub,
    "spoke": render_spoke,
    "archive": render_archive,
    "management": render_management,
}


def rendered(configs: Mapping[str, OrgConfig]) -> dict[str, str]:
    """Every distinct template of these configs: its text by a name that says where it comes from."""
    texts: dict[str, str] = {}
    for variant, config in configs.items():
        for name, render in RENDER.items():
            texts.setdefault(render(config), f"{name}.yaml ({variant})")
    return {name: text for text, name in texts.items()}


def findings(texts: Mapping[str, str]) -> Iterator[str]:
    """What cfn-lint says of each, and spokes that are too large for a stack set."""
    for name, text in texts.items():
        yield from _linted(name, text, REGIONS)
        if name.startswith("spoke") and len(text.encode()) > LARGEST_TEMPLATE:
            yield f"{name}: {len(text.encode())} bytes, a stack set takes {LARGEST_TEMPLATE}"


def definition_findings(name: str, definition: str) -> Iterator[str]:
    """What cfn-lint says of a state machine; it reads one only where nothing is left open."""
    properties = {
        "DefinitionString": definitions.filled(definition),
        "RoleArn": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/states"},
    }
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    yield from _linted(name, json.dumps({"Resources": {"StateMachine": machine}}), REGIONS)


def _linted(name: str, text: str, regions: Iterable[str]) -> Iterator[str]:
    from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]  # noqa: PLC0415 - takes seconds

    for match in lint(text, config=ManualArgs(regions=list(regions))):
        yield f"{name}:{match.linenumber}: {match.rule.id} {match.message[:300]}"
