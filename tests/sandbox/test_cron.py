import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.cron import parse_cron
from scripts.sandbox.engine.schedule_times import Span, first, following, parse
from tests.sandbox.eventually import eventually

REGION = "eu-west-1"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "zone", "due"),
    [
        ("cron(0 7 * * ? *)", "UTC", "2026-11-24T07:00:00+00:00"),
        ("cron(0 15 * * ? *)", "UTC", "2026-11-24T15:00:00+00:00"),
        ("cron(30 15 * * ? *)", "UTC", "2026-11-23T15:30:00+00:00"),
        ("cron(0/20 * * * ? *)", "UTC", "2026-11-23T15:20:00+00:00"),
        ("cron(0 7 ? * MON-FRI *)", "UTC", "2026-11-24T07:00:00+00:00"),
        ("cron(0 7 ? * SUN *)", "UTC", "2026-11-29T07:00:00+00:00"),
        ("cron(0 7 ? * 2 *)", "UTC", "2026-11-30T07:00:00+00:00"),
        ("cron(0 7 1,15 JAN ? *)", "UTC", "2027-01-01T07:00:00+00:00"),
        ("cron(0 0 29 2 ? *)", "UTC", "2028-02-29T00:00:00+00:00"),
        ("cron(0 7 * * ? *)", "Europe/Vienna", "2026-11-24T06:00:00+00:00"),
    ],
)
def test_the_next_time_is_the_one_that_aws_would_choose(expression: str, zone: str, due: str) -> None:
    found = first(parse(expression, zone), NOW)
    assert found
    assert datetime.fromtimestamp(found, UTC).isoformat() == due


def test_what_was_missed_is_not_made_up_for_and_an_end_is_an_end() -> None:
    daily = parse("cron(0 7 * * ? *)")
    assert following(daily, NOW, NOW + 10 * 86400) == first(daily, NOW + 10 * 86400)
    assert following(daily, NOW, NOW, Span(end=NOW + 3600)) is None
    assert first(parse("cron(0 7 * * ? 2020)"), NOW) is None


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 7 * * *)",
        "cron(0 7 * * * *)",
        "cron(0 7 ? * ? *)",
        "cron(60 7 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 7 0 * ? *)",
        "cron(0 7 * 13 ? *)",
        "cron(0 7 ? * 8 *)",
        "cron(0 7 L * ? *)",
        "cron(0/0 7 * * ? *)",
        "cron(? 7 * * ? *)",
    ],
)
def test_an_expression_that_aws_would_refuse_or_that_is_not_fired_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"fields|\?|within|none of"):
        parse_cron(expression)


def _fire(engine: Engine, **asked: str) -> dict[str, Any]:
    body = json.dumps(asked).encode()
    with urllib.request.urlopen(f"{engine.endpoint}/sandbox/fire", body, timeout=5) as answer:  # noqa: S310
        told: dict[str, Any] = json.loads(answer.read())
        return told


def test_a_daily_rule_is_fired_when_somebody_asks(engine: Engine, account: str) -> None:
    events, sqs = engine.client(account, REGION, "events"), engine.client(account, REGION, "sqs")
    arn = f"arn:aws:sqs:{REGION}:{account}:told"
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    url = sqs.create_queue(QueueName="told", Attributes={"Policy": json.dumps({"Statement": [allow]})})
    rule = events.put_rule(Name="digest", ScheduleExpression="cron(0 7 * * ? *)")["RuleArn"]
    events.put_targets(Rule="digest", Targets=[{"Id": "queue", "Arn": arn}])
    assert _fire(engine, account=account, region=REGION, rule="digest") == {"fired": "digest"}
    [message] = eventually(lambda: sqs.receive_message(QueueUrl=url["QueueUrl"]).get("Messages", []))
    event = json.loads(message["Body"])
    assert (event["detail-type"], event["resources"]) == ("Scheduled Event", [rule])
    events.disable_rule(Name="digest")
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        _fire(engine, account=account, region=REGION, rule="digest")
    refused.value.close()
