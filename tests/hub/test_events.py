import json
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.alarms import Transition
from hub.domain.by_hand import MANUAL, ByHand
from hub.domain.errors import EventRejected
from hub.events import asking, onset, transition
from tests import factories

EXPRESSION = {"id": "e1", "expression": "SUM(METRICS())", "label": "all", "returnData": True}
BAND = {"id": "ad1", "expression": "ANOMALY_DETECTION_BAND(m1, 3)", "label": "band", "returnData": True}


def changed(event: dict[str, Any], *path: str | int, to: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(event))
    place: Any = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return copy


def without(event: dict[str, Any], *path: str) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(event))
    place: Any = copy
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return copy


def test_a_fleet_alarms_contributor_names_its_gateway() -> None:
    told = transition(factories.contributor_event())
    assert told == Transition(
        gateway=factories.gateway_ref(),
        alarm=factories.ALARM,
        state="ALARM",
        at=datetime(2026, 11, 23, 6, 10, 18, 919000, tzinfo=UTC),
        reason="Threshold Crossed: 3 datapoints were greater than the threshold (1.0E9).",
        told_at=datetime(2026, 11, 23, 6, 10, 18, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-23T06:10:18.919+0000",
        "2026-11-23T06:10:18.919Z",
        "2026-11-23T06:10:18.919+00:00",
        "2026-11-23T06:10:18.919",
        "2026-11-23T07:10:18.919+0100",
    ],
)
def test_a_timestamp_is_understood_with_and_without_a_colon_or_a_zone(stamp: str) -> None:
    event = changed(factories.contributor_event(), "detail", "state", "timestamp", to=stamp)
    assert transition(event).at == datetime(2026, 11, 23, 6, 10, 18, 919000, tzinfo=UTC)


def test_a_regional_gateways_contributor_may_name_its_zone_too() -> None:
    attributes = {"AvailabilityZone": "eu-west-1a", "NatGatewayId": factories.NAT}
    event = changed(factories.contributor_event(), "detail", "alarmContributor", "attributes", to=attributes)
    assert transition(event).gateway == factories.gateway_ref()


@pytest.mark.parametrize(
    "metrics",
    [
        [factories.metric()],
        [EXPRESSION, factories.metric()],
        [factories.metric(), BAND],
        [BAND, EXPRESSION, factories.metric("", "m0"), factories.metric()],
    ],
)
def test_an_ordinary_alarm_may_name_the_gateway_in_any_of_its_metrics(metrics: list[dict[str, Any]]) -> None:
    told = transition(factories.ordinary_event(*metrics))
    assert (told.gateway, told.alarm) == (factories.gateway_ref(), "natrec-custom-ports")


def test_a_mute_rule_of_cloudwatch_is_noticed() -> None:
    mute = {"mutedByArn": "arn:aws:cloudwatch:eu-west-1:444444444444:mute-rule:m"}
    assert transition(changed(factories.contributor_event(), "detail", "muteDetail", to=mute)).muted
    assert not transition(factories.contributor_event()).muted


def test_account_and_region_are_the_envelopes_whatever_the_detail_says() -> None:
    event = factories.contributor_event()
    event["detail"] |= {"account": "999999999999", "region": "us-east-1"}
    event["detail"]["alarmContributor"]["attributes"] |= {"account": "999999999999", "Region": "us-east-1"}
    event["resources"] = ["arn:aws:cloudwatch:us-east-1:999999999999:alarm:other"]
    place = transition(event).gateway
    assert (place.account, place.region) == (factories.ACCOUNT, factories.REGION)


def test_fields_that_aws_may_add_are_passed_over() -> None:
    event = factories.contributor_event(novelty={"a": 1})
    event["detail"]["state"]["evaluationState"] = "PARTIAL_DATA"
    assert transition(event).gateway == factories.gateway_ref()


PARENT = factories.ordinary_event(EXPRESSION, alarm=factories.ALARM)
COMPOSITE = factories.ordinary_event(
    alarm="natrec-custom-both",
    configuration={"alarmRule": "ALARM(a) AND ALARM(b)", "actionsSuppressor": "s"},
)
CONTRIBUTOR = factories.contributor_event()


@pytest.mark.parametrize("event", [PARENT, COMPOSITE, factories.ordinary_event(BAND)])
def test_an_alarm_that_names_no_gateway_is_about_none(event: dict[str, Any]) -> None:
    assert not transition(event).gateway.is_named


@pytest.mark.parametrize(
    "gateway",
    ["", "nat-", "i-0123456789abcdef0", "nat-0123456789ABCDEF0", "nat-0123456789abcdef0\n", "nat-0 or 1=1"],
)
def test_what_is_no_gateway_id_names_none(gateway: str) -> None:
    named = {"NatGatewayId": gateway}
    event = changed(CONTRIBUTOR, "detail", "alarmContributor", "attributes", to=named)
    assert transition(event).gateway.gateway == ""


NESTED: Any = []
for _ in range(20_000):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "event",
        {},
        without(CONTRIBUTOR, "account"),
        without(CONTRIBUTOR, "detail"),
        without(CONTRIBUTOR, "detail", "alarmName"),
        without(CONTRIBUTOR, "detail", "state"),
        without(CONTRIBUTOR, "detail", "alarmContributor"),
        changed(CONTRIBUTOR, "source", to="my.app"),
        changed(CONTRIBUTOR, "detail-type", to="CloudWatch Alarm Configuration Change"),
        changed(CONTRIBUTOR, "account", to="12345678901"),
        changed(CONTRIBUTOR, "account", to="٤٤٤٤٤٤٤٤٤٤٤٤"),  # digits, but not of an account
        changed(CONTRIBUTOR, "account", to=444444444444),
        changed(CONTRIBUTOR, "region", to="eu-west-1\n"),
        changed(CONTRIBUTOR, "region", to="../eu-west-1"),
        changed(CONTRIBUTOR, "detail", "alarmName", to="a" * 256),
        changed(CONTRIBUTOR, "detail", "alarmName", to="\ud800"),
        changed(CONTRIBUTOR, "detail", "alarmContributor", "attributes", to={"NatGatewayId": 7}),
        changed(CONTRIBUTOR, "detail-type", to="\ud800"),
        changed(CONTRIBUTOR, "detail", "alarmName", to=7),
        changed(CONTRIBUTOR, "detail", "alarmName", to=None),
        changed(CONTRIBUTOR, "time", to=1795000000),
        changed(CONTRIBUTOR, "detail", "state", "value", to="MAYBE"),
        changed(CONTRIBUTOR, "detail", "state", "timestamp", to="yesterday"),
        changed(CONTRIBUTOR, "detail", "state", "timestamp", to=20261123),
        changed(CONTRIBUTOR, "detail", "state", "timestamp", to="0001-01-01T00:00:00+1400"),
        changed(CONTRIBUTOR, "detail", "state", "timestamp", to="9999-12-31T23:59:59-1400"),
        {
            **CONTRIBUTOR,
            "detail": {**CONTRIBUTOR["detail"], "state": {"value": "ALARM", "timestamp": NESTED}},
        },
        changed(factories.ordinary_event(), "detail", "configuration", "metrics", to=["x"] * 100_000),
    ],
)
def test_what_is_no_alarm_event_is_rejected(event: object) -> None:
    with pytest.raises(EventRejected) as rejected:
        transition(event)
    assert len(str(rejected.value)) < 2_000  # it becomes the execution's cause


def test_a_gateway_that_is_no_text_names_none() -> None:
    event = factories.ordinary_event()
    metric = {"metricStat": {"metric": {"dimensions": {"NatGatewayId": NESTED}}}}
    event["detail"] = {**event["detail"], "configuration": {"metrics": [metric]}}
    assert not transition(event).gateway.is_named


@pytest.mark.parametrize(
    "path",
    [
        ("account",),
        ("source",),
        ("detail-type",),
        ("time",),
        ("detail", "alarmContributor"),
        ("detail", "state", "value"),
        ("detail", "state", "timestamp"),
    ],
)
@pytest.mark.parametrize("value", ["SECRET-SECRET", ["SECRET"], [{"SECRET": "SECRET"}]])
def test_a_rejection_says_where_and_does_not_repeat_what_the_event_said(
    path: tuple[str, ...], value: object
) -> None:
    with pytest.raises(EventRejected) as rejected:
        transition(changed(CONTRIBUTOR, *path, to=value))
    assert "SECRET" not in "".join(traceback.format_exception(rejected.value))
    assert path[0] in str(rejected.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_a_transition_or_rejected(event: object) -> None:
    assert understood_or_rejected(event)


PATHS: tuple[tuple[str, ...], ...] = (
    ("account",),
    ("region",),
    ("detail-type",),
    ("detail",),
    ("detail", "alarmName"),
    ("detail", "alarmContributor"),
    ("detail", "alarmContributor", "attributes"),
    ("detail", "alarmContributor", "attributes", "NatGatewayId"),
    ("detail", "state"),
    ("detail", "state", "value"),
    ("detail", "state", "reason"),
    ("detail", "state", "timestamp"),
    ("detail", "configuration"),
    ("detail", "configuration", "metrics"),
    ("detail", "muteDetail"),
)


@given(st.sampled_from(PATHS), JSON | st.datetimes().map(str) | st.datetimes().map(datetime.isoformat))
def test_any_json_in_any_place_of_an_event_is_a_transition_or_rejected(
    path: tuple[str, ...], value: object
) -> None:
    assert understood_or_rejected(changed(CONTRIBUTOR, *path, to=value))


@given(JSON)
def test_any_json_among_an_alarms_metrics_is_passed_over_or_rejected(value: object) -> None:
    assert understood_or_rejected(
        changed(
            factories.ordinary_event(factories.metric()), "detail", "configuration", "metrics", 0, to=value
        )
    )
    inner = changed(factories.metric(), "metricStat", "metric", to=value)
    assert understood_or_rejected(factories.ordinary_event(inner, factories.metric()))


def understood_or_rejected(event: object) -> bool:
    """Any other exception fails the test that asks."""
    try:
        told = transition(event)
    except EventRejected:
        return True
    return told.at.utcoffset() is not None


ASKED = ByHand(factories.CALLER, timedelta(minutes=30), "incident 42")


@pytest.mark.parametrize("asked", [ASKED, ByHand(factories.CALLER)])
def test_what_somebody_asks_is_an_onset_that_begins_when_its_execution_does(asked: ByHand) -> None:
    told = onset(asking(factories.gateway_ref(), asked), factories.NOW)
    assert (told.gateway, told.by_hand) == (factories.gateway_ref(), asked)
    assert (told.alarm, told.at, told.is_onset) == (MANUAL, factories.NOW, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gateway", "nat-1 or another"),
        ("account", "4"),
        ("by", ""),
        ("gateway", f"{factories.NAT}\n"),
        ("account", f"{factories.ACCOUNT}\n"),
        ("by", "x" * 2049),
        ("by", "\ud800"),
        ("duration", 0),
        ("duration", 366 * 24 * 3600 + 1),
        ("duration", "soon"),
        ("over_quota", ""),
        ("more", "x"),
    ],
)
def test_what_nobody_could_ask_is_rejected_with_its_field(field: str, value: object) -> None:
    asked = changed(dict(asking(factories.gateway_ref(), ASKED)), MANUAL, field, to=value)
    with pytest.raises(EventRejected, match=field):
        onset(asked, factories.NOW)


def test_an_alarms_event_is_an_onset_as_ever() -> None:
    event = factories.contributor_event()
    assert onset(event, factories.NOW) == transition(event)


def test_no_alarm_passes_for_what_was_started_by_hand() -> None:
    event = changed(factories.contributor_event(), "detail", "alarmName", to=MANUAL)
    with pytest.raises(EventRejected, match="must not be called manual"):
        transition(event)
