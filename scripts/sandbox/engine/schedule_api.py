"""Scheduler's API as strict as AWS: groups exist, names are unique, a client token is used once.

Source: AWS API reference "CreateSchedule", "UpdateSchedule", "DeleteScheduleGroup" of EventBridge Scheduler.
"""

import json
import re
import threading
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.scheduler.responses import EventBridgeSchedulerResponse

from scripts.sandbox.engine import event_targets, principals, schedule_calls, schedule_times
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

_NAME = re.compile(r"[0-9a-zA-Z-_.]{1,64}")


class ConflictError(JsonRESTError):
    """The name is taken, or the token was used for something else."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)


def check(engine: Engine, request: Mapping[str, Any]) -> None:
    """Refuse what CreateSchedule and UpdateSchedule refuse.

    A time in the past is taken, and fires at once: what AWS does could not be verified.

    Raises:
        ValidationException: What is wrong.

    """
    window = request.get("FlexibleTimeWindow") or {}
    flexible = window.get("Mode") == "FLEXIBLE"
    if window.get("Mode") not in {"OFF", "FLEXIBLE"}:
        raise ValidationException("FlexibleTimeWindow with a Mode of OFF or FLEXIBLE is required.")
    if flexible != ("MaximumWindowInMinutes" in window):
        raise ValidationException("MaximumWindowInMinutes goes with the mode FLEXIBLE, and only with it.")
    try:
        zone = request.get("ScheduleExpressionTimezone") or "UTC"
        schedule_times.parse(request.get("ScheduleExpression") or "", zone)
    except schedule_times.ExpressionError as problem:
        raise ValidationException(str(problem)) from problem
    _check_target(engine, request.get("Target") or {})


def _check_target(engine: Engine, target: Mapping[str, Any]) -> None:
    arn, role = target.get("Arn"), target.get("RoleArn")
    if not arn or not role:
        raise ValidationException("Target needs Arn and RoleArn.")
    if not principals.trusts(role, schedule_calls.SERVICE):
        raise ValidationException(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )
    if not arn.startswith("arn:aws:scheduler:::"):
        if not event_targets.supported(arn) or ":events:" in arn:
            raise ValidationException(f"The sandbox does not call targets such as {arn}.")
        return
    try:
        schedule_calls.operation(engine, arn)
        if not isinstance(json.loads(target.get("Input") or "{}"), dict):
            raise ValidationException("Input of a universal target must be a JSON object.")
    except ValueError as problem:
        raise ValidationException(str(problem)) from problem


class Tokens:
    """What was created under which client token; safe to use from several threads."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._lock = threading.Lock()

    def answer(self, key: tuple[str, str, str], body: str) -> str | None:
        """The former answer to the same request; None for a new token.

        Raises:
            ConflictError: The token came with another request.

        """
        with self._lock:
            known = self._used.get(key)
        if known is None:
            return None
        if known[0] != body:
            raise ConflictError("The client token was used with other parameters.")
        return known[1]

    def keep(self, key: tuple[str, str, str], body: str, answer: str) -> None:
        """Remember an answer."""
        with self._lock:
            self._used[key] = (body, answer)


def install(engine: Engine) -> None:
    """Make the API strict."""
    _schedules(engine, Tokens())
    _groups()


def _schedules(engine: Engine, tokens: Tokens) -> None:
    def create_schedule(original: Any) -> Any:
        def checked(self: EventBridgeSchedulerResponse) -> str:
            request = json.loads(self.body)
            name = self.uri.split("?")[0].rsplit("/", 1)[-1]
            if not _NAME.fullmatch(name):
                raise ValidationException(f"Invalid name {name}.")
            key = (self.current_account, self.region, request.get("ClientToken") or "")
            group = self.scheduler_backend.get_schedule_group(request.get("GroupName"))
            exists = name in group.schedules
            if (
                exists
                and request.get("ClientToken")
                and (answer := tokens.answer(key, self.uri + str(request)))
            ):
                return answer
            if exists:
                raise ConflictError(f"Schedule {name} already exists.")
            check(engine, request)
            made: str = original(self)
            tokens.keep(key, self.uri + str(request), made)
            return made

        return checked

    def update_schedule(original: Any) -> Any:
        def checked(self: EventBridgeSchedulerResponse) -> str:
            request = json.loads(self.body)
            name = self.uri.split("?")[0].rsplit("/", 1)[-1]
            schedule = self.scheduler_backend.get_schedule(request.get("GroupName"), name)
            check(engine, request)
            made: str = original(self)
            # "UpdateSchedule uses all values, including empty values, specified in the request."
            schedule.action_after_completion = request.get("ActionAfterCompletion")
            schedule.state = request.get("State") or "ENABLED"
            return made

        return checked

    replace(EventBridgeSchedulerResponse, "create_schedule", create_schedule)
    replace(EventBridgeSchedulerResponse, "update_schedule", update_schedule)


def _groups() -> None:
    def create_schedule_group(original: Any) -> Any:
        def checked(self: EventBridgeSchedulerBackend, name: str, tags: Any) -> Any:
            if name in self.schedule_groups:
                raise ConflictError(f"Schedule group {name} already exists.")
            return original(self, name, tags or [])

        return checked

    def delete_schedule_group(original: Any) -> Any:
        def checked(self: EventBridgeSchedulerBackend, name: str | None) -> None:
            if name == "default":
                raise ValidationException("The default schedule group cannot be deleted.")
            if name not in self.schedule_groups:
                raise ScheduleGroupNotFound(name or "")
            original(self, name)

        return checked

    replace(EventBridgeSchedulerBackend, "create_schedule_group", create_schedule_group)
    replace(EventBridgeSchedulerBackend, "delete_schedule_group", delete_schedule_group)
