from orgconfig.record_format import RECORD_FORMAT, record_format


def test_records_say_when_where_and_how_complete() -> None:
    assert {"start", "end", "log-status", "packets", "bytes"} <= set(RECORD_FORMAT)
    assert {"account-id", "region", "vpc-id", "interface-id", "resource-id"} <= set(RECORD_FORMAT)


def test_both_ends_of_a_conversation_are_known_beside_the_gateway_between_them() -> None:
    assert {"srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "flow-direction"} <= set(RECORD_FORMAT)


def test_it_is_written_as_create_flow_logs_takes_it() -> None:
    assert record_format().startswith("${version} ${account-id} ")
    assert len(set(RECORD_FORMAT)) == len(RECORD_FORMAT)
