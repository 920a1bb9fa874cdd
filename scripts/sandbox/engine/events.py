"""EventBridge buses: an event put on a bus reaches the targets of every enabled rule that matches it.

Replaces moto's own delivery, which rewrites the envelope between accounts, knows no Lambda, Step
Functions or SNS target, and asks no bus policy.
"""

import copy
from typing import Any

from moto.events import models
from moto.events.exceptions import InvalidEventPatternException

from scripts.sandbox.engine import event_rules, patterns, put_events
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.envelopes import envelope
from scripts.sandbox.engine.event_delivery import Job, deliver
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.target_input import RuleName

__all__ = ["envelope", "install", "publish", "send_to_rule"]


def publish(engine: Engine, account: str, region: str, event: dict[str, Any], bus: str = "default") -> None:
    """Put an event on a bus of an account as an AWS service does; deliveries go on in the background.

    Args:
        engine: The running engine.
        account: Whose bus.
        region: Where the bus is.
        event: In its envelope, which reaches every target unchanged.
        bus: The bus's name.

    Raises:
        KeyError: There is no such bus.

    """
    _route(engine, models.events_backends[account][region].event_buses[bus], event, forwarded=False)


def send_to_rule(
    engine: Engine, rule: models.Rule, event: dict[str, Any], *, forwarded: bool = False
) -> None:
    """Deliver an event to all targets of one rule, whatever its pattern says."""

    def forward(bus: models.EventBus, passed_on: dict[str, Any]) -> None:
        _route(engine, bus, passed_on, forwarded=True)

    name = RuleName(rule.arn, rule.name)
    for target in list(rule.targets):
        job = Job(rule.account_id, rule.region_name, name, dict(target), copy.deepcopy(event), forwarded)
        engine.workers.submit(deliver, engine, job, forward)


def _route(engine: Engine, bus: models.EventBus, event: dict[str, Any], *, forwarded: bool) -> None:
    for rule in list(bus.rules.values()):
        # A rule with a schedule and no pattern matches no event; moto keeps an empty pattern for it.
        pattern = rule.event_pattern.get_pattern()
        if rule.state.startswith("ENABLED") and pattern and patterns.matches(pattern, event):
            send_to_rule(engine, rule, event, forwarded=forwarded)


def install(engine: Engine) -> None:
    """Put the delivery in the place of moto's."""

    def parse(original: Any) -> Any:
        def checked(self: models.EventPatternParser) -> Any:
            pattern = original(self)
            try:
                patterns.check(pattern)
            except patterns.PatternError as problem:
                raise InvalidEventPatternException(reason=str(problem)) from problem
            if len(self.pattern or "") > patterns.LIMIT_CHARACTERS:
                raise InvalidEventPatternException(reason="Event pattern is longer than 2048 characters")
            return pattern

        return checked

    def to_targets(_: Any) -> Any:
        def routed(self: models.Rule, event: dict[str, Any], **_: Any) -> None:
            pattern = self.event_pattern.get_pattern()
            if self.state.startswith("ENABLED") and pattern and patterns.matches(pattern, event):
                send_to_rule(engine, self, event)

        return routed

    replace(models.EventPatternParser, "parse", parse)
    replace(models.Rule, "send_to_targets", to_targets)
    event_rules.install()
    put_events.install(lambda bus, event: _route(engine, bus, event, forwarded=False))
