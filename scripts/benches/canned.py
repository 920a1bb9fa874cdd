"""AWS as far as a sweep asks for it, at botocore's wire: what is sent is signed, what comes back is parsed.

Answers are written as the services' API references show them, in pages of the size that AWS gives. Only the
network is missing: its time is added on request, and TLS connections are counted, for new ones cost processor
time: as many as are busy at once, of a region's spokes together and of each client of the hub's own. The
table is not here; its calls go on to the endpoint.
"""

import io
import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict

_KEY = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
_ACCOUNT = re.compile(r"arn:[^:]+:iam::(\d{12}):role/")
Tagged = tuple[str, dict[str, str]]
_PAGE = 100  # Step Functions API reference, ListExecutions: the default


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


@dataclass(frozen=True)
class Place:
    """Who is asked, and for whom."""

    account: str
    region: str


@dataclass
class CannedAws:
    """Answers STS, EC2, CloudWatch, Step Functions and EventBridge Scheduler.

    Attributes:
        latency: Seconds until each answer comes.
        executions: ARNs of those that run.
        flow_logs: Of each place: ids with their tags.
        contributors: Of each place: gateways in alarm.
        calls: What was asked, by service and operation, the table's calls too.

    """

    latency: float = 0.0
    executions: list[str] = field(default_factory=list)
    flow_logs: dict[Place, list[tuple[str, dict[str, str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    contributors: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    calls: Counter[str] = field(default_factory=Counter)
    archive: str = ""
    _busy: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _most: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _of_others: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def before_send(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
        """Answer; None where the call goes on to the endpoint."""
        service, operation = event_name.split(".")[1:]
        key, region, signed = _signed(request)
        host = ("" if key.startswith("ASIA") else key, region, signed)
        with self._lock:
            self.calls[f"{service}:{operation}"] += 1
            self._busy[host] += 1
            self._most[host] = max(self._most[host], self._busy[host])
        if service != "dynamodb" and self.latency:
            threading.Event().wait(self.latency)
        with self._lock:
            self._busy[host] -= 1
        if service == "dynamodb":
            return None
        place = Place(key.removeprefix("ASIA"), region)
        body = getattr(self, f"_{service}_{operation}")(place, given(request))
        return answer(body)

    def forget(self) -> None:
        """Count from here."""
        with self._lock:
            self.calls.clear()
            self._most.clear()
            self._of_others = 0

    @property
    def connections(self) -> int:
        """How many there were, of all functions together."""
        return self._of_others + self._most.total()

    def meets_another(self) -> None:
        """A new function connects anew."""
        self._of_others, self._most = self.connections, Counter()

    def _sts_AssumeRole(self, _: Place, given: Mapping[str, str]) -> str:  # noqa: N802 - operations' own names
        account = _ACCOUNT.match(given["RoleArn"])
        if account is None:
            raise ValueError(given["RoleArn"])
        ends = datetime.now(UTC) + timedelta(seconds=int(given["DurationSeconds"]))
        return (
            '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
            f"<AccessKeyId>ASIA{account[1]}</AccessKeyId><SecretAccessKey>any</SecretAccessKey>"
            f"<SessionToken>any</SessionToken><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
            f"</Credentials><AssumedRoleUser><Arn>{escape(given['RoleArn'])}</Arn>"
            "<AssumedRoleId>AROA:hub</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
        )

    def _ec2_DescribeFlowLogs(self, place: Place, _: Mapping[str, str]) -> str:  # noqa: N802 - as above
        items = "".join(_flow_log(each, tags, self.archive) for each, tags in self.flow_logs[place])
        return _ec2("DescribeFlowLogs", f"<flowLogSet>{items}</flowLogSet>")

    def _ec2_DescribeNatGateways(self, _: Place, given: Mapping[str, str]) -> str:  # noqa: N802 - as above
        gateway = given["NatGatewayId.1"]
        address = "<networkInterfaceId>eni-0a</networkInterfaceId><privateIp>10.0.0.4</privateIp>"
        found = (
            f"<natGatewayId>{gateway}</natGatewayId><state>available</state><vpcId>vpc-0a</vpcId>"
            f"<natGatewayAddressSet><item>{address}</item></natGatewayAddressSet>"
        )
        return _ec2("DescribeNatGateways", f"<natGatewaySet><item>{found}</item></natGatewaySet>")

    def _ec2_CreateFlowLogs(self, place: Place, given: Mapping[str, str]) -> str:  # noqa: N802 - as above
        start = "TagSpecification.1.Tag."
        tags = {
            value: given[f"{key.removesuffix('Key')}Value"]
            for key, value in given.items()
            if key.startswith(start) and key.endswith(".Key")
        }
        flow_log = f"fl-{len(self.flow_logs[place]):017x}"
        self.flow_logs[place].append((flow_log, tags))
        return _ec2("CreateFlowLogs", f"<flowLogIdSet><item>{flow_log}</item></flowLogIdSet><unsuccessful/>")

    def _cloudwatch_DescribeAlarms(self, _place: Place, _: Mapping[str, str]) -> str:  # noqa: N802 - as above
        return json.dumps({"MetricAlarms": [], "CompositeAlarms": []})

    def _cloudwatch_DescribeAlarmContributors(self, place: Place, _: Mapping[str, str]) -> str:  # noqa: N802
        began = datetime.now(UTC).timestamp() - 300
        found = [
            {
                "ContributorId": f"{at:016x}",
                "ContributorAttributes": {"NatGatewayId": each},
                "StateReason": "Threshold Crossed",
                "StateTransitionedTimestamp": began,
            }
            for at, each in enumerate(self.contributors[place])
        ]
        return json.dumps({"AlarmContributors": found})

    def _sfn_ListExecutions(self, _: Place, given: Mapping[str, Any]) -> str:  # noqa: N802 - as above
        first = int(given.get("nextToken", 0))
        page = [
            {
                "executionArn": each,
                "stateMachineArn": given["stateMachineArn"],
                "name": each.rpartition(":")[2],
                "status": "RUNNING",
                "startDate": datetime.now(UTC).timestamp(),
            }
            for each in self.executions[first : first + _PAGE]
        ]
        more = {"nextToken": str(first + _PAGE)} if first + _PAGE < len(self.executions) else {}
        return json.dumps({"executions": page, **more})

    def _scheduler_CreateSchedule(self, _place: Place, _: Mapping[str, str]) -> str:  # noqa: N802 - as above
        return json.dumps({"ScheduleArn": "arn:aws:scheduler:eu-west-1:222222222222:schedule/natrec/any"})


def _signed(request: AWSPreparedRequest) -> tuple[str, str, str]:
    """Key, region and service that the request is signed with."""
    header = request.headers["Authorization"]
    text = header.decode() if isinstance(header, bytes) else str(header)
    found = _KEY.search(text)
    if found is None:
        raise ValueError(text)
    return found[1], found[2], found[3]


def given(request: AWSPreparedRequest) -> Mapping[str, Any]:
    """The parameters of a request, by their names on the wire."""
    body = request.body or b""
    text = body.decode() if isinstance(body, bytes) else str(body)
    return dict(json.loads(text)) if text.startswith("{") else dict(parse_qsl(text))


def answer(told: str | Mapping[str, Any]) -> AWSResponse:
    """An answer as if it had come over the wire: XML as it is written, anything else as JSON."""
    body = told if isinstance(told, str) else json.dumps(told)
    headers: Any = HeadersDict({"Content-Type": "application/json" if body.startswith("{") else "text/xml"})
    return AWSResponse("https://aws.test/", 200, headers, _Raw(body.encode()))


def _ec2(operation: str, inner: str) -> str:
    name = f"{operation}Response"
    return (
        f'<{name} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId>{inner}</{name}>'
    )


def _flow_log(flow_log: str, tags: Mapping[str, str], archive: str) -> str:
    written = "".join(
        f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>" for key, value in tags.items()
    )
    return (
        f"<item><flowLogId>{flow_log}</flowLogId><flowLogStatus>ACTIVE</flowLogStatus>"
        f"<deliverLogsStatus>SUCCESS</deliverLogsStatus><logDestinationType>s3</logDestinationType>"
        f"<logDestination>arn:aws:s3:::{archive}/natrec/</logDestination><tagSet>{written}</tagSet></item>"
    )
