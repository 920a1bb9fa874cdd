"""Whether the suspects of the start were right, in numbers and in a sentence."""

from typing import Any

import pytest

from hub.domain.recordings import as_document
from hub.domain.suspects import Suspect, Suspicion
from hub.reporting.findings import Findings, Talker
from hub.reporting.verdicts import verdict, verdicts
from tests import factories

A, B = "10.0.1.20", "10.0.1.21"


def talker(client: str, amount: int, **known: Any) -> Talker:  # noqa: ANN401 - the fields of a talker
    usual: dict[str, Any] = {
        "direction": "download",
        "remote": "52.218.41.112",
        "port": 443,
        "protocol": 6,
        "service": "S3",
    }
    return Talker(client=client, bytes=amount, packets=1, **(usual | known))


FOUND = Findings(
    talkers=(talker(A, 60), talker(A, 32, port=22), talker(B, 3), talker(A, 70, direction="upload")),
    totals={"download": 100, "upload": 100},
)


UNTOLD = (
    "Whether the suspect named 20 s after the start was right, i-0123456789abcdef0 etl-runner-3, the records "
    "do not tell."
)


def judged(*suspects: Suspect, found: Findings = FOUND) -> tuple[list[bool | None], str | None]:
    recording = as_document(factories.recording(suspicion=factories.suspicion(*suspects)))
    told = verdicts(found, recording)
    return [each["right"] for each in told], verdict(told, recording)


def test_a_suspect_that_made_the_traffic_was_right() -> None:
    [told] = verdicts(FOUND, as_document(factories.recording(suspicion=factories.suspicion())))
    assert (told["client"], told["name"], told["direction"]) == (
        "i-0123456789abcdef0",
        "etl-runner-3",
        "download",
    )
    assert (told["share"], told["made"], told["right"]) == (0.97, 0.92, True)
    assert judged()[1] == (
        "The suspect named 20 s after the start was right: i-0123456789abcdef0 etl-runner-3 made 92% of the "
        "download."
    )


def test_a_suspect_that_made_little_of_it_was_wrong() -> None:
    right, told = judged(factories.suspect(addresses=(B,), name=None))
    assert right == [False]
    assert (
        told
        == "The suspect named 20 s after the start was wrong: i-0123456789abcdef0 made 3% of the download."
    )


def test_an_upload_is_judged_by_uploads() -> None:
    assert judged(factories.suspect(direction="upload"))[0] == [True]
    assert judged(factories.suspect(direction="upload", addresses=(B,)))[0] == [False]


def test_several_are_judged_each() -> None:
    right, told = judged(
        factories.suspect(client="i-1", name="one", addresses=(A, "10.0.9.9")),
        factories.suspect(client="i-2", name=None, addresses=(B,)),
        factories.suspect(client="shop/default/etl", name=None, addresses=()),
    )
    assert right == [True, False, None]
    assert told == (
        "Of 3 suspects named 20 s after the start, 1 was right: i-1 one made 92% of the download, i-2 made "
        "3% of the download."
    )


@pytest.mark.parametrize("found", [Findings(), Findings(totals={"upload": 10})])
def test_records_that_are_not_there_judge_nobody(found: Findings) -> None:
    assert judged(found=found) == (
        [None],
        UNTOLD,
    )
    assert "Whether the 2 suspects" in str(
        judged(factories.suspect(), factories.suspect(client="i-2"), found=found)[1]
    )


@pytest.mark.parametrize("suspicion", [None, Suspicion(none="nobody"), Suspicion(failed="denied")])
def test_where_nobody_was_suspected_there_is_nothing_to_judge(suspicion: Suspicion | None) -> None:
    recording = as_document(factories.recording(suspicion=suspicion))
    assert verdicts(FOUND, recording) == []
    assert verdict([], recording) is None
    assert verdicts(FOUND, None) == []
