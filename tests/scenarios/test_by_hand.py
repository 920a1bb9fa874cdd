"""Recordings that people start, watch and stop themselves; what every verb prints is kept as goldens."""

import json
import re
import signal
import subprocess
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from scripts.stories.events import contributor_change, now
from scripts.stories.places import Gateway, Organization, eventually
from scripts.stories.running import begun, natrec
from tests.scenarios.vocabulary import alarm_fires, closed, flow_logs, gateway_item, letters, opened

Ran = subprocess.CompletedProcess[str]

# What differs from run to run, the longest first.
_MASKS = {
    r"arn:aws:states:\S+?:manual-[0-9a-f]{32}": "EXECUTION",
    r"s3://[^\s\",]+": "REPORT",
    r"rec-\d{8}T\d{6}-[0-9a-f]{8}": "REC",
    r"ref-\d{8}-[0-9a-f]{8}": "REF",
    r"fl-[0-9a-f]{17}": "FL",
    r"nat-[0-9a-f]{17}": "NAT",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z": "TIME",
    r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?": "TIME",
    r"\b\d{12}\b": "ACCOUNT",
    r"\b10(\.\d+){3}\b": "ADDRESS",
    r"(delivered.bytes\"?:? +)[\d,]+\d": r"\1BYTES",
    r"(seconds.to.flow.log\"?:? +)\d[\d.]*": r"\1SECONDS",
    r"\b[\d,]{4,} bytes": "BYTES bytes",
    r",\d{4,},(\d+),Nothing": r",BYTES,\1,Nothing",
    r"(natrec\.yaml|config\S*):\d+": r"CONFIG",
    r"threshold +": "threshold ",
    r'"(suspected_at|no_suspects)": .*': r'"\1": WHENEVER,',
}


def masked(text: str) -> str:
    """The same for every run; columns are as wide as what they held."""
    for pattern, name in _MASKS.items():
        text = re.sub(pattern, name, text)
    return text


class Operator:
    """Somebody at the command line, with one gateway in mind."""

    def __init__(self, organization: Organization, gateway: Gateway) -> None:
        self.gateway = gateway
        self._endpoint = organization.line["endpoint"]
        self._config = str(organization.line["config"])

    @property
    def place(self) -> tuple[str, ...]:
        return (self.gateway.id, "--account", self.gateway.account, "--region", self.gateway.region)

    def __call__(self, verb: str, *said: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return natrec(
            verb, *said, "-c", self._config, typed=typed, patience=120, AWS_ENDPOINT_URL=self._endpoint
        )

    def begins(self, verb: str, *said: str) -> Any:  # noqa: ANN401 - as `begun` has it
        return begun(verb, *said, "-c", self._config, AWS_ENDPOINT_URL=self._endpoint)

    def document(self, verb: str, *said: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self(verb, *said, "--json").stdout)


class _Text(SingleFileSnapshotExtension):
    """One file each, as it is printed."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture(scope="module")
def operator(organization: Organization) -> Operator:
    return Operator(organization, organization.gateway(account=organization.line["accounts"][0]))


@pytest.fixture(scope="module")
def story(operator: Operator, organization: Organization) -> Mapping[str, Ran]:
    """A morning at the command line, on a gateway that may be recorded twice a day."""
    ran = {"record": operator("record", *operator.place, "--duration", "1s")}
    [first] = operator.document("recordings", "--gateway", operator.gateway.id)
    organization.notices_are_delivered()
    eventually(lambda: not is_cooling(operator.gateway))
    ran["record --no-wait"] = operator("record", *operator.place, "--duration", "50s", "--no-wait", "--json")
    second = json.loads(ran["record --no-wait"].stdout)["id"]
    ran["record while it is recorded"] = operator("record", *operator.place)
    ran["stop"] = operator("stop", second)
    closed(on=operator.gateway, number=2)
    ran["stop again --json"] = operator("stop", second, "--json")
    eventually(lambda: not is_cooling(operator.gateway))
    ran["record beyond the quota --json"] = operator("record", *operator.place, "--json")
    ran["replay --live"] = operator("replay", "-", "--live", typed=onset_event(operator.gateway))
    ran["replay --live --json"] = operator(
        "replay", "-", "--live", "--json", typed=onset_event(operator.gateway)
    )
    organization.notices_are_delivered()
    ran["show"] = operator("show", first["id"])
    ran["show --json"] = operator("show", second, "--json")
    for form in ([], ["--json"], ["--csv"]):
        ran[" ".join(["recordings", *form])] = operator("recordings", "--gateway", operator.gateway.id, *form)
    ran["show --trace --json"] = operator("show", second, "--trace", "--json")
    ran["show --trace"] = operator("show", first["id"], "--trace")
    return ran


@pytest.mark.parametrize(
    "verb",
    [
        "record",
        "record --no-wait",
        "record while it is recorded",
        "record beyond the quota --json",
        "stop",
        "stop again --json",
        "show",
        "show --json",
        "recordings",
        "recordings --json",
        "recordings --csv",
        "replay --live",
        "replay --live --json",
    ],
)
def test_what_a_verb_prints(story: Mapping[str, Ran], verb: str, snapshot: SnapshotAssertion) -> None:
    ran = story[verb]
    shown = f"exit {ran.returncode}\n--- stdout\n{ran.stdout}--- stderr\n{ran.stderr}"
    if verb == "stop":  # what follows a close may be there already
        shown = re.sub(r"(?m)^(spike|delivered|report|headline|no suspects|suspected).*\n", "", shown)
        shown = re.sub(r"(?m)^((?:\w+ )*\w+)  +", r"\1  ", shown)
    assert masked(shown) == snapshot(extension_class=_Text)


def test_a_trace_is_in_order_of_time_and_each_source_says_the_same_every_time(
    story: Mapping[str, Ran], snapshot: SnapshotAssertion
) -> None:
    """Logs and notices overtake one another; what the execution says has its order."""
    found = json.loads(story["show --trace --json"].stdout)
    times = [each["at"] for each in found["trace"]]
    assert times == sorted(times)
    assert found["unread"] == []
    said = {
        source: [each["what"] for each in found["trace"] if each["source"] == source]
        for source in ("table", "execution", "log", "notice")
    }
    said |= {source: sorted(said[source]) for source in ("log", "notice")}
    assert masked(json.dumps(said, indent=2)) == snapshot(extension_class=_Text)


def test_people_read_a_trace_below_the_recording(story: Mapping[str, Ran]) -> None:
    card, trace = story["show --trace"].stdout.split("\n\n")
    assert "\nopened by" in card
    assert re.match(r"\d{4}-\S+Z  table      onset of manual\n", trace)
    assert "  execution  TaskTimedOut: States.Timeout\n" in trace


def test_a_reason_passes_the_quota_is_kept_and_told(operator: Operator, story: Mapping[str, Ran]) -> None:
    assert story["record beyond the quota --json"].returncode == 1
    made = operator("record", *operator.place, "--over-quota", "incident 42", "--duration", "1s", "--json")
    found = json.loads(made.stdout)
    assert (made.returncode, found["over_quota"], found["state"]) == (0, "incident 42", "closed")
    [told] = [
        text
        for subject, text in letters(operator.gateway)
        if found["id"] in text and "Flow logs are on" in text
    ]
    assert "Neither quota nor cooldown counted, for this reason: incident 42" in " ".join(told.split())


def test_ctrl_c_leaves_the_recording_going_on(organization: Organization) -> None:
    operator = Operator(organization, organization.gateway())
    with operator.begins("record", *operator.place, "--duration", "50s") as process:
        opened(on=operator.gateway)
        eventually(lambda: "flow logs are on" in process.stderr.readline())
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(20) == 130
    [found] = operator.document("recordings", "--gateway", operator.gateway.id)
    assert found["state"] == "open"
    assert f"{found['id']} goes on, until {found['deadline']} at the latest." in said
    assert f"End it: natrec stop {found['id']}" in said
    assert operator("stop", found["id"]).returncode == 0
    assert not flow_logs(of=operator.gateway)


def test_what_an_alarm_began_is_stopped_alike_and_cools_down(organization: Organization) -> None:
    operator = Operator(organization, organization.gateway())
    alarm_fires(on=operator.gateway)
    recording = opened(on=operator.gateway)
    found = operator.document("stop", recording["id"])
    assert (found["state"], found["ended_by"][:10]) == ("closed", "stopped by")
    assert found["opened_by"] == "alarm natrec-standard-download-zonal"
    ended = closed(on=operator.gateway)
    assert ended["report"]
    assert not flow_logs(of=operator.gateway)
    assert "cooling_until" in gateway_item(operator.gateway)


def test_an_id_that_nobody_has_is_told(operator: Operator) -> None:
    ran = operator("stop", "rec-20261123T061018-00000000")
    assert ran.returncode == 1
    assert "the history has no rec-20261123T061018-00000000" in ran.stderr


def is_cooling(gateway: Gateway) -> bool:
    until = gateway_item(gateway).get("cooling_until")
    return until is not None and datetime.fromisoformat(until) > now()


def onset_event(gateway: Gateway) -> str:
    """The event of its alarm, as EventBridge delivers it."""
    entry = contributor_change(gateway, "natrec-standard-download-zonal", "ALARM", now())
    return json.dumps(
        {
            "version": "0",
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": gateway.account,
            "region": gateway.region,
            "time": now().isoformat(),
            "detail": json.loads(entry["Detail"]),
        }
    )
