"""What others changed inside of a stack, as far as CloudFormation has been asked to look."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def last_known(client: "CloudFormationClient", stack: Mapping[str, Any]) -> tuple[str, ...]:
    """A line for each resource that differed when drift was last looked for.

    Looking is DetectStackDrift, which takes minutes and is somebody's decision; this only reads what it found
    (API Reference, DescribeStackResourceDrifts).

    Args:
        client: CloudFormation where the stack is.
        stack: The stack as it is described.

    """
    told = stack.get("DriftInformation", {})
    if told.get("StackDriftStatus") != "DRIFTED":
        return ()
    when = f"{told['LastCheckTimestamp']:%Y-%m-%d %H:%M}" if "LastCheckTimestamp" in told else "last"
    return tuple(
        f"drift   {each['LogicalResourceId']} ({each['ResourceType']}): {_words(each)}, looked at {when}"
        for each in _drifted(client, str(stack["StackName"]))
    )


def _drifted(client: "CloudFormationClient", name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    more: dict[str, Any] = {}
    while True:  # the SDK has no paginator for it
        answer: Any = client.describe_stack_resource_drifts(
            StackName=name, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], **more
        )
        found += answer["StackResourceDrifts"]
        if not answer.get("NextToken"):
            return found
        more = {"NextToken": answer["NextToken"]}


def _words(each: Mapping[str, Any]) -> str:
    if each["StackResourceDriftStatus"] == "DELETED":
        return "deleted by others"
    paths = [path["PropertyPath"] for path in each.get("PropertyDifferences", [])]
    return f"changed by others ({', '.join(paths)})" if paths else "changed by others"
