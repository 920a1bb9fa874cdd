"""AWS's own examples (VPC User Guide, "Flow log record examples"), told as AWS explains them."""

from pathlib import Path

from tests.reading.reports import reported
from tests.reading.truth import told

# "Traffic through a NAT gateway": four records of the gateway's interface, two of the instance's. The example
# has addresses only; the last column is ours.
NAT = """\
instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr bytes
- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 100
- eni-1235b8ca123456789 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5 100
- eni-1235b8ca123456789 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220 7000
- eni-1235b8ca123456789 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5 7000
i-01234567890123456 eni-1111aaaa2222bbbb3 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5 100
i-01234567890123456 eni-1111aaaa2222bbbb3 203.0.113.5 10.0.1.5 203.0.113.5 10.0.1.5 7000
"""
# "Accepted and rejected traffic" and "No data and skipped records".
_PLACE = "2 123456789010 eni-1235b8ca123456789"
DEFAULT = f"""\
{_PLACE} 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
{_PLACE} 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK
{_PLACE} - - - - - - - 1431280876 1431280934 - NODATA
2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA
"""


def test_the_four_legs_of_a_conversation_are_counted_once(tmp_path: Path) -> None:
    (tmp_path / "example").write_text(NAT)
    document = reported(tmp_path)
    assert told(document) == {
        ("upload", "10.0.1.5", "203.0.113.5", None): 100,
        ("download", "10.0.1.5", "203.0.113.5", None): 7000,
    }
    assert document["bytes"] == {"upload": 100, "download": 7000}


def test_the_gateway_may_be_named_by_its_private_address(tmp_path: Path) -> None:
    (tmp_path / "example").write_text(NAT)
    assert reported(tmp_path, "10.0.0.220")["bytes"] == {"upload": 100, "download": 7000}
    assert reported(tmp_path, "10.0.0.220")["records"] == 4
    assert reported(tmp_path, "10.0.0.221")["records"] == 0


def test_missing_and_rejected_records_are_told(tmp_path: Path) -> None:
    (tmp_path / "example").write_text(DEFAULT)
    document = reported(tmp_path)
    assert document["records"] == 4
    skipped, rejected = document["incomplete"]
    assert "SKIPDATA" in skipped
    assert "1 records, 4.2 kB" in rejected
    assert document["bytes"] == {"upload": 0, "download": 0}


def test_what_lies_between_two_interfaces_of_a_vpc_went_through_no_gateway(tmp_path: Path) -> None:
    (tmp_path / "example").write_text(DEFAULT.splitlines(keepends=True)[0])
    assert reported(tmp_path)["talkers"] == []
