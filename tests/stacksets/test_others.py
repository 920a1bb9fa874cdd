"""What a plan says of installations of other namespaces."""

import json

from scripts.sandbox.engine.core import Engine
from stacksets.others import other_namespaces, stays

REGION = "eu-west-1"


def test_hubs_of_other_namespaces_are_found_and_nothing_else(engine: Engine, account: str) -> None:
    client = engine.client(account, REGION, "cloudformation")
    for name, description in (
        ("natrec-hub", "The hub of natrec - decides."),
        ("old-hub", "The hub of old - decides."),
        ("mine", "The hub of mine - but named otherwise"),
        ("network-hub", "A transit gateway"),
    ):
        queue = {"Type": "AWS::SQS::Queue"}
        text = json.dumps({"Description": description, "Resources": {"Q": queue}})
        client.create_stack(StackName=name, TemplateBody=text)
    assert [*other_namespaces(client, "natrec")] == ["old"]
    assert [*other_namespaces(client, "old")] == ["natrec"]


def test_a_plan_says_how_it_is_removed_and_leaves_it_alone() -> None:
    change = stays("old")
    assert change.action == "none"
    assert "natrec destroy" in change.detail
