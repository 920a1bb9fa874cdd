from datetime import UTC, datetime

from scripts.sandbox.conversations import Conversation
from scripts.sandbox.engine.flow_log_rules import FIELDS
from scripts.sandbox.records import Record, Site, no_data, records

START, END = datetime(2026, 11, 23, 7, 5, tzinfo=UTC), datetime(2026, 11, 23, 7, 6, tzinfo=UTC)
ZONAL = Site("1", "eu-west-1", "vpc-1", "nat-1", "euw1-az1", "10.0.0.220", "subnet-1", "eni-1")
REGIONAL = Site("1", "eu-west-1", "vpc-1", "nat-2", "euw1-az1", "198.51.100.9")
TALK = Conversation("10.0.1.5", "i-1", 40000, 50000, "203.0.113.5", 443, 6, "S3", 1_500, 90_000)


def columns(found: list[Record], *fields: str) -> list[tuple[object, ...]]:
    return [tuple(record[field] for field in fields) for record in found]


def test_a_conversation_through_a_zonal_gateway_is_the_four_documented_legs() -> None:
    found = records(ZONAL, [TALK], START, END)
    assert columns(found, "interface-id", "srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr") == [
        ("eni-1", "10.0.1.5", "10.0.0.220", "10.0.1.5", "203.0.113.5"),
        ("eni-1", "10.0.0.220", "203.0.113.5", "10.0.0.220", "203.0.113.5"),
        ("eni-1", "203.0.113.5", "10.0.0.220", "203.0.113.5", "10.0.0.220"),
        ("eni-1", "10.0.0.220", "10.0.1.5", "203.0.113.5", "10.0.1.5"),
    ]
    assert columns(found, "srcport", "dstport") == [
        (40000, 443),
        (50000, 443),
        (443, 50000),
        (443, 40000),
    ]
    assert columns(found, "bytes") == [(1_500,), (1_500,), (90_000,), (90_000,)]
    assert columns(found, "flow-direction", "traffic-path") == [
        ("ingress", "-"),
        ("egress", 8),
        ("ingress", "-"),
        ("egress", 1),
    ]


def test_the_remotes_service_stands_on_the_remotes_side() -> None:
    found = records(ZONAL, [TALK], START, END)
    assert columns(found, "pkt-src-aws-service", "pkt-dst-aws-service") == [
        ("-", "S3"),
        ("-", "S3"),
        ("S3", "-"),
        ("S3", "-"),
    ]


def test_records_of_a_regional_gateway_name_it_and_no_interface() -> None:
    found = records(REGIONAL, [TALK], START, END)
    assert (
        columns(found, "interface-id", "subnet-id", "instance-id", "resource-id")
        == [("-", "-", "-", "nat-2")] * 4
    )
    assert columns(found, "srcaddr", "dstaddr") == [
        ("10.0.1.5", "203.0.113.5"),
        ("198.51.100.9", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.9"),
        ("203.0.113.5", "10.0.1.5"),
    ]
    assert columns(found, "srcaddr", "dstaddr") == columns(found, "pkt-srcaddr", "pkt-dstaddr")


def test_a_record_spans_its_window_and_counts_packets() -> None:
    [first, *_] = records(ZONAL, [TALK], START, END)
    assert (first["start"], first["end"]) == (int(START.timestamp()), int(END.timestamp()))
    assert first["packets"] == 2
    assert first["log-status"] == "OK"
    assert first["action"] == "ACCEPT"


def test_a_direction_without_bytes_has_no_records() -> None:
    talk = Conversation("10.0.1.5", "i-1", 40000, 50000, "203.0.113.5", 443, 6, "S3", 1_500, 0)
    assert len(records(ZONAL, [talk], START, END)) == 2


def test_only_the_opening_of_a_connection_shows_its_flags() -> None:
    assert columns(records(ZONAL, [TALK], START, END, opening=True), "tcp-flags") == [
        (2,),
        (2,),
        (18,),
        (18,),
    ]
    assert columns(records(ZONAL, [TALK], START, END), "tcp-flags") == [(0,)] * 4


def test_an_idle_window_is_one_record_without_addresses() -> None:
    idle = no_data(ZONAL, START, END)
    assert idle["log-status"] == "NODATA"
    assert "srcaddr" not in idle
    assert "bytes" not in idle


def test_records_have_only_fields_that_flow_logs_have() -> None:
    for record in (*records(ZONAL, [TALK], START, END), no_data(REGIONAL, START, END)):
        assert set(record) <= set(FIELDS)
