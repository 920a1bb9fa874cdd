"""Whatever a log says of a recording, it says of which one and where: for whoever searches by any of them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from scripts.stories.places import Gateway, Organization, eventually
from tests.scenarios.test_sweep import test_a_flow_log_of_ours_that_no_recording_wants_is_deleted as swept
from tests.scenarios.vocabulary import recordings

KEYS = ("recording_id", "account", "region", "gateway")
RECORDING = re.compile(r"\brec-\d{8}T\d{6}-[0-9a-f]{8}\b")


def lines(organization: Organization) -> Iterator[tuple[str, str]]:
    """Every line of every function of the hub, with its function."""
    logs = organization.hub("logs")
    prefix = f"/aws/lambda/{organization.names.namespace}-"
    groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    for group in (each["logGroupName"] for page in groups for each in page["logGroups"]):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in (each for page in pages for each in page["events"]):
            yield group.removeprefix(prefix), event["message"]


def keys_of(line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def test_every_line_that_concerns_a_recording_names_it_and_its_place(
    organization: Organization, gateway: Gateway
) -> None:
    swept(organization, gateway)
    recording = recordings(of=gateway)[-1]["id"]
    organization.notices_are_delivered()
    told = eventually(lambda: [each for each in lines(organization) if recording in each[1]])
    wanting = [
        (function, line[:400])
        for function, line in lines(organization)
        if RECORDING.search(line) and not all(keys_of(line).get(key) for key in KEYS)
    ]
    assert wanting == []
    assert {function for function, _ in told} >= {
        "open-recording",
        "tell-started",
        "close-recording",
        "write-report",
        "tell",
        "deliver-notice",
        "sweep-batch",
    }
    told_here = {keys_of(line)["gateway"] for _, line in told if keys_of(line)["recording_id"] == recording}
    assert told_here == {gateway.id}
