"""Logs Insights: what the dashboard asks, and nothing by guess."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.log_insights import InsightsError, answer

LINES = [
    "START RequestId: 1",
    json.dumps({"account": "a", "region": "r1", "opened": [1.0], "bytes": [3e9]}),
    json.dumps({"account": "a", "region": "r1", "refused": [1.0], "why": {"tier": "heavy"}}),
    json.dumps({"account": "b", "region": "r1", "opened": [1.0]}),
    json.dumps({"account": "b", "region": "r1", "opened": [1.0]}),
    json.dumps({"message": "no account"}),
]


def test_lines_are_filtered_grouped_and_sorted() -> None:
    query = (
        "filter ispresent(account) | stats count(opened.0) as opened, count(*) as lines, "
        "sum(bytes.0) / 1000000000 as GB by account, region | sort opened desc, lines | limit 5"
    )
    assert answer(query, LINES) == [
        {"account": "b", "region": "r1", "opened": "2", "lines": "2"},
        {"account": "a", "region": "r1", "opened": "1", "lines": "2", "GB": "3"},
    ]


def test_fields_within_fields_have_their_path() -> None:
    told = answer("filter ispresent(why.tier) | stats count(*) as times by why.tier", LINES)
    assert told == [{"why.tier": "heavy", "times": "1"}]


@pytest.mark.parametrize(
    "query",
    ["fields @message", "filter account = 'a'", "stats avg(x) as y by account", "sort", "limit x", ""],
)
def test_what_is_not_understood_is_refused(query: str) -> None:
    with pytest.raises(InsightsError):
        answer(query, LINES)


def test_a_query_is_asked_of_log_groups(engine: Engine, account: str) -> None:
    logs: Any = engine.client(account, "eu-west-1", "logs")
    now = int(time.time())
    for group in ("one", "two"):
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="s")
        events = [{"timestamp": now * 1000, "message": each} for each in LINES]
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    asked = {"logGroupNames": ["one", "two"], "startTime": now - 60, "endTime": now + 60}
    query = "filter ispresent(opened.0) | stats count(*) as times by account | sort times asc"
    identity = logs.start_query(**asked, queryString=query)["queryId"]
    results = logs.get_query_results(queryId=identity)["results"]
    rows = [{each["field"]: each["value"] for each in row} for row in results]
    assert rows == [{"account": "a", "times": "2"}, {"account": "b", "times": "4"}]
    with pytest.raises(ClientError, match="does not understand"):
        logs.start_query(**asked, queryString="fields @message")
