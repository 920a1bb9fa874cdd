"""One notice of each kind, as a team would get it: for the preview and for the goldens."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hub.domain.digests import Digest, Large
from hub.domain.gateways import GatewayRef
from hub.domain.notices import AboutRecording, Kind, Notice
from hub.domain.quotas import CounterKey, Limit
from hub.domain.recordings import Recording, Summary, recording_id
from hub.domain.suspects import Suspect, Suspicion
from hub.domain.targets import Target
from hub.notices import others
from hub.notices.writing import write

_ONSET = datetime(2026, 11, 23, 13, 1, 12, tzinfo=UTC)
_OPENED = _ONSET + timedelta(seconds=21)
_CLOSED = _OPENED + timedelta(minutes=14, seconds=30)
_TOLD = _CLOSED + timedelta(minutes=12, seconds=40)
_GATEWAY = GatewayRef("444444444444", "eu-west-1", "nat-0a1b2c3d4e5f60718")
_NAME = "payments-prod"
_EXECUTION = "arn:aws:states:eu-west-1:222222222222:execution:natrec-recording:2dde0eb1-528b-d2d5-9ca6"
_ID = recording_id(_EXECUTION, _OPENED)
_REPORT = f"s3://natrec-reports-222222222222-eu-west-1/recordings/{_ID}/report.json"
_FLOW_LOG = "fl-0f1e2d3c4b5a69788"
_CULPRIT = "i-0fedcba9876543210"

_SUSPICION = Suspicion(
    _OPENED + timedelta(seconds=9),
    (
        Suspect(
            client=_CULPRIT,
            name="etl-runner-3",
            addresses=("10.0.1.20",),
            direction="download",
            before=2_000_000,
            since=2_840_000_000,
            share=0.97,
            sureness="likely",
            reason="it rose in the same minutes by about as much, and nobody else did",
        ),
    ),
)
_SUMMARY = Summary(
    headline="etl-runner-3 (team data) downloaded 41.0 GB from S3 in 14 min, 92% of the traffic through "
    "egress.",
    talkers=(
        f"92%, 41.0 GB: {_CULPRIT} etl-runner-3 from S3 52.218.41.112, port 443",
        "4%, 1.8 GB: ECS service checkout from 140.82.121.3, port 443",
        "2%, 0.9 GB: 10.0.1.77 from an unknown remote 203.0.113.9, port 8443",
        "1%, 0.3 GB: ECS service search from AWS 54.239.31.91, port 443",
    ),
    cost="$1.97 of NAT processing; its recording cost less than a cent",
    advice="41.0 GB came from S3. A gateway endpoint for S3 costs nothing and would have taken all of it off "
    "the gateway. At this rate it would save $310.00 a month.",
    suspicion=f"The suspect named 30 s after the onset was right: {_CULPRIT} etl-runner-3 made 92% of the "
    "download.",
)
_OPEN = Recording(
    id=_ID,
    execution=_EXECUTION,
    gateway=_GATEWAY,
    gateway_name="egress",
    tier="standard",
    alarms=("natrec-standard-download-zonal",),
    state="open",
    onset_at=_ONSET,
    opened_at=_OPENED,
    deadline=_OPENED + timedelta(minutes=15),
    delivery_wait=timedelta(minutes=12),
    cooldown=timedelta(minutes=30),
    flow_logs=(_FLOW_LOG,),
    suspicion=_SUSPICION,
)
_ENDED = replace(
    _OPEN,
    state="closed",
    reason="traffic calmed: every alarm recovered",
    closed_at=_CLOSED,
    recovered_at=_CLOSED - timedelta(seconds=20),
    delivered_bytes=18_400_000,
    delivered_objects=4,
    report=_REPORT,
    summary=_SUMMARY,
)
_FAILED = replace(
    _OPEN,
    state="failed",
    flow_logs=(),
    closed_at=_OPENED + timedelta(seconds=6),
    reason="the recording failed: FlowLogsRefused: creating flow logs on nat-0a1b2c3d4e5f60718: "
    "UnauthorizedOperation: ec2:CreateFlowLogs is denied by a service control policy",
)
_LOST = replace(_ENDED, reason="its execution ended without closing it", summary=None, report=None)
_DENIED = (
    "deleting fl-0f1e2d3c4b5a69788 in 444444444444 eu-west-1: UnauthorizedOperation: explicit deny in a "
    "service control policy"
)
_ABOUT: dict[AboutRecording, tuple[Recording, str | None, datetime]] = {
    "started": (_OPEN, None, _OPENED + timedelta(seconds=11)),
    "closed": (_ENDED, None, _TOLD),
    "failed": (_FAILED, None, _OPENED + timedelta(seconds=7)),
    "unreported": (
        replace(_ENDED, report=None, summary=None),
        "the query over the archive failed: AccessDenied: s3:GetObject",
        _TOLD,
    ),
    "stuck": (_OPEN, _DENIED, _CLOSED),
    "undelivered": (replace(_OPEN, delivery_error="Access error"), None, _OPENED + timedelta(minutes=6)),
    "lost": (_LOST, None, _CLOSED + timedelta(minutes=5)),
}
_TARGET = Target(_GATEWAY.account, _GATEWAY.region)
_DAY = date(2026, 11, 22)


def sample(kind: Kind) -> Notice:
    """The sample of one kind."""
    if kind in _ABOUT:
        about = next(each for each in _ABOUT if each == kind)
        recording, fault, now = _ABOUT[about]
        return write(about, replace(recording, account_name=_NAME), fault, now=now)
    return _others()[kind]


def _others() -> dict[Kind, Notice]:
    day = CounterKey("account", _GATEWAY.account, "opened_day", "2026-11-23")
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    since = _ONSET - timedelta(minutes=41)
    mended = (f"deleted flow log {_FLOW_LOG} of {_ID}, which is closed", "armed a failsafe that was missing")
    denied = f"assuming natrec-worker-eu-west-1 in {_GATEWAY.account}: AccessDenied"
    return {
        "quota": others.quota(
            Limit(day, 20, "account_quota"),
            20,
            midnight,
            _GATEWAY,
            _NAME,
            now=_TOLD,
            raise_where="quotas.account.max_per.day",
            gateway_name="egress",
        ),
        "unreachable": others.unreachable(_TARGET, (_ID,), denied, _NAME, now=since),
        "reachable": others.reachable(_TARGET, since, _NAME, now=_ONSET),
        "found": others.found(_TARGET, mended, _NAME, now=_TOLD),
        "digest": others.digest(_digest(), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        "test": others.test("the central team", _TOLD),
    }


def _digest() -> Digest:
    sandbox = GatewayRef("555555555555", "us-east-1", "nat-0718293a4b5c6d7e8")
    return Digest(
        day=_DAY,
        opened=4,
        closed=3,
        failed=1,
        refused={"cooling_down": 6, "muted": 2, "account_quota": 1},
        delivered=52_300_000,
        nat_cost=3.42,
        recording_cost=0.03,
        covered=42,
        unreachable=(Target("666666666666", "eu-west-1"),),
        largest=(
            Large(_ID, _GATEWAY, _SUMMARY.headline, 44_500_000_000, 2.14, None, _NAME, "egress"),
            Large(
                "rec-20261122T020511-9c1b07aa",
                sandbox,
                "backup-1 uploaded 18.2 GB to 198.51.100.7 in 11 min, all of the traffic through egress.",
                18_200_000_000,
                0.82,
                account_name="build",
                gateway_name="egress",
            ),
        ),
    )
