"""Calls the target of a rule or schedule as the AWS service would, with its permission or role.

Sources: AWS docs "Using resource-based policies for Amazon EventBridge" (who must allow what),
"Using dead-letter queues to process undelivered events" (the error codes).
"""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.awslambda.utils import get_backend as get_lambda_backend
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from scripts.sandbox.engine import keys, policies
from scripts.sandbox.engine.core import Engine

SERVER_ERROR = 500


class TargetError(Exception):
    """A target did not take the event.

    Attributes:
        code: An ERROR_CODE of the dead-letter queue.
        again: Whether AWS would try once more.

    """

    def __init__(self, code: str, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.again = again


@dataclass(frozen=True)
class Call:
    """One invocation of one target.

    Attributes:
        service: Who calls: `events.amazonaws.com` or `scheduler.amazonaws.com`.
        source: ARN of the rule or schedule, the `aws:SourceArn` of the call.
        id: Unique for the event; starts an execution's name.
        target: The target's settings.
        text: What it is sent.

    """

    service: str
    source: str
    id: str
    target: Mapping[str, Any]
    text: str

    @property
    def role(self) -> str | None:
        """The role that calls; without one the target's own policy must allow the service."""
        return self.target.get("RoleArn")


def send(engine: Engine, call: Call) -> None:
    """Call the target.

    Raises:
        TargetError: It refused or could not be reached.

    """
    service = call.target["Arn"].split(":")[2]
    try:
        _SENDERS[service](engine, call)
    except ClientError as problem:
        raise _from_answer(problem) from problem
    except BotoCoreError as problem:
        raise TargetError("CONNECTION_FAILURE", str(problem), again=True) from problem


def send_to_queue(engine: Engine, call: Call, attributes: Mapping[str, str] | None = None) -> None:
    """Send to an SQS queue, a target or a dead-letter queue.

    Raises:
        TargetError: The queue does not exist or its policy does not allow the service.
        ClientError: SQS refused the message.

    """
    _, _, _, region, account, name = call.target["Arn"].split(":")
    queue = sqs_backends[account][region].queues.get(name)
    if queue is None:
        raise TargetError("NO_RESOURCE", f"The queue {name} does not exist.")
    if call.role is None:
        policy = json.loads(queue.policy) if isinstance(queue.policy, str) else queue.policy
        _require(policy, "sqs:SendMessage", call)
        _require_key(queue.kms_master_key_id, call)  # type: ignore[attr-defined]  # set by name
    group = (call.target.get("SqsParameters") or {}).get("MessageGroupId")
    fifo = {"MessageGroupId": group, "MessageDeduplicationId": call.id} if group else {}
    engine.client(account, region, "sqs").send_message(
        QueueUrl=f"{engine.endpoint}/{account}/{name}",
        MessageBody=call.text,
        MessageAttributes={
            key: {"DataType": "String", "StringValue": value} for key, value in (attributes or {}).items()
        },
        **fifo,
    )


def supported(arn: str) -> bool:
    """Whether the sandbox delivers to such a target."""
    parts = arn.split(":", 5)
    return len(parts) == 6 and (parts[2] in _SENDERS or (parts[2] == "events" and "event-bus/" in parts[5]))  # noqa: PLR2004


def _require_key(key: str | None, call: Call) -> None:
    """Of an encrypted queue; KMS is not told for whom (EventBridge User Guide, "Event bus targets")."""
    if key and not keys.lets(key, call.service, "kms:GenerateDataKey"):
        raise TargetError("NO_PERMISSIONS", f"{call.service} may not use {key} for {call.target['Arn']}")


def _require(policy: Mapping[str, Any] | None, action: str, call: Call) -> None:
    keys = {"aws:SourceArn": call.source, "aws:SourceAccount": call.source.split(":")[4]}
    if not policies.allows(policy, policies.Request(call.service, action, call.target["Arn"], keys)):
        raise TargetError(
            "NO_PERMISSIONS", f"{call.service} is not allowed {action} by the policy of {call.target['Arn']}"
        )


def _lambda(engine: Engine, call: Call) -> None:
    region, account = call.target["Arn"].split(":")[3:5]
    function = call.target["Arn"].split(":")[6]
    backend = get_lambda_backend(account, region)
    if function not in {one.function_name for one in backend.list_functions(None)}:
        raise TargetError("NO_RESOURCE", f"Function not found: {call.target['Arn']}")
    if call.role is None:
        statements = backend.get_function(function).policy.statements
        _require({"Statement": statements}, "lambda:InvokeFunction", call)
    engine.client(account, region, "lambda").invoke(
        FunctionName=call.target["Arn"], InvocationType="Event", Payload=call.text.encode()
    )


def _state_machine(engine: Engine, call: Call) -> None:
    region, account = call.target["Arn"].split(":")[3:5]
    # "The execution name is unique": EventBridge joins the event's id and an id of its own.
    name = f"{call.id}_{uuid.uuid4()}"[:80]
    client = engine.client(account, region, "stepfunctions", call.role)
    client.start_execution(stateMachineArn=call.target["Arn"], name=name, input=call.text)


def _topic(engine: Engine, call: Call) -> None:
    region, account = call.target["Arn"].split(":")[3:5]
    topic = sns_backends[account][region].topics.get(call.target["Arn"])
    if topic is None:
        raise TargetError("NO_RESOURCE", f"Topic does not exist: {call.target['Arn']}")
    if call.role is None:
        _require(json.loads(topic.policy), "sns:Publish", call)
    engine.client(account, region, "sns").publish(TopicArn=call.target["Arn"], Message=call.text)


def _log_group(engine: Engine, call: Call) -> None:
    region, account = call.target["Arn"].split(":")[3:5]
    group = call.target["Arn"].split(":log-group:", 1)[1].removesuffix(":*")
    client, stream = engine.client(account, region, "logs"), call.id
    client.create_log_stream(logGroupName=group, logStreamName=f"{stream}-{uuid.uuid4()}")
    stream = client.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"][-1]
    client.put_log_events(
        logGroupName=group,
        logStreamName=stream["logStreamName"],
        logEvents=[{"timestamp": int(time.time() * 1000), "message": call.text}],
    )


_SENDERS = {
    "lambda": _lambda,
    "states": _state_machine,
    "sns": _topic,
    "sqs": send_to_queue,
    "logs": _log_group,
}


def _from_answer(problem: ClientError) -> TargetError:
    code = problem.response["Error"]["Code"]
    status = problem.response["ResponseMetadata"]["HTTPStatusCode"]
    if "AccessDenied" in code or "NotAuthorized" in code:
        return TargetError("NO_PERMISSIONS", str(problem))
    if "NotFound" in code or "DoesNotExist" in code or "NonExistent" in code:
        return TargetError("NO_RESOURCE", str(problem))
    if "Throttl" in code or "TooManyRequests" in code:
        return TargetError("THROTTLING", str(problem), again=True)
    if status >= SERVER_ERROR:
        return TargetError("ERROR_FROM_TARGET", str(problem), again=True)
    return TargetError("SDK_CLIENT_ERROR", str(problem))
