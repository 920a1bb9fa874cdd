"""Storms: many gateways in alarm within a second, of which the organization may record few at once."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

from scripts.benches.calls import read, states
from scripts.benches.configs import unlimited, written
from scripts.benches.findings import Findings
from scripts.benches.options import Options
from scripts.benches.running import Say
from scripts.benches.striking import OPENING, Answer, Struck, counted, curve, figures
from scripts.benches.targets import ACTIVE
from scripts.sandbox.remote import ask_at
from scripts.stories import ledgers, storms, witnesses
from scripts.stories.events import now
from scripts.stories.places import Document, Organization, eventually
from scripts.stories.running import sandbox
from scripts.stories.storms import Limits, Storm
from scripts.stories.sweeps import paused

_TRANSACTION = "dynamodb:TransactWriteItems"
_PATIENCE_FOR_EACH, _PATIENCE = 2.0, 180.0
_LATELY = timedelta(hours=12)


def measure(options: Options, say: Say) -> Findings:
    """Storms of each size, the smallest first; beside them one alarm that is admitted, and one refused."""
    struck, alone = [], Answer(0, 0, 0)
    with tempfile.TemporaryDirectory() as work, written(unlimited(ACTIVE)) as config:
        file = Path(work) / "calls.jsonl"
        say("starting a sandbox")
        with sandbox("-c", config) as running:
            organization = Organization(running.line)
            with paused(organization):
                admitted = _alone(organization, file, visits=True)
                for gateways in options.gateways:
                    say(f"{gateways:,} gateways in alarm at once")
                    storm, found = _strike(organization, gateways, file)
                    alone = _alone(organization, file, visits=False)
                    storms.abate(storm)
                    struck.append(replace(found, exact=found.exact and _adds_up(organization)))
                    say(f"{found.seconds:.1f} s, {found.each:.3f} s for each")
    return Findings(
        tuple(figures(struck, admitted, alone)),
        (curve(struck),),
        {
            "storms": [asdict(each) for each in struck],
            "admitted": asdict(admitted),
            "refused": asdict(alone),
        },
    )


def _strike(organization: Organization, gateways: int, file: Path) -> tuple[Storm, Struck]:
    limits = Limits(active=ACTIVE, a_day=0, account_active=0, account_a_day=0)
    fleet, patience = storms.fleet(organization, gateways), _PATIENCE + gateways * _PATIENCE_FOR_EACH
    earlier = {each["executionArn"] for each in witnesses.executions(organization)}
    storm = Storm(organization, limits, fleet, pause=2.0, patience=patience, before=len(earlier))
    conflicts, began = _conflicts(organization), now()
    with _written(organization, file):
        storms.strike(storm)
    mine = [each for each in witnesses.executions(organization) if each["executionArn"] not in earlier]
    books, ids = ledgers.read(organization), {each.id for each in fleet}
    items = [item for gateway, item in books.gateways.items() if gateway in ids]
    last = max(each["stopDate"] for each in mine if each["status"] != "RUNNING")
    calls = Counter(each.operation for each in read(file.read_text().splitlines()) if each.who == OPENING)
    return storm, Struck(
        gateways=gateways,
        seconds=round((last - began).total_seconds(), 2),
        admitted=sum("recording" in item for item in items),
        answered=sum(each["status"] in {"RUNNING", "SUCCEEDED"} for each in mine),
        waiting=sum("recording" not in item and item.get("watched") == "open" for item in items),
        most=max(each.counted for each in storm.sightings),
        transactions=calls[_TRANSACTION],
        conflicts=_conflicts(organization) - conflicts,
        exact=ledgers.used(organization, "active#now") == sum("recording" in item for item in items),
    )


def _alone(organization: Organization, file: Path, *, visits: bool) -> Answer:
    """One more alarm, while nothing else is opened; its recovery is not counted."""
    [gateway] = storms.fleet(organization, 1)
    earlier = {each["executionArn"] for each in witnesses.executions(organization)}
    with _written(organization, file):
        storms.tell([gateway], "ALARM", now())
        [mine] = eventually(lambda: _answered(organization, earlier), _PATIENCE, every=0.25)
    storms.tell([gateway], "OK", now())
    eventually(lambda: not _runs(organization, mine["executionArn"]), _PATIENCE, every=0.5)
    return counted(read(file.read_text().splitlines()), mine["entered"], visits=visits)


def _answered(organization: Organization, earlier: set[str]) -> list[Document]:
    """The new execution, once it is past its choice."""
    steps = organization.hub("stepfunctions")
    new = [each for each in witnesses.executions(organization) if each["executionArn"] not in earlier]
    for each in new:
        history = steps.get_execution_history(executionArn=each["executionArn"], maxResults=1000)["events"]
        entered = states(history)
        if "Refused" in entered or "TellStarted" in entered:
            until = entered.index("Opened?") + 1
            return [{**each, "entered": len(entered) if "Refused" in entered else until}]
    return []


def _conflicts(organization: Organization) -> int:
    return witnesses.conflicts(organization, (now() - _LATELY, now()))


def _runs(organization: Organization, arn: str) -> bool:
    found = organization.hub("stepfunctions").describe_execution(executionArn=arn)
    return bool(found["status"] == "RUNNING")


@contextmanager
def _written(organization: Organization, file: Path) -> Iterator[None]:
    """What natrec calls meanwhile is in the file, and nothing from before."""
    file.unlink(missing_ok=True)
    endpoint = organization.line["endpoint"]
    ask_at(endpoint, "access", {"file": str(file)})
    try:
        yield
    finally:
        ask_at(endpoint, "access", {"file": None})


def _adds_up(organization: Organization) -> bool:
    """Whether the table's counters are what Step Functions knows of every execution."""
    return bool(ledgers.read(organization).usage == witnesses.usage(witnesses.heard(organization)))
