"""Event patterns, as the EventBridge guide describes them."""

import json
from typing import Any

import pytest

from scripts.sandbox.engine.patterns import PatternError, check, matches
from scripts.sandbox.engine.target_input import InputError, RuleName, render

EVENT: dict[str, Any] = {
    "id": "e-1",
    "source": "aws.cloudwatch",
    "account": "111111111111",
    "time": "2026-11-20T10:00:00Z",
    "resources": ["arn:aws:cloudwatch:eu-west-1:111111111111:alarm:natrec-standard-upload-zonal"],
    "detail": {
        "alarmName": "natrec-standard-upload-zonal",
        "empty": None,
        "count": 7,
        "ratio": 7.0,
        "address": "10.1.2.3",
        "state": {"value": "ALARM"},
        "configuration": {
            "metrics": [
                {"id": "e1", "expression": "SUM(METRICS())"},
                {"id": "m1", "metricStat": {"metric": {"dimensions": {"NatGatewayId": "nat-1"}}}},
            ]
        },
    },
}


def in_detail(**fields: object) -> dict[str, Any]:
    return {"detail": fields}


NESTED_GATEWAY = {"metricStat": {"metric": {"dimensions": {"NatGatewayId": [{"exists": True}]}}}}
MATCHING: list[dict[str, Any]] = [
    {},
    {"source": ["aws.ec2", "aws.cloudwatch"]},
    {"resources": [{"prefix": "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:natrec-"}]},
    in_detail(alarmName=[{"suffix": "-zonal"}]),
    in_detail(alarmName=[{"prefix": {"equals-ignore-case": "NATREC-"}}]),
    in_detail(alarmName=[{"suffix": {"equals-ignore-case": "ZONAL"}}]),
    in_detail(alarmName=[{"wildcard": "natrec-*-upload-*"}]),
    in_detail(alarmName=[{"equals-ignore-case": "NATREC-standard-UPLOAD-zonal"}]),
    in_detail(alarmName=[{"anything-but": ["a", "b"]}]),
    in_detail(alarmName=[{"anything-but": {"prefix": "other-"}}]),
    in_detail(alarmName=[{"anything-but": {"wildcard": ["x*", "y*"]}}]),
    in_detail(count=[{"numeric": [">", 5, "<=", 7]}]),
    in_detail(count=[7]),
    in_detail(address=[{"cidr": "10.1.0.0/16"}]),
    in_detail(empty=[None]),
    in_detail(missing=[{"exists": False}]),
    in_detail(missing=["x", {"exists": False}]),
    in_detail(state=[{"exists": False}]),
    in_detail(state={"value": [{"exists": True}]}),
    in_detail(configuration={"metrics": NESTED_GATEWAY}),
    in_detail(configuration={"metrics": {"id": ["m1"]}}),
    {"$or": [{"source": ["x"]}, {"account": ["111111111111"]}]},
    in_detail(**{"$or": [{"count": [1]}, {"state": {"value": ["ALARM"]}}]}),
]
NOT_MATCHING: list[dict[str, Any]] = [
    {"source": ["aws.ec2"]},
    in_detail(alarmName=[{"prefix": "zonal"}]),
    in_detail(alarmName=[{"wildcard": "natrec-*-download-*"}]),
    in_detail(alarmName=[{"anything-but": {"prefix": ["natrec-"]}}]),
    in_detail(alarmName=[{"anything-but": "natrec-standard-upload-zonal"}]),
    in_detail(count=[{"numeric": [">", 7]}]),
    in_detail(alarmName=[{"numeric": ["=", 7]}]),
    in_detail(ratio=[7]),
    in_detail(count=["7"]),
    in_detail(count=[True]),
    in_detail(address=[{"cidr": "10.2.0.0/16"}]),
    in_detail(alarmName=[{"cidr": "10.2.0.0/16"}]),
    in_detail(missing=[None]),
    in_detail(missing=[{"anything-but": "x"}]),
    in_detail(alarmName=[{"exists": False}]),
    in_detail(state=["ALARM"]),
    in_detail(state={"value": ["ALARM"], "reason": ["x"]}),
    in_detail(configuration={"metrics": {"id": ["m2"]}}),
    {"$or": [{"source": ["x"]}, {"account": ["2"]}]},
]


@pytest.mark.parametrize("pattern", MATCHING, ids=json.dumps)
def test_the_event_matches(pattern: dict[str, Any]) -> None:
    check(pattern)
    assert matches(pattern, EVENT)


@pytest.mark.parametrize("pattern", NOT_MATCHING, ids=json.dumps)
def test_the_event_does_not_match(pattern: dict[str, Any]) -> None:
    check(pattern)
    assert not matches(pattern, EVENT)


def test_an_escaped_star_in_a_wildcard_is_a_star() -> None:
    assert matches({"a": [{"wildcard": r"x\**"}]}, {"a": "x*yz"})
    assert not matches({"a": [{"wildcard": r"x\**"}]}, {"a": "xyz"})


REFUSED: list[object] = [
    {"source": "aws.ec2"},
    {"source": []},
    {"source": [{"starts-with": "aws"}]},
    {"source": [{"prefix": "a", "suffix": "b"}]},
    {"source": [["a"]]},
    {"detail": {"a": [{"exists": "true"}]}},
    {"detail": {"a": [{"numeric": [">"]}]}},
    {"detail": {"a": [{"numeric": ["~", 1]}]}},
    {"detail": {"a": [{"cidr": "10.0.0.0/40"}]}},
    {"detail": {"a": [{"anything-but": {"numeric": [">", 1]}}]}},
    {"$or": [{"source": ["a"]}]},
    ["source"],
]


@pytest.mark.parametrize("pattern", REFUSED, ids=json.dumps)
def test_a_pattern_that_eventbridge_refuses_is_refused(pattern: object) -> None:
    with pytest.raises(PatternError):
        check(pattern)


RULE = RuleName("arn:aws:events:eu-west-1:111111111111:rule/r", "r")


def test_without_input_settings_the_whole_event_is_sent() -> None:
    assert json.loads(render({}, EVENT, RULE)) == EVENT


def test_a_constant_input_is_sent_as_it_stands() -> None:
    assert render({"Input": '{"a": 1}'}, EVENT, RULE) == '{"a": 1}'


def test_an_input_path_sends_the_part_it_names() -> None:
    assert json.loads(render({"InputPath": "$.detail.state"}, EVENT, RULE)) == {"value": "ALARM"}


def test_a_transformer_places_values_by_their_json_type() -> None:
    transformer = {
        "InputPathsMap": {
            "n": "$.detail.count",
            "s": "$.account",
            "list": "$.resources",
            "none": "$.detail.x",
        },
        "InputTemplate": '{"n": <n>, "s": <s>, "text": "<s> has <n><none>", "all": <list>, "x": <none>}',
    }
    assert json.loads(render({"InputTransformer": transformer}, EVENT, RULE)) == {
        "n": 7,
        "s": "111111111111",
        "text": "111111111111 has 7",
        "all": EVENT["resources"],
        "x": None,
    }


def test_a_transformer_knows_the_rule_and_the_event() -> None:
    time = "<aws.events.event.ingestion-time>"
    template = f'{{"rule": <aws.events.rule-name>, "at": {time}, "e": <aws.events.event.json>}}'
    text = render({"InputTransformer": {"InputTemplate": template}}, EVENT, RULE)
    assert json.loads(text) == {"rule": "r", "at": EVENT["time"], "e": EVENT}


def test_quotes_in_a_value_do_not_break_the_template() -> None:
    event = {**EVENT, "detail": {"reason": 'said "no"'}}
    transformer = {"InputPathsMap": {"r": "$.detail.reason"}, "InputTemplate": '"it <r>"'}
    assert json.loads(render({"InputTransformer": transformer}, event, RULE)) == 'it said "no"'


def test_a_path_that_is_not_read_here_is_refused_loudly() -> None:
    with pytest.raises(InputError):
        render({"InputPath": "$.resources[*]"}, EVENT, RULE)
