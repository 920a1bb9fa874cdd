"""Calls the target of a schedule: templated, or any API operation ("universal target").

Sources: AWS docs "Using universal targets in EventBridge Scheduler", "Configuring a schedule's dead-letter
queue in EventBridge Scheduler", "Adding context attributes in EventBridge Scheduler".
"""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, UnknownServiceError

from scripts.sandbox.engine.core import DEFAULT_ACCOUNT, Engine
from scripts.sandbox.engine.deliveries import DELIVERIES, Delivery
from scripts.sandbox.engine.event_targets import SERVER_ERROR, Call, TargetError, send, send_to_queue

SERVICE = "scheduler.amazonaws.com"
PAUSES = (0.1, 0.3, 1.0)
UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([a-z][A-Za-z0-9]+)")
# The ARN has the SDK's service id; boto3 calls these otherwise.
_BOTO_NAMES = {"sfn": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs"}
_READ_ONLY = re.compile(
    "get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe"
    "|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument"
    "|isAuthorized|invokeModel"
)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Firing:
    """One invocation of one schedule.

    Attributes:
        account: Where the schedule is.
        region: Where the schedule is, and where its target is called.
        arn: The schedule's.
        target: The target's settings.
        due: When it was to be.

    """

    account: str
    region: str
    arn: str
    target: Mapping[str, Any]
    due: datetime


def operation(engine: Engine, target: str) -> tuple[str, str]:
    """The boto3 service and method of a universal target.

    Raises:
        ValueError: There is no such operation, or it only reads, which Scheduler does not call.

    """
    found = UNIVERSAL.fullmatch(target)
    if found is None:
        raise ValueError(f"Invalid universal target {target}")
    service, action = _BOTO_NAMES.get(found[1], found[1]), found[2]
    if _READ_ONLY.match(action):
        raise ValueError(f"The action {action} is read-only and not supported by universal targets.")
    try:
        methods = engine.client(DEFAULT_ACCOUNT, "us-east-1", service).meta.method_to_api_mapping
    except UnknownServiceError as problem:
        raise ValueError(f"Service {found[1]} of {target} is not supported.") from problem
    name = action[0].upper() + action[1:]
    for method, api in methods.items():
        if api == name:
            return service, method
    raise ValueError(f"Operation {action} of {target} is not supported.")


def invoke(engine: Engine, firing: Firing, *, sleep: Callable[[float], object] = time.sleep) -> None:
    """Call the target, with a few retries; what fails goes to the dead-letter queue and the delivery log.

    Args:
        engine: The running engine.
        firing: What to call.
        sleep: Waits so many seconds.

    """
    execution = uuid.uuid4().hex[:16]
    limit = (firing.target.get("RetryPolicy") or {}).get("MaximumRetryAttempts", len(PAUSES))
    pauses, attempt = list(PAUSES[:limit]), 1
    while True:
        try:
            _call(engine, firing, _text(firing, execution, attempt), execution)
        except TargetError as problem:
            if problem.again and pauses:
                attempt += 1
                sleep(pauses.pop(0))
                continue
            logger.warning("schedule %s: %s: %s", firing.arn, problem.code, problem)
            _give_up(engine, firing, execution, problem, attempt - 1)
        except Exception as problem:
            # Whatever it is must be seen, and a schedule never takes its thread down.
            logger.exception("schedule %s failed", firing.arn)
            _give_up(engine, firing, execution, TargetError("InternalError", repr(problem)), attempt - 1)
        else:
            _record(firing, execution, "delivered")
        return


def _call(engine: Engine, firing: Firing, text: str, execution: str) -> None:
    if not firing.target["Arn"].startswith("arn:aws:scheduler:::"):
        send(engine, Call(SERVICE, firing.arn, execution, firing.target, text))
        return
    service, method = operation(engine, firing.target["Arn"])
    client = engine.client(firing.account, firing.region, service, firing.target["RoleArn"])
    try:
        getattr(client, method)(**json.loads(text))
    except ClientError as problem:
        status = problem.response["ResponseMetadata"]["HTTPStatusCode"]
        code = problem.response["Error"]["Code"]
        raise TargetError(code, str(problem), again=status >= SERVER_ERROR) from problem
    except BotoCoreError as problem:
        raise TargetError("ValidationException", str(problem)) from problem


def _text(firing: Firing, execution: str, attempt: int) -> str:
    text = str(firing.target.get("Input") or "{}")
    for name, value in {
        "schedule-arn": firing.arn,
        "scheduled-time": f"{firing.due:%Y-%m-%dT%H:%M:%SZ}",
        "execution-id": execution,
        "attempt-number": str(attempt),
    }.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def _give_up(engine: Engine, firing: Firing, execution: str, problem: TargetError, retries: int) -> None:
    message = str(problem)
    queue = (firing.target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        attributes = {
            "ERROR_CODE": problem.code,
            "ERROR_MESSAGE": message,
            "EXECUTION_ID": execution,
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": str(retries),
            "SCHEDULED_TIME": f"{firing.due:%Y-%m-%dT%H:%M:%SZ}",
            "SCHEDULE_ARN": firing.arn,
            "TARGET_ARN": firing.target["Arn"],
        }
        # Scheduler sends there with the schedule's role, so no queue policy is asked.
        target = {"Arn": queue, "RoleArn": firing.target["RoleArn"]}
        try:
            text = _text(firing, execution, retries + 1)
            send_to_queue(engine, Call(SERVICE, firing.arn, execution, target, text), attributes)
        except Exception as worse:
            # The last resort failed; the delivery log is what remains.
            logger.exception("dead-letter queue %s", queue)
            message += f" (dead-letter queue {queue}: {worse})"
    _record(firing, execution, problem.code, message)


def _record(firing: Firing, execution: str, outcome: str, message: str = "") -> None:
    now = datetime.now(UTC)
    DELIVERIES.add(Delivery(now, firing.arn, firing.target["Arn"], execution, outcome, message))
