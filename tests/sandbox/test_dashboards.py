"""Dashboards: CloudFormation makes them, and bodies that CloudWatch would refuse are refused."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.dashboard_rules import findings
from tests.sandbox.templates import REGION, deploy, reasons, template

METRIC = {"metrics": [["AWS/EC2", "CPUUtilization", "InstanceId", "i-012345"]], "region": REGION}
WIDGET: dict[str, Any] = {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": METRIC}


def body(**changed: object) -> str:
    return json.dumps({"widgets": [{**WIDGET, **changed}]})


def test_a_dashboard_is_made_shown_and_deleted_by_its_stack(engine: Engine, account: str) -> None:
    properties = {
        "DashboardName": "ours",
        "DashboardBody": {"Fn::Sub": body().replace(REGION, "${AWS::Region}")},
    }
    resources = {"Ours": {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}}
    stack = deploy(engine, account, "test", template(resources))
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(engine, account, "test")
    cloudwatch = engine.client(account, REGION, "cloudwatch")
    found = cloudwatch.get_dashboard(DashboardName="ours")
    assert json.loads(found["DashboardBody"]) == json.loads(body())
    engine.client(account, REGION, "cloudformation").delete_stack(StackName="test")
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []


def test_a_body_that_cloudwatch_refuses_is_refused(engine: Engine, account: str) -> None:
    cloudwatch = engine.client(account, REGION, "cloudwatch")
    with pytest.raises(ClientError, match="region"):
        cloudwatch.put_dashboard(
            DashboardName="ours", DashboardBody=body(properties={"metrics": [["N", "M"]]})
        )
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "/: not JSON"),
        ("{}", "/widgets: should be an array"),
        (body(type="picture"), "/widgets/0/type"),
        (body(x=13), "leave the grid"),
        (body(width=25), "leave the grid"),
        (body(height=0), "leaves the grid"),
        (body(color="red"), "additional property 'color'"),
        (body(properties={**METRIC, "view": "cake"}), "/view"),
        (body(properties={**METRIC, "period": 90}), "no multiple of 60"),
        (body(properties={**METRIC, "stat": "Mean"}), "no statistic"),
        (body(properties={"region": REGION}), "neither metrics nor an alarm"),
        (body(properties={**METRIC, "metrics": [["AWS/EC2"]]}), "pairs of dimensions"),
        (body(properties={**METRIC, "metrics": [["N", "M", "D"]]}), "pairs of dimensions"),
        (body(properties={**METRIC, "metrics": [["N", "M", {"id": "a"}], ["N", "O", {"id": "a"}]]}), "twice"),
        (body(properties={**METRIC, "metrics": [["N", "M", {"expression": "a+b"}]]}), "no metric of its own"),
        (body(type="log", properties={"region": REGION}), "required property 'query'"),
        (body(type="text", properties={}), "required property 'markdown'"),
        (body(type="alarm", properties={"alarms": ["spike"]}), "no alarm's ARN"),
        (json.dumps({"widgets": [], "start": "yesterday"}), "no relative time"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, found: str) -> None:
    [told] = findings(text)
    assert found in told


def test_what_the_reference_shows_is_accepted() -> None:
    """The example of "Dashboard Body Structure and Syntax"."""
    metric = {**METRIC, "period": 300, "stat": "Average", "title": "CPU", "liveData": False}
    widgets = [
        {**WIDGET, "properties": {**metric, "legend": {"position": "right"}}},
        {"type": "text", "x": 0, "y": 7, "width": 3, "height": 3, "properties": {"markdown": "Hello world"}},
    ]
    assert findings(json.dumps({"start": "-PT6H", "periodOverride": "inherit", "widgets": widgets})) == []
