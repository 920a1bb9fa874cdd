"""Drift: which resources of a stack somebody has deleted, found when it is asked for, and brought back.

API reference, DetectStackDrift, DescribeStackDriftDetectionStatus and DescribeStackResourceDrifts; User
Guide, "Using drift-aware change sets". Changed properties are not compared here: what is there counts as in
sync, and types that nobody looks for are not checked, as AWS leaves out those that do not support it.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.kinds.base import Place
from scripts.sandbox.engine.cloudformation.provision import held
from scripts.sandbox.engine.cloudformation.resources import Resource
from scripts.sandbox.engine.seams import add

_GONE = re.compile(r"NotFound|NoSuch|NonExistent|DoesNotExist|404")
_KEPT = "detection"  # on moto's stack
Look = Callable[[Place, Resource], object]


def _get(service: str, operation: str, parameter: str) -> Look:
    """A type whose `Ref` is what the service asks for; there is none where it answers that."""

    def look(place: Place, resource: Resource) -> object:
        return getattr(place.client(service), operation)(**{parameter: resource.physical_resource_id}) or True

    return look


def _rule(place: Place, resource: Resource) -> object:
    *bus, name = resource.physical_resource_id.split("|")
    where = {"EventBusName": bus[0]} if bus else {}
    return place.client("events").describe_rule(Name=name, **where)


def _bus_policy(place: Place, resource: Resource) -> object:
    bus, sid = resource.physical_resource_id.split("|")
    return f'"{sid}"' in place.client("events").describe_event_bus(Name=bus).get("Policy", "")


def _alarm(place: Place, resource: Resource) -> object:
    found = place.client("cloudwatch").describe_alarms(AlarmNames=[resource.physical_resource_id])
    return found["MetricAlarms"]


def _log_group(place: Place, resource: Resource) -> object:
    name = resource.physical_resource_id
    found = place.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return name in {each["logGroupName"] for each in found}


_LOOKS: dict[str, Look] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::DynamoDB::Table": _get("dynamodb", "describe_table", "TableName"),
    "AWS::Events::EventBus": _get("events", "describe_event_bus", "Name"),
    "AWS::Events::EventBusPolicy": _bus_policy,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::Role": _get("iam", "get_role", "RoleName"),
    "AWS::Lambda::Function": _get("lambda", "get_function_configuration", "FunctionName"),
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _get("s3", "head_bucket", "Bucket"),
    "AWS::S3::BucketPolicy": _get("s3", "get_bucket_policy", "Bucket"),
    "AWS::SNS::Subscription": _get("sns", "get_subscription_attributes", "SubscriptionArn"),
    "AWS::SNS::Topic": _get("sns", "get_topic_attributes", "TopicArn"),
    "AWS::SQS::Queue": _get("sqs", "get_queue_attributes", "QueueUrl"),
    "AWS::Scheduler::ScheduleGroup": _get("scheduler", "get_schedule_group", "Name"),
    "AWS::StepFunctions::StateMachine": _get("stepfunctions", "describe_state_machine", "stateMachineArn"),
}


@dataclass(frozen=True)
class Detection:
    """What one look at a stack has found.

    Attributes:
        when: When it began.
        resources: Each resource that was checked, with its status.
        id: What it is asked for by.

    """

    when: datetime
    resources: dict[str, tuple[Resource, str]]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def drifted(self) -> int:
        """How many are not in sync."""
        return sum(status != "IN_SYNC" for _, status in self.resources.values())

    @property
    def status(self) -> str:
        """Of the stack as a whole."""
        return "DRIFTED" if self.drifted else "IN_SYNC"


def deleted(stack: Stack) -> Iterator[str]:
    """The logical ids of what is gone now."""
    for name, resource in held(stack.resource_map).items():
        look = _LOOKS.get(resource.cf_resource_type)
        if look is not None and not _there(look, resource):
            yield name


def _there(look: Look, resource: Resource) -> bool:
    try:
        return bool(look(resource.place, resource))
    except ClientError as error:
        if not _GONE.search(error.response["Error"]["Code"]):
            raise
        return False


def detect(stack: Stack) -> Detection:
    """Look at a stack, and remember what was found."""
    when, gone = utcnow(), set(deleted(stack))
    found = {
        name: (resource, "DELETED" if name in gone else "IN_SYNC")
        for name, resource in held(stack.resource_map).items()
        if resource.cf_resource_type in _LOOKS
    }
    made = Detection(when, found)
    setattr(stack, _KEPT, made)
    return made


def last(stack: Stack) -> Detection | None:
    """What the last look at a stack has found."""
    found: Detection | None = getattr(stack, _KEPT, None)
    return found


def information(stack: Stack) -> dict[str, Any]:
    """As DescribeStacks answers it."""
    found = last(stack)
    if found is None:
        return {"StackDriftStatus": "NOT_CHECKED"}
    return {"StackDriftStatus": found.status, "LastCheckTimestamp": found.when}


def _detect(request: CloudFormationResponse) -> ActionResult:
    backend: CloudFormationBackend = request.cloudformation_backend
    stack = backend.get_stack(request._get_param("StackName"))
    if stack.status.endswith("IN_PROGRESS") or stack.status == "REVIEW_IN_PROGRESS":
        raise refuse(f"Drift detection cannot be performed on stack {stack.name} in {stack.status}")
    return ActionResult({"StackDriftDetectionId": detect(stack).id})


def _status(request: CloudFormationResponse) -> ActionResult:
    wanted = request._get_param("StackDriftDetectionId")
    for stack in request.cloudformation_backend.stacks.values():
        found = last(stack)
        if found is not None and found.id == wanted:
            answer = {
                "StackId": stack.stack_id,
                "StackDriftDetectionId": found.id,
                "DetectionStatus": "DETECTION_COMPLETE",
                "StackDriftStatus": found.status,
                "DriftedStackResourceCount": found.drifted,
                "Timestamp": found.when,
            }
            return ActionResult(answer)
    raise refuse(f"Drift detection id {wanted} does not exist")


def _resources(request: CloudFormationResponse) -> ActionResult:
    stack = request.cloudformation_backend.get_stack(request._get_param("StackName"))
    found, wanted = last(stack), request._get_param("StackResourceDriftStatusFilters") or []
    listed = [] if found is None else sorted(found.resources.items())
    drifts = [
        {
            "StackId": stack.stack_id,
            "LogicalResourceId": name,
            "PhysicalResourceId": resource.physical_resource_id,
            "ResourceType": resource.cf_resource_type,
            "StackResourceDriftStatus": status,
            "Timestamp": found.when if found else None,
        }
        for name, (resource, status) in listed
        if not wanted or status in wanted
    ]
    return ActionResult({"StackResourceDrifts": drifts})


def install() -> None:
    """Give moto the calls that it lacks."""
    add(CloudFormationResponse, "detect_stack_drift", _detect)
    add(CloudFormationResponse, "describe_stack_drift_detection_status", _status)
    add(CloudFormationResponse, "describe_stack_resource_drifts", _resources)
    add(Stack, "drift_information", property(information))
