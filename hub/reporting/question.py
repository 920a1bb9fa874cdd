"""What Athena is asked about one recording: its own partitions and objects, and nothing that people wrote."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from hub.domain.arrivals import hours
from hub.domain.recordings import Recording
from hub.reporting.query import talkers_query
from hub.reporting.slots import step_for
from orgconfig.names import Names

_FORMS = {
    "account": re.compile(r"\d{12}"),
    "region": re.compile(r"[a-z]{2,5}(-[a-z]+){1,2}-\d{1,2}"),
    "flow log": re.compile(r"fl-[0-9a-f]{1,32}"),
}


def question(recording: Recording, names: Names) -> str:
    """The query of a recording that has recorded.

    Account and region are given by equality, as projection of injected columns needs it (Athena User Guide,
    "Supported types for partition projection"). `"$path"` is the object that a row comes from (the same, "Get
    the file locations for source data in Amazon S3"); its name holds the id of its flow log (VPC User Guide,
    "Flow log files").

    Raises:
        ValueError: It has no flow log, or one of its ids is none.

    """
    place = recording.gateway
    if not recording.flow_logs:
        raise ValueError(f"{recording.id} has no flow log to ask about")
    objects = " OR ".join(
        f"STRPOS(\"$path\", '_{_checked('flow log', each)}_') > 0" for each in recording.flow_logs
    )
    source = (
        f'(SELECT * FROM "{names.database}"."{names.records_table}"'  # noqa: S608 - checked ids only
        f" WHERE owner = '{_checked('account', place.account)}'"
        f" AND owner_region = '{_checked('region', place.region)}'"
        f" AND ({' OR '.join(_days(hours(recording)))}) AND ({objects}))"
    )
    return talkers_query(source, recording.addresses, slot=slot_of(recording))


def slot_of(recording: Recording) -> int:
    """The seconds by which its bytes are told over time: fewer, the shorter it was."""
    return step_for((recording.closed_at or recording.deadline) - recording.opened_at)


def _days(every: Iterable[datetime]) -> Iterator[str]:
    days: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for hour in every:
        days[hour.year, hour.month, hour.day].append(hour.hour)
    for (year, month, day), of_day in days.items():
        listed = ", ".join(map(str, of_day))
        yield f"(year = {year} AND month = {month} AND day = {day} AND hour IN ({listed}))"


def _checked(what: str, text: str) -> str:
    if not _FORMS[what].fullmatch(text):
        raise ValueError(f"{text!r} is no {what}")
    return text
