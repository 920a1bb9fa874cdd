"""The hub's dashboard and the alarms beside it: what they show is what is measured, and all of it."""

import itertools
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from hub.domain.measures import METRICS, SHARED
from orgconfig.models import OrgConfig
from scripts.demonstration.dashboard import Asking, page
from scripts.sandbox.engine import dashboard_rules
from scripts.sandbox.engine.core import Engine
from tests.templates.reading import Template

# A name with its dimensions' values, as CloudWatch tells metrics apart.
Series = tuple[str, frozenset[tuple[str, str]]]
EMITTED: frozenset[Series] = frozenset(
    (each.name, frozenset({(each.dimension, value)} if each.dimension else ()))
    for each in METRICS
    for value in (each.values or ("",))
)
REFUSED = "onsets_refused"


@pytest.fixture
def body(hub: Template) -> str:
    """As CloudFormation fills it in."""
    text = hub["Dashboard"]["DashboardBody"]
    text = text["Fn::Sub"] if isinstance(text, dict) else text
    known = {"Partition": "aws", "Region": "eu-west-1", "AccountId": "222222222222"}
    for name, value in known.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    assert "${" not in text
    return str(text)


@pytest.fixture
def widgets(body: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body)["widgets"]
    return found


def shown(widgets: list[dict[str, Any]]) -> Iterator[tuple[str, Series]]:
    """Namespace and series of every metric that is named."""
    for widget in widgets:
        for metric in widget["properties"].get("metrics", []):
            named = [each for each in metric if isinstance(each, str)]
            if named:
                pairs = zip(named[2::2], named[3::2], strict=True)
                yield named[0], (named[1], frozenset(pairs))


def expressions(widgets: list[dict[str, Any]]) -> list[str]:
    found = (each for widget in widgets for each in widget["properties"].get("metrics", []))
    return [each[-1]["expression"] for each in found if "expression" in each[-1]]


def queries(widgets: list[dict[str, Any]]) -> list[str]:
    return [each["properties"]["query"] for each in widgets if each["type"] == "log"]


def test_its_body_is_one_that_cloudwatch_takes(body: str) -> None:
    assert dashboard_rules.findings(body) == []


def test_every_metric_that_it_shows_is_measured(widgets: list[dict[str, Any]], config: OrgConfig) -> None:
    own = {series for namespace, series in shown(widgets) if namespace == config.namespace}
    assert own
    assert own <= EMITTED
    assert {namespace for namespace, _ in shown(widgets)} == {config.namespace, "AWS/SQS", "AWS/States"}


def test_every_metric_that_is_measured_is_shown(widgets: list[dict[str, Any]], config: OrgConfig) -> None:
    own = {series for namespace, series in shown(widgets) if namespace == config.namespace}
    searched = [each for each in expressions(widgets) if each.startswith("SEARCH(")]
    assert searched == [f"SEARCH('{{{config.namespace},reason}} MetricName=\"{REFUSED}\"', 'Sum', 300)"]
    assert {series for series in EMITTED if series[0] != REFUSED} == own


def test_what_is_asked_of_the_logs_are_fields_of_the_lines_of_metrics(widgets: list[dict[str, Any]]) -> None:
    names = {each.name for each in METRICS}
    asked = {name for query in queries(widgets) for name in re.findall(r"(\w+)\.0\b", query)}
    assert asked
    assert asked <= names


def test_it_asks_logs_and_queues_and_machines_that_the_hub_has(
    widgets: list[dict[str, Any]], hub: Template
) -> None:
    groups = {each["LogGroupName"] for each in hub.of_type("AWS::Logs::LogGroup").values()}
    sources = {each for query in queries(widgets) for each in re.findall(r"SOURCE '([^']+)'", query)}
    assert sources
    assert sources <= groups
    dimensions = dict(pair for _, (_, pairs) in shown(widgets) for pair in pairs)
    queues = {each["QueueName"] for each in hub.of_type("AWS::SQS::Queue").values()}
    machines = {each["StateMachineName"] for each in hub.of_type("AWS::StepFunctions::StateMachine").values()}
    assert dimensions["QueueName"] in queues
    assert dimensions["StateMachineArn"].rpartition(":")[2] in machines


def test_it_shows_every_alarm_about_the_hub(widgets: list[dict[str, Any]], hub: Template) -> None:
    [told] = [each["properties"]["alarms"] for each in widgets if each["type"] == "alarm"]
    alarms = {each["AlarmName"] for each in hub.of_type("AWS::CloudWatch::Alarm").values()}
    assert {each.rpartition(":alarm:")[2] for each in told} == alarms
    assert len(told) == len(alarms)


def test_cloudwatch_and_logs_insights_answer_whatever_it_asks(
    widgets: list[dict[str, Any]], engine: Engine, account: str
) -> None:
    logs, now = engine.client(account, "eu-west-1", "logs"), int(time.time())
    for group in {each for query in queries(widgets) for each in re.findall(r"SOURCE '([^']+)'", query)}:
        logs.create_log_group(logGroupName=group)
    asking = Asking(engine.client(account, "eu-west-1", "cloudwatch"), logs, (now - 3600, now))
    shown_as = [asking.widget(each) for each in widgets]
    labels = {label for each in shown_as for label, _ in each.numbers}
    assert {"opened", "MB of records", "attempts that failed"} <= labels
    lines = [line.label for each in shown_as if each.chart for line in each.chart.series]
    assert len(lines) > 10
    assert len(set(lines)) > len(lines) / 2
    text = page(asking, {"widgets": widgets})
    assert text.count("<section") == len(widgets)


def test_no_two_widgets_cover_each_other(widgets: list[dict[str, Any]]) -> None:
    covered = [
        {
            (x, y)
            for x in range(each["x"], each["x"] + each["width"])
            for y in range(each["y"], each["y"] + each["height"])
        }
        for each in widgets
    ]
    assert not any(one & other for one, other in itertools.combinations(covered, 2))


def test_alarms_on_the_hubs_own_metrics_watch_what_is_measured(hub: Template, config: OrgConfig) -> None:
    overdue = hub["OverdueAlarm"]
    assert (overdue["Namespace"], overdue["MetricName"]) == (config.namespace, "recordings_overdue")
    assert (overdue["MetricName"], frozenset[tuple[str, str]]()) in EMITTED
    metrics = [each["MetricStat"]["Metric"] for each in hub["QuotaAlarm"]["Metrics"] if "MetricStat" in each]
    watched = {(each["MetricName"], each["Dimensions"][0]["Value"]) for each in metrics}
    assert watched == {("quota_used", scope) for scope in SHARED}
    assert {each["Namespace"] for each in metrics} == {config.namespace}


def test_a_quota_wakes_at_eighty_per_cent_and_the_dashboard_shows_that_line(
    widgets: list[dict[str, Any]], hub: Template
) -> None:
    alarm = hub["QuotaAlarm"]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (80, "GreaterThanOrEqualToThreshold")
    lines = [each["properties"]["annotations"] for each in widgets if "annotations" in each["properties"]]
    assert [each["horizontal"][0]["value"] for each in lines] == [80]


def test_half_an_hour_without_a_successful_sweep_wakes_also_where_none_begins(hub: Template) -> None:
    alarm = hub["NoSweepAlarm"]
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 30 * 60
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Dimensions"] == [
        {"Name": "StateMachineArn", "Value": {"Fn::GetAtt": ["SweepMachine", "Arn"]}}
    ]
