"""What others changed inside of a stack, as far as CloudFormation has been asked to look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# API reference, CreateChangeSet: what others changed or deleted becomes again what the template says. The
# actual state is read when the change set is made, whatever was known of drift before.
REVERT: Mapping[str, str] = {"DeploymentMode": "REVERT_DRIFT"}
_RUNNING = "DETECTION_IN_PROGRESS"


@dataclass(frozen=True)
class Drift:
    """What is known.

    Attributes:
        words: In a few words; empty where nothing drifted.
        lines: One for each resource.

    """

    words: str = ""
    lines: tuple[str, ...] = ()


def last_known(client: "CloudFormationClient", stack: Mapping[str, Any]) -> Drift:
    """What differed when drift was last looked for, and nothing where the stack was changed after that.

    Looking is DetectStackDrift, which takes minutes and is somebody's decision; this only reads what it found
    (API Reference, DescribeStackResourceDrifts).

    Args:
        client: CloudFormation where the stack is.
        stack: The stack as it is described.

    """
    told = stack.get("DriftInformation", {})
    if told.get("StackDriftStatus") != "DRIFTED" or _is_stale(told, stack):
        return Drift()
    when = f"{told['LastCheckTimestamp']:%Y-%m-%d %H:%M}" if "LastCheckTimestamp" in told else "last"
    lines = tuple(
        f"drift   {each['LogicalResourceId']} ({each['ResourceType']}): {_words(each)}, looked at {when}"
        for each in _drifted(client, str(stack["StackName"]))
    )
    return Drift("others have changed or deleted parts of it, which are put back", lines)


def detect(
    client: "CloudFormationClient", name: str, sleep: Callable[[float], None], poll: float
) -> str | None:
    """Have a stack looked at, and wait for the answer.

    Args:
        client: CloudFormation where the stack is.
        name: The stack.
        sleep: Waits between two looks.
        poll: For how many seconds.

    Returns:
        Its drift status; None where there is no such stack, or it cannot be looked at now.

    """
    try:
        identity = client.detect_stack_drift(StackName=name)["StackDriftDetectionId"]
    except ClientError:
        return None
    while True:
        found = client.describe_stack_drift_detection_status(StackDriftDetectionId=identity)
        if found["DetectionStatus"] != _RUNNING:
            return str(found.get("StackDriftStatus", "UNKNOWN"))
        sleep(poll)


def _is_stale(told: Mapping[str, Any], stack: Mapping[str, Any]) -> bool:
    checked, changed = told.get("LastCheckTimestamp"), stack.get("LastUpdatedTime")
    return checked is not None and changed is not None and checked < changed


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
