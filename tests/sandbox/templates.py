"""Small templates for the tests of CloudFormation."""

import json
from typing import Any

from scripts.sandbox.engine.core import Engine

REGION = "eu-west-1"


def template(resources: dict[str, Any], **sections: object) -> str:
    return json.dumps({"Resources": resources, **sections})


def deploy(engine: Engine, account: str, name: str, text: str, **more: object) -> dict[str, Any]:
    """Create a stack and return what DescribeStacks says of it."""
    client = engine.client(account, REGION, "cloudformation")
    capabilities = ["CAPABILITY_NAMED_IAM"]
    client.create_stack(StackName=name, TemplateBody=text, **{"Capabilities": capabilities, **more})
    return described(engine, account, name)


def described(engine: Engine, account: str, name: str) -> dict[str, Any]:
    client = engine.client(account, REGION, "cloudformation")
    stack: dict[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
    return stack


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def reasons(engine: Engine, account: str, name: str) -> str:
    """Every reason in the stack's events."""
    client = engine.client(account, REGION, "cloudformation")
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in events)
