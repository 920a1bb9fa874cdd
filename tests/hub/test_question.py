"""What Athena is asked about a recording."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address, ip_network

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from hub.domain.recordings import Recording
from hub.reporting.query import private
from hub.reporting.question import question
from orgconfig.names import Names
from orgconfig.record_format import record_columns
from tests import factories

NAMES = Names("acme-natrec", "/")
RECORDING = factories.closed_recording(
    flow_logs=("fl-0aaaaaaaaaaaaaaaa", "fl-0bbbbbbbbbbbbbbbb"), addresses=("10.0.1.5",)
)
NIGHT = replace(RECORDING, closed_at=factories.NOW + timedelta(hours=17))
# Athena User Guide, "Escape reserved keywords in SQL SELECT statements".
_RESERVED = """
    ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_DATE CURRENT_PATH CURRENT_TIME
    CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT EXECUTE
    EXISTS EXTRACT FALSE FIRST FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN
    LAST LEFT LIKE LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE
    RIGHT ROLLUP SELECT SKIP TABLE THEN TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH
"""
RESERVED = frozenset(_RESERVED.split())
KEYS = {"owner", "owner_region", "year", "month", "day", "hour"}


def parsed(recording: Recording = RECORDING, dialect: str = "athena") -> exp.Expr:
    (statement,) = sqlglot.parse(question(recording, NAMES), read=dialect)
    assert isinstance(statement, exp.Query)
    return statement


def condition(recording: Recording = RECORDING) -> str:
    """The condition on the table's rows."""
    (table,) = [each for each in parsed(recording).find_all(exp.Table) if each.db]
    select = table.find_ancestor(exp.Select)
    assert select is not None
    return str(select.args["where"].this.sql(dialect="athena"))


@pytest.mark.parametrize("dialect", ["athena", "trino"])
@pytest.mark.parametrize("recording", [RECORDING, NIGHT, replace(RECORDING, addresses=())])
def test_it_is_one_select_that_athena_understands(recording: Recording, dialect: str) -> None:
    parsed(recording, dialect)
    assert ";" not in question(recording, NAMES)
    assert len(question(recording, NAMES)) < 262_144


@pytest.mark.parametrize("recording", [RECORDING, replace(RECORDING, addresses=())])
def test_both_engines_understand_the_same_words_alike(recording: Recording) -> None:
    # What only Athena knows stands where the table is chosen: "$path", and STRPOS on it.
    assert parsed(recording, "athena").sql("duckdb") == parsed(recording, "duckdb").sql("duckdb")


_AROUND = ("9", "10", "11", "99", "100", "101", "171", "172", "173", "191", "192", "193", "1", "19")
_EDGES = ("0", "1", "15", "16", "17", "31", "32", "63", "64", "99", "100", "127", "128", "160", "168", "255")


def test_an_address_is_private_by_rfc_1918_and_rfc_6598() -> None:
    addresses = [
        f"{one}.{two}.{three}.7" for one in _AROUND for two in _EDGES for three in ("0", "16", "255")
    ]
    addresses += ["64:ff9b::a00:1", "fd00::10", "10::1", "172:16::1"]
    with duckdb.connect() as engine:
        query = f"SELECT address, {private('address')} FROM (SELECT UNNEST(?) AS address)"  # noqa: S608
        rows = engine.execute(query, [addresses]).fetchall()
    blocks = [ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]
    wrong = [text for text, told in rows if told != any(ip_address(text) in block for block in blocks)]
    assert len(rows) == len(addresses)
    assert not wrong


def test_no_name_in_it_is_a_reserved_word() -> None:
    bare = {each.name.upper() for each in parsed().find_all(exp.Identifier) if not each.quoted}
    assert not bare & RESERVED


def test_it_reads_the_tables_own_columns_and_keys_only() -> None:
    names = {name for name, _ in record_columns()}
    (records,) = [each for each in parsed().find_all(exp.CTE) if each.alias == "records"]
    inner = {column.name for column in records.this.find_all(exp.Column)}
    assert inner <= names | KEYS | {"$path"}


def test_the_table_is_named_without_hyphens() -> None:
    tables = [(each.db, each.name) for each in parsed().find_all(exp.Table) if each.db]
    assert tables == [("acme_natrec", "flow_log_records")]


def test_it_reads_nothing_but_the_recordings_partitions_and_objects() -> None:
    assert condition() == (
        "owner = '444444444444' AND owner_region = 'eu-west-1' AND "
        "((year = 2026 AND month = 11 AND day = 23 AND hour IN (6, 7, 8, 9))) AND "
        "(STRPOS(\"$path\", '_fl-0aaaaaaaaaaaaaaaa_') > 0 OR STRPOS(\"$path\", '_fl-0bbbbbbbbbbbbbbbb_') > 0)"
    )


def test_a_recording_over_midnight_reads_the_hours_of_both_days() -> None:
    assert "day = 23 AND hour IN (6, 7, 8, 9, 10, 11" in condition(NIGHT)
    assert "day = 24 AND hour IN (0, 1, 2))" in condition(NIGHT)


@pytest.mark.parametrize(
    "hostile",
    [
        factories.closed_recording(flow_logs=("fl-1', '') > 0 OR 1 = 1 --",)),
        factories.closed_recording(place=factories.gateway_ref(account="4' OR '1' = '1")),
        factories.closed_recording(place=factories.gateway_ref(region="eu-west-1' --")),
        factories.closed_recording(addresses=("10.0.1.5') OR (1 = 1",)),
        factories.closed_recording(flow_logs=()),
    ],
)
def test_what_is_no_id_never_becomes_a_part_of_it(hostile: Recording) -> None:
    with pytest.raises(ValueError, match=r"is no|does not appear to be|has no flow log"):
        question(hostile, NAMES)
