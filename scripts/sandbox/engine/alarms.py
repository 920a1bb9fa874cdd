"""Evaluates CloudWatch alarms, per contributor where the alarm has them.

An alarm is judged whenever data arrives in its account and region, and once a second. A state is changed
when the judgement changes, so a state set by SetAlarmState, or by an event put in CloudWatch's name,
stays until the data says something new.

Sources: AWS docs "Create alarms on Metrics Insights queries", "Configuring how CloudWatch alarms treat
missing data", "Alarm actions" (an alarm is in ALARM when at least one contributor is).
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm, cloudwatch_backends

from scripts.sandbox.engine import alarm_events, alarm_math, alarm_points, alarm_settings
from scripts.sandbox.engine.alarm_math import ALARM, INSUFFICIENT_DATA, OK, Verdict
from scripts.sandbox.engine.contributors import (
    LIMIT_IN_ALARM,
    AlarmName,
    Contributor,
    Contributors,
    contributor_id,
)
from scripts.sandbox.engine.metric_store import MetricStore, Series
from scripts.sandbox.engine.metrics_insights import Query

NAMESPACE = "AWS/NATGateway"
LIMIT_SERIES = 500
Publish = Callable[[str, str, dict[str, Any]], None]
Attributes = frozenset[tuple[str, str]]


class Alarms:
    """All alarms of the engine.

    Attributes:
        store: The metrics they look at.
        contributors: Who is in ALARM.

    """

    def __init__(self, publish: Publish, now: Callable[[], float] = time.time) -> None:
        self.store = MetricStore()
        self.contributors = Contributors()
        self._publish = publish
        self._now = now
        self._lock = threading.RLock()
        # What the data said last, of an alarm and (by attributes) of its contributors.
        self._judged: dict[AlarmName, dict[Attributes | None, str]] = {}
        self._seen: dict[AlarmName, float] = {}

    def evaluate_all(self) -> None:
        """Judge every alarm there is."""
        for account, backends in list(cloudwatch_backends.items()):
            for region, backend in list(backends.items()):
                if backend.alarms:
                    self.evaluate(account, region)

    def evaluate(self, account: str, region: str) -> None:
        """Judge the alarms of one account and region."""
        with self._lock:
            for alarm in list(cloudwatch_backends[account][region].alarms.values()):
                self._evaluate(AlarmName(account, region, alarm.name), alarm)

    def forget(self, name: AlarmName) -> None:
        """An alarm was deleted or became one without contributors: no event says so."""
        with self._lock:
            self._judged.pop(name, None)
            self._seen.pop(name, None)
            self.contributors.forget(name)

    def observe(self, event: Mapping[str, Any]) -> None:
        """Take over the state that an event put in CloudWatch's name speaks of.

        Args:
            event: A contributor's or an alarm's state change, in its envelope; others are passed over.

        """
        detail = event["detail"]
        name, state = detail.get("alarmName"), detail.get("state") or {}
        if not name or "value" not in state:
            return
        alarm = AlarmName(event["account"], event["region"], name)
        reason = state.get("reason") or "Set by an event"
        with self._lock:
            if event["detail-type"] == alarm_events.CONTRIBUTOR_CHANGE:
                if told := detail.get("alarmContributor"):
                    self._observe_contributor(alarm, told, (state["value"], reason), self._when(state))
            elif event["detail-type"] == alarm_events.ALARM_CHANGE:
                self._set_silently(alarm, state["value"], reason, state.get("reasonData"))

    def _when(self, state: Mapping[str, Any]) -> datetime:
        """The transition's own time, as DescribeAlarmContributors answers it; now, where it says none."""
        try:
            told = datetime.fromisoformat(str(state.get("timestamp")))
        except ValueError:
            return self._moment()
        return told if told.tzinfo else told.replace(tzinfo=UTC)

    def _observe_contributor(
        self, alarm: AlarmName, told: Mapping[str, Any], state: tuple[str, str], since: datetime
    ) -> None:
        attributes, (value, reason) = told.get("attributes") or {}, state
        if value == ALARM:
            identity = told.get("id") or contributor_id(alarm, attributes)
            self.contributors.enter(alarm, Contributor(identity, attributes, reason, since))
        else:
            self.contributors.leave(alarm, attributes)
        configured = self._configured(alarm)
        if configured is not None:
            _set(configured, self._parent(alarm, configured.state_value))

    def _evaluate(self, name: AlarmName, alarm: Alarm) -> None:
        rule = alarm_settings.rule_of(alarm)
        query = alarm_settings.query_of(alarm)
        if rule is None:
            return
        if query is not None and query.namespace == NAMESPACE and query.by_contributor:
            self._judge_contributors(name, alarm, rule, query)
        elif (points := alarm_points.points(self.store, name, alarm, self._now())) is not None:
            verdict = alarm_math.judge(rule, points, self._now())
            if verdict is not None:
                self._apply(name, alarm, verdict)
            elif self._now() - self._seen.setdefault(name, self._now()) >= alarm_math.LATE:
                # CloudWatch evaluates every minute, a new alarm too; what it misses may be on its way.
                self._apply_without_data(name, alarm, rule)

    def _judge_contributors(self, name: AlarmName, alarm: Alarm, rule: alarm_math.Rule, query: Query) -> None:
        verdicts = self._ranked(name, rule, query)
        judged = self._judged.setdefault(name, {})
        known = {key for key in judged if key is not None}
        for key in sorted(known - verdicts.keys(), key=sorted):
            verdicts[key] = Verdict(OK, alarm_math.NO_CONTRIBUTOR_DATA)
        returned = [one for one in verdicts.values() if one.reason != alarm_math.NO_CONTRIBUTOR_DATA]
        for key, verdict in verdicts.items():
            if judged.get(key, OK) != verdict.state:
                self._change(name, alarm, dict(key), verdict)
            judged[key] = verdict.state
        in_alarm = len(self.contributors.of(name) or [])
        if in_alarm or returned:
            reason = f"{in_alarm} out of {max(len(returned), in_alarm)} time series evaluated to ALARM"
            self._apply(name, alarm, Verdict(ALARM if in_alarm else OK, reason))
        else:
            self._apply_without_data(name, alarm, rule)

    def _ranked(self, name: AlarmName, rule: alarm_math.Rule, query: Query) -> dict[Attributes, Verdict]:
        """What the data says of each series returned; beyond the limits the highest ranked count."""
        groups: dict[Attributes, list[Series]] = {}
        for series in self.store.find(name.account, name.region, query.namespace, query.metric):
            dimensions = dict(series.dimensions)
            if query.selects(dimensions):
                # "Other" is the group of the series that lack the label.
                key = frozenset((label, dimensions.get(label, "Other")) for label in query.group_by)
                groups.setdefault(key, []).append(series)
        ranked: list[tuple[float, Attributes, Verdict]] = []
        for key, members in groups.items():
            points = self._points(members, rule.period, query.statistic)
            verdict = alarm_math.judge(rule, points, self._now())
            if verdict is not None:
                total = sum(self._points(members, rule.period, query.order_by or query.statistic).values())
                ranked.append((-total if query.descending else total, key, verdict))
        ranked.sort(key=lambda one: (one[0], sorted(one[1])))
        chosen = ranked[: query.limit or LIMIT_SERIES]
        in_alarm = [key for _, key, verdict in chosen if verdict.state == ALARM][:LIMIT_IN_ALARM]
        displaced = Verdict(OK, f"More than {LIMIT_IN_ALARM} contributors are in ALARM")
        return {
            key: verdict if verdict.state == OK or key in in_alarm else displaced
            for _, key, verdict in chosen
        }

    def _points(self, series: Iterable[Series], period: int, statistic: str) -> dict[int, float]:
        now = self._now()
        buckets = self.store.buckets(series, period, now, alarm_points.since(period, now))
        return {start: one.value(statistic) for start, one in buckets.items()}

    def _change(self, name: AlarmName, alarm: Alarm, attributes: Mapping[str, str], verdict: Verdict) -> None:
        identity, moment = contributor_id(name, attributes), self._moment()
        if verdict.state == ALARM:
            changed = self.contributors.enter(name, Contributor(identity, attributes, verdict.reason, moment))
        else:
            changed = self.contributors.leave(name, attributes)
        if changed:
            state = (verdict.state, verdict.reason)
            event = alarm_events.contributor_change(name, alarm, (identity, attributes), state, moment)
            self._publish(name.account, name.region, event)

    def _apply(self, name: AlarmName, alarm: Alarm, verdict: Verdict | None) -> None:
        judged = self._judged.setdefault(name, {})
        if verdict is not None and judged.get(None) != verdict.state:
            judged[None] = verdict.state
            _set(alarm, verdict)

    def _apply_without_data(self, name: AlarmName, alarm: Alarm, rule: alarm_math.Rule) -> None:
        verdict = alarm_math.without_data(rule)
        judged = self._judged.setdefault(name, {})
        if verdict is not None and None not in judged and alarm.state_value != INSUFFICIENT_DATA:
            # A new alarm that somebody has set already: nothing was judged that could have changed.
            judged[None] = verdict.state
        self._apply(name, alarm, verdict)

    def _parent(self, name: AlarmName, current: str) -> Verdict:
        in_alarm = len(self.contributors.of(name) or [])
        state = ALARM if in_alarm else (OK if current == ALARM else current)
        return Verdict(state, f"{in_alarm} time series evaluated to ALARM")

    def _set_silently(self, name: AlarmName, state: str, reason: str, reason_data: str | None) -> None:
        alarm = self._configured(name)
        if alarm is not None:
            alarm.state_value, alarm.state_reason = state, reason
            alarm.state_reason_data = reason_data or "{}"
            alarm.state_updated_timestamp = self._moment().replace(tzinfo=None)

    def _configured(self, name: AlarmName) -> Alarm | None:
        return cloudwatch_backends[name.account][name.region].alarms.get(name.name)

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)


def _set(alarm: Alarm, verdict: Verdict) -> None:
    if alarm.state_value != verdict.state:
        alarm.update_state(verdict.reason, "{}", verdict.state)
