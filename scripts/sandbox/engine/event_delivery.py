"""Delivers one event to one target: retries, the hop to another bus, the dead-letter queue.

Sources: AWS docs "How EventBridge retries delivering events" (permission errors and missing resources are
not retried), "Using dead-letter queues to process undelivered events".
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.events.models import EventBus, events_backends

from scripts.sandbox.engine import principals
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.deliveries import DELIVERIES, Delivery
from scripts.sandbox.engine.event_targets import Call, TargetError, send, send_to_queue
from scripts.sandbox.engine.target_input import InputError, RuleName, render

SERVICE = "events.amazonaws.com"
# AWS tries for up to 24 hours; a sandbox that nobody repairs meanwhile needs no more than these, in seconds.
PAUSES = (0.1, 0.3, 1.0)
logger = logging.getLogger(__name__)

Forward = Callable[[EventBus, dict[str, Any]], None]


@dataclass(frozen=True)
class Job:
    """One event on its way to one target.

    Attributes:
        account: Where the rule is.
        region: Where the rule is.
        rule: The rule's ARN and name.
        target: The target's settings.
        event: The event in its envelope.
        forwarded: Whether another bus sent it here.

    """

    account: str
    region: str
    rule: RuleName
    target: Mapping[str, Any]
    event: dict[str, Any]
    forwarded: bool


def deliver(
    engine: Engine, job: Job, forward: Forward, *, sleep: Callable[[float], object] = time.sleep
) -> None:
    """Deliver, retry what may be retried, give up to the dead-letter queue, and log the outcome.

    Args:
        engine: The running engine.
        job: What to deliver where.
        forward: Puts an event on another bus.
        sleep: Waits so many seconds.

    """
    limit = (job.target.get("RetryPolicy") or {}).get("MaximumRetryAttempts", len(PAUSES))
    pauses = list(PAUSES[:limit])
    attempts = 0
    while True:
        try:
            _attempt(engine, job, forward)
        except TargetError as problem:
            if problem.again and pauses:
                attempts += 1
                sleep(pauses.pop(0))
                continue
            _give_up(engine, job, problem, attempts)
        except Exception as problem:
            # Whatever it is must be seen: in the log, in the delivery log and in the queue.
            logger.exception("delivery by %s failed", job.rule.arn)
            _give_up(engine, job, TargetError("INTERNAL_ERROR", repr(problem)), attempts)
        else:
            _record(job, "delivered")
        return


def _attempt(engine: Engine, job: Job, forward: Forward) -> None:
    if job.target["Arn"].split(":")[2] == "events":
        _to_bus(job, forward)
        return
    try:
        text = render(job.target, job.event, job.rule)
    except InputError as problem:
        raise TargetError("INVALID_PARAMETER", str(problem)) from problem
    send(engine, Call(SERVICE, job.rule.arn, job.event["id"], job.target, text))


def _to_bus(job: Job, forward: Forward) -> None:
    _, _, _, region, account, resource = job.target["Arn"].split(":", 5)
    if job.forwarded:
        hop = "REGION" if region != job.region and account == job.account else "ACCOUNT"
        raise TargetError(f"THIRD_{hop}_HOP_DETECTED", "An event is forwarded once, not twice.")
    bus = events_backends[account][region].event_buses.get(resource.removeprefix("event-bus/"))
    if bus is None:
        raise TargetError("NO_RESOURCE", f"Event bus {job.target['Arn']} does not exist.")
    role = job.target.get("RoleArn")
    if role and not principals.trusts(role, SERVICE):
        raise TargetError("FAILED_TO_ASSUME_ROLE", f"{SERVICE} cannot assume {role}.")
    who = principals.Principal(job.account, role or f"arn:aws:iam::{job.account}:root")
    if not may_put(bus, who, job.event):
        raise TargetError("NO_PERMISSIONS", f"The policy of {bus.arn} does not admit {who.arn}.")
    forward(bus, job.event)


def may_put(bus: EventBus, who: principals.Principal, event: Mapping[str, Any]) -> bool:
    """Whether a principal may put this event on a bus; its own account's always may.

    Source: AWS docs "Permissions for event buses in Amazon EventBridge".
    """
    if who.account == bus.account_id:
        return True
    keys = {"events:source": event["source"], "events:detail-type": event["detail-type"]}
    statements = json.loads(bus.policy)["Statement"] if bus.policy else []
    return principals.allowed(statements, who, "events:PutEvents", bus.arn, keys)


def _give_up(engine: Engine, job: Job, problem: TargetError, attempts: int) -> None:
    message = str(problem)
    queue = (job.target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        attributes = {
            "RULE_ARN": job.rule.arn,
            "TARGET_ARN": job.target["Arn"],
            "ERROR_CODE": problem.code,
            "ERROR_MESSAGE": message,
        }
        if attempts:
            attributes |= {
                "RETRY_ATTEMPTS": str(attempts),
                "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
            }
        call = Call(SERVICE, job.rule.arn, job.event["id"], {"Arn": queue}, json.dumps(job.event))
        try:
            send_to_queue(engine, call, attributes)
        except Exception as worse:
            # The last resort failed; the delivery log is what remains of the event.
            logger.exception("dead-letter queue %s", queue)
            message += f" (dead-letter queue {queue}: {worse})"
    _record(job, problem.code, message)


def _record(job: Job, outcome: str, message: str = "") -> None:
    now = datetime.now(UTC)
    DELIVERIES.add(Delivery(now, job.rule.arn, job.target["Arn"], job.event["id"], outcome, message))
