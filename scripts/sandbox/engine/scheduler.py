"""Fires EventBridge Scheduler's schedules and the rules with a schedule expression, on time.

Sources: AWS docs "Schedule types on EventBridge Scheduler", "Deletion after schedule completion" and, for
rules, "Creating a rule that runs on a schedule in Amazon EventBridge".

`POST /sandbox/fire` does not wait for the hour: `{"account", "region", "rule"}` fires a scheduled rule now.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventsBackend, Rule, events_backends
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, scheduler_backends

from scripts.sandbox.engine import control, schedule_api
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.envelopes import envelope
from scripts.sandbox.engine.events import send_to_rule
from scripts.sandbox.engine.schedule_calls import Firing, invoke
from scripts.sandbox.engine.schedule_times import At, ExpressionError, Span, first, following, parse
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.ticking import every

TICK_SECONDS = 0.5


@dataclass(frozen=True)
class _Planned:
    """When one version of a schedule or rule is due next; None: never again."""

    version: object
    due: float | None


class Scheduler:
    """Knows what is due. `fire` and `send` do the work elsewhere, so that a tick is short."""

    def __init__(
        self,
        fire: Callable[[Firing, Callable[[], None]], None],
        send: Callable[[Rule], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._fire = fire
        self._send = send
        self._now = now
        self._planned: dict[str, _Planned] = {}
        self._lock = threading.Lock()

    def tick(self) -> None:
        """Fire all that is due by now."""
        now = self._now()
        with self._lock:
            # Built anew, so that what was deleted is forgotten.
            former, self._planned = self._planned, {}
            for backend, schedule in _schedules():
                if schedule.state == "ENABLED":
                    self._planned[schedule.arn] = self._schedule(
                        backend, schedule, former.get(schedule.arn), now
                    )
            for rule in _scheduled_rules():
                # The countdown starts when the rule is put or enabled.
                if rule.state.startswith("ENABLED"):
                    self._planned[rule.arn] = self._rule(rule, former.get(rule.arn), now)

    def _schedule(
        self, backend: EventBridgeSchedulerBackend, schedule: Schedule, planned: _Planned | None, now: float
    ) -> _Planned:
        when = parse(schedule.schedule_expression, schedule.schedule_expression_timezone)
        span = Span(_seconds(schedule.start_date), _seconds(schedule.end_date))
        version = (id(schedule), schedule.last_modified_date, schedule.schedule_expression)
        if planned is None or planned.version != version:
            planned = _Planned(version, first(when, float(schedule.last_modified_date), span))
        if planned.due is None or planned.due > now:
            return planned
        later = following(when, planned.due, now, span)
        firing = Firing(
            backend.account_id,
            backend.region_name,
            schedule.arn,
            dict(schedule.target),
            datetime.fromtimestamp(planned.due, UTC),
        )

        def completed() -> None:
            if later is None and schedule.action_after_completion == "DELETE":
                group = backend.schedule_groups.get(schedule.group_name)
                # It may be gone meanwhile, or be another one of the same name.
                if group and group.schedules.get(schedule.name) is schedule:
                    group.schedules.pop(schedule.name, None)

        self._fire(firing, completed)
        return _Planned(version, later)

    def _rule(self, rule: Rule, planned: _Planned | None, now: float) -> _Planned:
        when = parse(str(rule.scheduled_expression), strict_plural=True)
        version = (id(rule), rule.scheduled_expression)
        if planned is None or planned.version != version:
            return _Planned(version, following(when, now, now))
        if planned.due is not None and planned.due <= now:
            self._send(rule)
            return _Planned(version, following(when, planned.due, now))
        return planned


def _schedules() -> Iterator[tuple[EventBridgeSchedulerBackend, Schedule]]:
    # Copies throughout, for requests change these meanwhile.
    for backends in list(scheduler_backends.values()):
        for backend in list(backends.values()):
            for group in list(backend.schedule_groups.values()):
                for schedule in list(group.schedules.values()):
                    yield backend, schedule


def _scheduled_rules() -> Iterator[Rule]:
    for backends in list(events_backends.values()):
        for backend in list(backends.values()):
            for rule in list(backend.event_buses["default"].rules.values()):
                if rule.scheduled_expression:
                    yield rule


def _rule_named(account: str, region: str, name: str) -> Rule:
    rule = events_backends[account][region].event_buses["default"].rules.get(name)
    if rule is None or not rule.scheduled_expression or not rule.state.startswith("ENABLED"):
        raise ValueError(f"{account} has no rule {name} in {region} that is enabled and has a schedule")
    return rule


def _seconds(date: Any) -> float | None:
    return None if date is None else float(date)


def install(engine: Engine) -> None:
    """Check schedules as they are made, and fire them."""

    def fire(firing: Firing, completed: Callable[[], None]) -> None:
        def run() -> None:
            invoke(engine, firing)
            completed()

        engine.workers.submit(run)

    def send(rule: Rule) -> None:
        event = envelope(rule.account_id, rule.region_name, "aws.events", "Scheduled Event", {}, [rule.arn])
        send_to_rule(engine, rule, event)

    def put_rule(original: Any) -> Any:
        def checked(self: EventsBackend, *arguments: Any, **settings: Any) -> Rule:
            expression = settings.get("scheduled_expression")
            if expression:
                try:
                    when = parse(expression, strict_plural=True)
                except ExpressionError as problem:
                    message = f"Parameter ScheduleExpression is not valid. {problem}"
                    raise ValidationException(message) from problem
                if isinstance(when, At):
                    raise ValidationException("Parameter ScheduleExpression is not valid.")
            made: Rule = original(self, *arguments, **settings)
            return made

        return checked

    def now(asked: dict[str, Any]) -> dict[str, str]:
        send(_rule_named(str(asked["account"]), str(asked["region"]), str(asked["rule"])))
        return {"fired": str(asked["rule"])}

    schedule_api.install(engine)
    replace(EventsBackend, "put_rule", put_rule)
    control.serve("fire", now)
    every(engine, TICK_SECONDS, Scheduler(fire, send).tick, "scheduler")
