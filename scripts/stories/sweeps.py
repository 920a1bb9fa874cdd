"""The sweep, which is scheduled every five minutes, now."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.stories.places import Document, Organization, eventually, expect

RULES = ("quick-sweep", "full-sweep")


def sweep_runs(organization: Organization, kind: str = "quick") -> Document:
    """Sweep now, though it is scheduled every five minutes; answers how often it found what."""
    steps = organization.hub("stepfunctions")
    hub = organization.line["hub"]
    machine = f"arn:aws:states:{hub['region']}:{hub['account']}:stateMachine:natrec-sweep"
    asked = json.dumps({"kind": kind})
    execution = steps.start_execution(stateMachineArn=machine, input=asked)["executionArn"]
    eventually(lambda: steps.describe_execution(executionArn=execution)["status"] != "RUNNING", 60)
    ended = steps.describe_execution(executionArn=execution)
    expect(ended["status"] == "SUCCEEDED", ended)
    summary: Document = json.loads(ended["output"])
    return summary


@contextmanager
def paused(organization: Organization) -> Iterator[None]:
    """No sweep starts by itself, whose calls would be taken for another's."""
    events, names = organization.hub("events"), organization.names
    for rule in RULES:
        events.disable_rule(Name=names.rule(rule))
    try:
        yield
    finally:
        for rule in RULES:
            events.enable_rule(Name=names.rule(rule))
