"""CloudWatch's API where moto keeps alarms but nothing ever happens to them.

The seams: PutMetricData also feeds the alarms, a change of state is told to EventBridge and SNS,
DescribeAlarmContributors is answered, PutMetricAlarm is as strict as AWS and keeps an alarm's state. What was
put is read back through `metric_api`.
"""

import time
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import CloudWatchException, ResourceNotFoundException
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from scripts.sandbox.engine import alarm_actions, alarm_events, alarm_settings, metric_api, put_events
from scripts.sandbox.engine.alarm_math import INSUFFICIENT_DATA
from scripts.sandbox.engine.alarms import NAMESPACE, Alarms
from scripts.sandbox.engine.contributors import AlarmName
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.events import publish
from scripts.sandbox.engine.metric_store import Series, Statistics
from scripts.sandbox.engine.seams import add, replace
from scripts.sandbox.engine.ticking import every

PAGE = 50
TICK_SECONDS = 1.0


class InvalidNextTokenError(CloudWatchException):
    """The page asked for is not one that was offered."""

    code = "InvalidNextToken"


def statistics_of(datum: dict[str, Any]) -> Statistics:
    """Add up one entry of PutMetricData: a value, values with counts, or a statistics set."""
    if found := datum.get("StatisticValues"):
        total, count, least, most = (
            float(found[name]) for name in ("Sum", "SampleCount", "Minimum", "Maximum")
        )
        return Statistics(total, count, least, most)
    values = [float(value) for value in datum.get("Values") or [datum.get("Value", 0)]]
    counts = [float(count) for count in datum.get("Counts") or [1] * len(values)]
    counted = tuple(zip(values, counts, strict=True))
    total = sum(value * count for value, count in counted)
    return Statistics(total, sum(counts), min(values), max(values), counted)


def contributors_page(alarms: Alarms, name: AlarmName, *, exists: bool, token: str | None) -> dict[str, Any]:
    """One page of DescribeAlarmContributors: only those in ALARM.

    Raises:
        ResourceNotFoundException: The alarm does not exist and no event spoke of it.
        InvalidNextTokenError: The token is none of ours.

    """
    found = alarms.contributors.of(name)
    if found is None and not exists:
        raise ResourceNotFoundException
    found = found or []
    if token and token not in {one.id for one in found}:
        raise InvalidNextTokenError("The next token is not valid.")
    rest = [one for one in found if not token or one.id > token]
    page = rest[:PAGE]
    told = [
        {
            "ContributorId": one.id,
            "ContributorAttributes": dict(one.attributes),
            "StateReason": one.reason,
            "StateTransitionedTimestamp": one.since,
        }
        for one in page
    ]
    more = {"NextToken": page[-1].id} if len(rest) > PAGE else {}
    return {"AlarmContributors": told, **more}


def install(engine: Engine) -> None:
    """Bring the alarms to life."""
    alarms = Alarms(lambda account, region, event: publish(engine, account, region, event))
    _feed(alarms)
    _keep_alarms(alarms)
    _tell_changes(engine)
    _answer_contributors(alarms)
    metric_api.install(alarms.store)
    put_events.cloudwatch_observers.append(alarms.observe)
    every(engine, TICK_SECONDS, alarms.evaluate_all, "alarms")


def _feed(alarms: Alarms) -> None:
    def put_metric_data(original: Any) -> Any:
        def fed(self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
            original(self, namespace, metric_data)
            now = time.time()
            for datum in metric_data:
                dimensions = frozenset((one["Name"], one["Value"]) for one in datum.get("Dimensions") or ())
                series = Series(self.account_id, self.region_name, namespace, datum["MetricName"], dimensions)
                stamp = _seconds(datum.get("Timestamp"), now)
                unit = datum.get("Unit") or "None"
                alarms.store.add(series, stamp, statistics_of(datum), now, unit)
            if namespace == NAMESPACE:
                alarms.evaluate(self.account_id, self.region_name)

        return fed

    replace(CloudWatchBackend, "put_metric_data", put_metric_data)


def _seconds(stamp: Any, now: float) -> float:
    if stamp is None:
        return now
    if isinstance(stamp, datetime):
        return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()
    return float(stamp)


def _keep_alarms(alarms: Alarms) -> None:
    def put_metric_alarm(original: Any) -> Any:
        def checked(self: CloudWatchBackend, **settings: Any) -> Alarm:
            if settings.get("rule") is None:
                alarm_settings.check(settings)
            alarm_actions.check(settings)
            former = self.alarms.get(settings["name"])
            made: Alarm = original(self, **settings)
            if former is None:
                made.state_value = INSUFFICIENT_DATA
            else:
                # "When you update an existing alarm, its state is left unchanged."
                for field in ("value", "reason", "reason_data", "updated_timestamp"):
                    setattr(made, f"state_{field}", getattr(former, f"state_{field}"))
            query = alarm_settings.query_of(made)
            if query is None or not query.by_contributor:
                alarms.forget(AlarmName(self.account_id, self.region_name, made.name))
            return made

        return checked

    def delete_alarms(original: Any) -> Any:
        def forgotten(self: CloudWatchBackend, alarm_names: list[str]) -> None:
            original(self, alarm_names)
            for name in alarm_names:
                alarms.forget(AlarmName(self.account_id, self.region_name, name))

        return forgotten

    replace(CloudWatchBackend, "put_metric_alarm", put_metric_alarm)
    replace(CloudWatchBackend, "delete_alarms", delete_alarms)


def _tell_changes(engine: Engine) -> None:
    def update_state(original: Any) -> Any:
        def told(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
            previous = alarm_events.state_of(self)
            original(self, reason, reason_data, state_value)
            if previous["value"] == state_value:
                return
            account = self.alarm_arn.split(":")[4]
            name = AlarmName(account, self.region_name, self.name)
            publish(engine, account, self.region_name, alarm_events.alarm_change(name, self, previous))
            alarm_actions.run(engine, self, account, previous["value"])

        return told

    replace(Alarm, "update_state", update_state)


def _answer_contributors(alarms: Alarms) -> None:
    def describe_alarm_contributors(self: CloudWatchResponse) -> ActionResult:
        name = AlarmName(self.current_account, self.region, self._get_param("AlarmName"))
        exists = name.name in self.cloudwatch_backend.alarms
        token = self._get_param("NextToken")
        return ActionResult(contributors_page(alarms, name, exists=exists, token=token))

    add(CloudWatchResponse, "describe_alarm_contributors", describe_alarm_contributors)
