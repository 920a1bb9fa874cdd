"""Records are understood whatever their fields, their order, and what they are kept in."""

import gzip
import random
from pathlib import Path

import pytest

from orgconfig.errors import NatrecError
from scripts.reading.engine import ask
from scripts.reading.files import find, region_of
from tests.reading.reports import reported
from tests.reading.truth import FIELDS, REGIONAL, ZONAL, Story, crowd, told, write_parquet, write_text

VERSION_2 = (
    "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol",
    "packets", "bytes", "start", "end", "action", "log-status",
)  # fmt: skip
# What a later version of the format may add (VPC User Guide, "Flow log records", version 11).
LATER = (*FIELDS, "interface-type", "next-hop-interface-id")


@pytest.fixture
def story() -> Story:
    made = Story()
    crowd(made, ZONAL, 1)
    return made


def test_columns_may_stand_in_any_order_and_another_one_in_each_file(tmp_path: Path, story: Story) -> None:
    chance = random.Random(3)  # noqa: S311 - not for secrets
    for number in range(9):
        fields, some = list(FIELDS), story.records[number::9]
        chance.shuffle(fields)
        if number % 3 == 2:
            write_parquet(tmp_path / f"{number}.parquet", some, fields)
        else:
            write_text(tmp_path / f"{number}{('.gz', '.log')[number % 2]}", some, fields)
    assert told(reported(tmp_path)) == dict(story.truth)


@pytest.mark.parametrize("name", ["a.log.gz", "a.log"])
def test_records_without_a_header_are_read_by_their_format(tmp_path: Path, story: Story, name: str) -> None:
    fields = list(reversed(FIELDS))
    write_text(tmp_path / name, story.records, fields, header=False)
    record_format = " ".join(f"${{{field}}}" for field in fields)
    assert told(reported(tmp_path, record_format=record_format)) == dict(story.truth)


def test_files_with_a_header_go_by_it_whatever_the_format_says(tmp_path: Path, story: Story) -> None:
    write_text(tmp_path / "a.log.gz", story.records)
    write_text(tmp_path / "b.log.gz", [], VERSION_2)
    assert told(reported(tmp_path, record_format="${bytes} ${srcaddr} ${dstaddr}")) == dict(story.truth)


def test_a_header_may_be_written_with_underscores(tmp_path: Path, story: Story) -> None:
    path = write_text(tmp_path / "a.log", story.records)
    first, rest = path.read_text().split("\n", 1)
    path.write_text(first.replace("-", "_") + "\n" + rest)
    assert told(reported(tmp_path)) == dict(story.truth)


def test_fields_of_a_later_version_do_no_harm(tmp_path: Path, story: Story) -> None:
    write_text(tmp_path / "a.log.gz", story.records[::2], LATER)
    write_parquet(tmp_path / "b.parquet", story.records[1::2], LATER)
    assert told(reported(tmp_path)) == dict(story.truth)


def test_version_3_has_everything_but_services_and_ways(tmp_path: Path) -> None:
    story, later = Story(), {"pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "resource-id"}
    crowd(story, ZONAL, 1)
    write_text(tmp_path / "a.log.gz", story.records, [name for name in FIELDS if name not in later])
    for gateways in ((), ZONAL.addresses):
        document = reported(tmp_path, *gateways)
        assert told(document) == dict(story.truth)
        assert {each["remote_service"] for each in document["talkers"]} == {None}


@pytest.mark.parametrize("header", [True, False])
def test_the_default_format_tells_clients_without_their_remotes(tmp_path: Path, *, header: bool) -> None:
    """Version 2 has no packet addresses; the gateway is the end that all records of an interface share."""
    story = Story()
    story.flow(ZONAL, "10.0.1.5", "203.0.113.5", up=1000, down=50_000)
    story.flow(ZONAL, "10.0.1.6", "203.0.113.9", up=10, down=20)
    write_text(tmp_path / "a.log", story.records, VERSION_2, header=header)
    for gateways in ((), ZONAL.addresses):
        document = reported(tmp_path, *gateways)
        assert document["bytes"] == story.totals()
        assert told(document) == {
            ("upload", "10.0.1.5", None, 443): 1000,
            ("download", "10.0.1.5", None, 443): 50_000,
            ("upload", "10.0.1.6", None, 443): 10,
            ("download", "10.0.1.6", None, 443): 20,
        }


def test_old_and_new_records_may_lie_in_one_folder(tmp_path: Path, story: Story) -> None:
    other, new = Story(), dict(story.truth)
    other.flow(ZONAL, "10.0.1.200", "203.0.113.5", up=1000, down=50_000)
    write_text(tmp_path / "new.log.gz", story.records)
    write_text(tmp_path / "old.log.gz", other.records, VERSION_2)
    document = reported(tmp_path, ZONAL.primary)
    assert told(document) == {
        **new,
        ("upload", "10.0.1.200", None, 443): 1000,
        ("download", "10.0.1.200", None, 443): 50_000,
    }


def test_three_fields_are_enough_and_fewer_are_not(tmp_path: Path) -> None:
    story = Story()
    story.flow(ZONAL, "10.0.1.5", "203.0.113.5", up=1000, down=50_000)
    write_text(tmp_path / "a.log", story.records, ("bytes", "dstaddr", "srcaddr"))
    assert reported(tmp_path, ZONAL.primary)["bytes"] == story.totals()
    write_text(tmp_path / "a.log", story.records, ("dstaddr", "srcaddr"))
    with pytest.raises(NatrecError, match="the records have no field bytes"):
        reported(tmp_path)


def test_windows_line_ends_and_empty_files_do_no_harm(tmp_path: Path, story: Story) -> None:
    path = write_text(tmp_path / "a.log", story.records)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (tmp_path / "empty.log").touch()
    (tmp_path / "_SUCCESS").touch()
    assert told(reported(tmp_path)) == dict(story.truth)


def test_folders_globs_and_files_may_be_named_together_and_each_file_counts_once(
    tmp_path: Path, story: Story
) -> None:
    for number in range(4):
        write_text(tmp_path / f"day={number}" / "a.log.gz", story.records[number::4])
    found = ask(
        find([str(tmp_path / "day=0"), str(tmp_path / "**" / "*.gz"), str(tmp_path / "day=3" / "a.log.gz")])
    )
    assert found.records == len(story.records)


def test_a_file_is_known_by_what_is_in_it_and_not_by_its_name(tmp_path: Path, story: Story) -> None:
    write_text(tmp_path / "a.gz", story.records[::2]).rename(tmp_path / "a.parquet")
    write_parquet(tmp_path / "b.parquet", story.records[1::2]).rename(tmp_path / "b 'quoted'.txt")
    assert told(reported(tmp_path)) == dict(story.truth)


def test_the_region_is_told_by_the_files_names_where_it_is_one(tmp_path: Path) -> None:
    name = "444444444444_vpcflowlogs_{}_fl-0abc_20261123T0600Z_0a1b.log.gz"
    write_text(tmp_path / name.format("eu-west-1"), [])
    assert region_of(find([str(tmp_path)])) == "eu-west-1"
    write_text(tmp_path / name.format("us-east-1"), [])
    assert region_of(find([str(tmp_path)])) is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello world\n", "its first line has 2 fields and no header; the default format has 14"),
        (gzip.compress(b"srcaddr dstaddr bytes\n" * 50)[:15], "it is no text of flow log records"),
        (gzip.compress(b"srcaddr dstaddr bytes\n" * 50)[:-4], "Unexpected end of GZIP stream"),
        (b"\xff\xfe\x00\x01" * 30, "it is no text of flow log records"),
        (b"PAR1 and then nothing", "the records cannot be read"),
        (b"srcaddr dstaddr bytes\n10.0.1.5 10.0.0.1 many\n", "the records cannot be read"),
    ],
    ids=["prose", "gzip cut at once", "gzip cut late", "binary", "cut parquet", "words for numbers"],
)
def test_what_is_no_record_is_refused_with_the_reason(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.log").write_bytes(data)
    with pytest.raises(NatrecError, match=message):
        reported(tmp_path)


def test_a_source_that_is_not_there_and_an_address_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(NatrecError, match="there is no such file or directory"):
        reported(tmp_path / "nowhere")
    with pytest.raises(NatrecError, match="there is no file with records"):
        reported(tmp_path)
    write_text(tmp_path / "a.log", [])
    with pytest.raises(NatrecError, match=r"`10.0.0' OR` is no IP address"):
        reported(tmp_path, "10.0.0' OR")


def test_what_fields_hold_is_never_a_part_of_the_query(tmp_path: Path) -> None:
    story = Story()
    story.flow(REGIONAL, "10.0.1.5", "203.0.113.5", up=10, down=20, service="'; DROP TABLE records; --")
    write_parquet(tmp_path / "a.parquet", story.records)
    assert reported(tmp_path)["talkers"][0]["remote_service"] == "'; DROP TABLE records; --"
