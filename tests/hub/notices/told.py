"""What notices are written of: recordings and hostile names; and Slack's limits, as Slack publishes them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from hub.domain.notices import AboutRecording, Notice
from hub.domain.recordings import Recording, Summary
from hub.notices.writing import write
from tests import factories

ABOUT: tuple[AboutRecording, ...] = get_args(AboutRecording)
FAULT = "FlowLogsRemain: deleting fl-0123456789abcdef0 in 444444444444 eu-west-1: UnauthorizedOperation: " * 2
REPORT = "s3://natrec-reports-222222222222-eu-west-1/recordings/rec-20261123T061018-0f43a8b1/report.json"
PAGE = (
    "https://eu-west-1.console.aws.amazon.com/s3/object/natrec-reports-222222222222-eu-west-1?region=eu-west-1"
    "&prefix=recordings/rec-20261123T061018-0f43a8b1/report.html"
)
SUMMARY = Summary(
    headline="i-0abc etl-runner-3 (team data) downloaded 41.0 GB from S3 in 14 min, 92% of the traffic.",
    talkers=(
        "92%, 41.0 GB: i-0abc etl-runner-3 from S3 52.218.41.112, port 443",
        "4%, 1.8 GB: 10.0.1.7 from 140.82.121.3, port 22",
    ),
    cost="$1.97 of NAT processing; its recording cost less than a cent",
    advice="41.0 GB came from S3. A gateway endpoint costs nothing. It would save $310.00 a month.",
    gaps=("The recording is incomplete: AWS skipped records 3 times (SKIPDATA).",),
    suspicion="The suspect named 20 s after the start was right: i-0abc made 92% of the download.",
)
REGIONAL = ("nat-0123456789abcdef0: LogDestinationPermissionIssueException Access Denied for LogDestination",)
CLOSED = factories.closed_recording(
    delivered_bytes=1_234_567,
    delivered_objects=3,
    report=REPORT,
    summary=SUMMARY,
    alarms=(factories.ALARM, factories.OTHER_ALARM),
)
RECORDINGS: dict[AboutRecording, Recording] = {
    "started": factories.recording(flow_logs=("fl-0123456789abcdef0",), not_recorded=REGIONAL),
    "closed": CLOSED,
    "failed": factories.recording(
        state="failed",
        reason="the recording failed: FlowLogsRefused: creating flow logs on nat-0123456789abcdef0: denied",
        closed_at=factories.NOW + timedelta(seconds=9),
        gateway_name=None,
    ),
    "unreported": factories.closed_recording(),
    "stuck": factories.recording(flow_logs=tuple(f"fl-{number:017x}" for number in range(6))),
    "undelivered": factories.recording(flow_logs=("fl-1",), delivery_error="Access error"),
    "lost": factories.closed_recording(reason="its execution ended without closing it"),
}
NOW = factories.NOW + timedelta(minutes=20)


def written(kind: AboutRecording, recording: Recording | None = None, name: str = "payments") -> Notice:
    named = replace(recording or RECORDINGS[kind], account_name=name)
    return write(kind, named, FAULT, now=NOW)


# What somebody may write into a tag, and what an error may bring along.
NASTY = (
    "<!here> <@U123> <!channel> <https://evil.example|Report>",
    "& < > &lt; | ` * _ ~ ``` *bold* _it_ ~gone~ >quote",
    "\u202eturned\u202c \u200b\u200d\ufeff zero",
    "line\nline\r\n\n\nFacts\n  Account    999999999999",
    "x" * 5000,
    "&" * 5000,
    "Ausgang-für-Zürich 出口 🔥",
    "\x1b[31mred\x00",
    "@channel @here #general https://evil.example mailto:a@b.example",
    "{{ 7*7 }} {% raw %} @suspects",
)
NAMES = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=300),
    st.lists(st.sampled_from("<>&*_~`|!@# \n\t\u200b\u202ea-"), max_size=200).map("".join),
)


def hostile(name: str, talkers: int) -> Recording:
    """A closed recording, each of whose texts is this one."""
    return factories.closed_recording(
        gateway_name=name,
        alarms=(f"natrec-custom-{name}",),
        reason=name,
        delivered_objects=1,
        report=REPORT,
        flow_logs=tuple(f"fl-{number:017x}" for number in range(max(1, talkers))),
        notes=(name,) * 30,
        not_recorded=(name,) * 30,
        suspicion=factories.suspicion(factories.suspect(name=name)),
        summary=Summary(
            headline=name,
            talkers=tuple(f"{number}%: {name}" for number in range(talkers)),
            cost=name,
            advice=name,
            gaps=(name,) * 40,
            suspicion=name,
        ),
    )


def is_within_slacks_limits(payload: dict[str, Any]) -> None:
    """As docs.slack.dev has them for each block; written down again, so that ours can not move them."""
    blocks = payload["blocks"]
    assert 0 < len(blocks) <= 50
    assert 0 < len(payload["text"]) <= 3000
    total = 0
    for block in blocks:
        match block["type"]:
            case "header":
                assert block["text"]["type"] == "plain_text"
                assert 0 < len(block["text"]["text"]) <= 150
                texts = [block["text"]]
            case "section":
                texts = [block["text"]] if "text" in block else block["fields"]
                assert 0 < len(texts) <= 10
                limit = 3000 if "text" in block else 2000
                assert all(0 < len(each["text"]) <= limit for each in texts)
            case "context":
                texts = block["elements"]
                assert 0 < len(texts) <= 10
                assert all(0 < len(each["text"]) <= 3000 for each in texts)
            case other:
                raise AssertionError(f"{other} is not a block that natrec sends")
        total += sum(len(each["text"].encode("utf-16-le")) // 2 for each in texts)
    assert total <= 11_000, "some 13,000 are refused"
