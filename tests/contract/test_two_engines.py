"""One query text, two engines: Athena over the archive and DuckDB over files tell the same numbers."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.adapters.answers import AthenaAnswers
from hub.domain.gateways import Availability
from hub.domain.recordings import Recording
from hub.reporting.findings import Findings, findings
from hub.reporting.question import question
from orgconfig.names import Names
from orgconfig.record_format import RECORD_FORMAT
from scripts.checks.templates import RENDER
from scripts.checks.variants import variants
from scripts.reading.engine import ask
from scripts.reading.files import find
from scripts.sandbox.conversations import Client, plan
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.record_files import parquet
from scripts.sandbox.records import Record, Site, no_data, records
from tests import factories
from tests.contract.worlds import EngineSessions
from tests.sandbox.catalogs import Catalog
from tests.templates.reading import Template

NAMES = Names("natrec", "/natrec/")
CLIENTS = [Client(f"10.0.{number}.20", f"i-{number}") for number in range(4)]
ADDRESSES: dict[Availability, str] = {"zonal": "10.0.1.5", "regional": "198.51.100.9"}
MINE, NEIGHBOURS = "fl-0aaaaaaaaaaaaaaaa", "fl-0bbbbbbbbbbbbbbbb"


def site(availability: Availability) -> Site:
    interface = {"interface": "eni-1", "subnet": "subnet-1"} if availability == "zonal" else {}
    return Site(
        account=factories.ACCOUNT,
        region=factories.REGION,
        vpc="vpc-1",
        gateway=factories.NAT,
        zone_id="euw1-az1",
        address=ADDRESSES[availability],
        **interface,
    )


def traffic(availability: Availability, seed: int) -> list[Record]:
    """Ninety minutes of it, in two directions, and an idle minute."""
    found: list[Record] = []
    for direction in ("download", "upload"):
        story = plan(CLIENTS, direction, seed)
        for minute in range(0, 90, 7):
            start = factories.NOW + timedelta(minutes=minute)
            talks = story.during(10**6 * seed + minute, 10**7 + 13 * minute)
            found += records(site(availability), talks, start, start + timedelta(minutes=1))
    idle = factories.NOW + timedelta(minutes=91)
    return [*found, no_data(site(availability), idle, idle + timedelta(minutes=1))]


def deployed(catalog: Catalog) -> None:
    """The table as the hub's stack makes it, over the catalog's own bucket."""
    template = Template(RENDER["hub"](variants()["example"]))
    archive = str(template.document["Outputs"]["ArchiveBucket"]["Value"])
    text = json.dumps(template["Records"]["TableInput"]).replace(archive, catalog.rows)
    table: dict[str, Any] = json.loads(text)
    catalog.glue.create_database(DatabaseInput={"Name": template["Database"]["DatabaseInput"]["Name"]})
    catalog.glue.create_table(DatabaseName=NAMES.database, TableInput=table)


def deliver(catalog: Catalog, recording: Recording, flow_log: str, found: list[Record], folder: Path) -> None:
    """One object for each hour, as AWS names them; and beside them in a folder."""
    folder.mkdir()
    place = recording.gateway
    for hours in range(2):
        at = recording.opened_at + timedelta(hours=hours)
        body = parquet(found[hours::2], RECORD_FORMAT)
        name = f"{place.account}_vpcflowlogs_{place.region}_{flow_log}_{at:%Y%m%dT%H%MZ}_1.log.parquet"
        key = (
            f"natrec/AWSLogs/aws-account-id={place.account}/aws-service=vpcflowlogs/aws-region={place.region}/"
            f"year={at:%Y}/month={at:%m}/day={at:%d}/hour={at:%H}/{name}"
        )
        catalog.archive.put_object(Bucket=catalog.rows, Key=key, Body=body)
        (folder / name).write_bytes(body)


def by_athena(engine: Engine, catalog: Catalog, recording: Recording) -> Findings:
    query = catalog.start(question(recording, NAMES))
    assert catalog.ended(query)["Status"]["State"] == "SUCCEEDED", catalog.ended(query)
    return findings(AthenaAnswers(EngineSessions(engine, catalog.account)).rows(query))


@pytest.mark.parametrize("availability", ["zonal", "regional"])
def test_both_engines_tell_the_same_of_the_same_records(
    engine: Engine, fresh_account: Callable[[], str], tmp_path: Path, availability: Availability
) -> None:
    catalog = Catalog(engine, fresh_account())
    deployed(catalog)
    recording = factories.closed_recording(
        flow_logs=(MINE,),
        addresses=(ADDRESSES[availability],),
        closed_at=factories.NOW + timedelta(minutes=95),
    )
    deliver(catalog, recording, MINE, traffic(availability, seed=1), tmp_path / "mine")
    deliver(catalog, recording, NEIGHBOURS, traffic(availability, seed=2), tmp_path / "theirs")
    told = by_athena(engine, catalog, recording)
    assert told == ask(find([str(tmp_path / "mine")]), gateways=recording.addresses)
    assert told.total("download") == 2 * sum(10**7 + 13 * minute for minute in range(0, 90, 7))
    assert told.marked == {"NODATA": 1}
    assert len(told.talkers) > 50
    theirs = by_athena(engine, catalog, replace(recording, flow_logs=(NEIGHBOURS,)))
    assert theirs.total("upload") != told.total("upload")
