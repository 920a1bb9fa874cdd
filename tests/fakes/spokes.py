"""Member accounts and regions without AWS."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hub.domain.errors import FlowLogsRefused, SpokeUnreachable, UnknownGateway, UnsupportedGateway
from hub.domain.flow_logs import Created, FlowLog, FlowLogRequest
from hub.domain.gateways import Gateway, GatewayRef
from hub.domain.networks import Interface, Network
from hub.domain.reconciling import CONTRIBUTORS_SHOWN, Firing, InAlarm

Operation = Literal[
    "describe_gateway",
    "create_flow_logs",
    "find_flow_logs",
    "delete_flow_logs",
    "arm_failsafe",
    "disarm_failsafe",
    "list_flow_logs",
    "has_failsafe",
    "contributors",
    "firing",
    "network",
]


@dataclass(frozen=True)
class Failsafe:
    """A schedule that deletes flow logs."""

    flow_logs: tuple[str, ...]
    at: datetime


@dataclass
class FakeSpoke:
    """One spoke.

    Attributes:
        account: Its account.
        region: Its region.
        gateways: What is there.
        flow_logs: What is on, by recording.
        failsafes: What is armed, by recording.
        errors: Delivery error of each flow log whose delivery fails.
        astray: Flow logs that somebody leads to a bucket of their own.
        undying: Flow logs that are still there after their deletion.
        refused: Why no flow log of a resource can be made.
        in_alarm: Who each fleet alarm lists as in ALARM, and since when.
        custom: Each alarm of people's own that is in ALARM.
        interfaces: What has addresses there.
        instances: The tags of each instance there.
        journal: Each operation, in order.

    """

    account: str
    region: str
    journal: list[str] = field(default_factory=list)
    gateways: dict[str, Gateway] = field(default_factory=dict)
    flow_logs: dict[str, dict[str, str]] = field(default_factory=dict)
    failsafes: dict[str, Failsafe] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    astray: set[str] = field(default_factory=set)
    undying: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    in_alarm: dict[str, dict[str, datetime]] = field(default_factory=dict)
    custom: list[Firing] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    instances: dict[str, dict[str, str]] = field(default_factory=dict)
    _meanwhile: dict[Operation, Callable[[], object]] = field(default_factory=dict)
    _before: dict[Operation, list[Exception]] = field(default_factory=dict)
    _after: dict[Operation, list[Exception]] = field(default_factory=dict)
    _answers: dict[str, Created] = field(default_factory=dict)
    _numbers: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)

    def fail(self, operation: Operation, *faults: Exception) -> None:
        """The next calls fail and change nothing."""
        self._before.setdefault(operation, []).extend(faults)

    def lose_answer(self, operation: Operation, fault: Exception) -> None:
        """The next call takes effect, and its answer is lost."""
        self._after.setdefault(operation, []).append(fault)

    def meanwhile(self, operation: Operation, action: Callable[[], object]) -> None:
        """Something else happens during the next call."""
        self._meanwhile[operation] = action

    def describe_gateway(self, gateway: str) -> Gateway:
        self._begin("describe_gateway")
        found = self.gateways.get(gateway)
        ref = GatewayRef(self.account, self.region, gateway)
        if found is None:
            raise UnknownGateway(f"{ref} does not exist")
        if not found.flow_log_resources:
            raise UnsupportedGateway(f"{ref} has no network interface")
        return found

    def network(self) -> Network:
        self._begin("network")
        own = [
            Interface(
                each,
                gateway.vpc,
                zone=f"{self.region}a",
                primary=gateway.addresses[0],
                addresses=gateway.addresses,
                type="nat_gateway",
                description=f"Interface for NAT Gateway {gateway.ref.gateway}",
            )
            for gateway in self.gateways.values()
            for each in gateway.interfaces
        ]
        return Network((*own, *self.interfaces), dict(self.instances))

    def create_flow_logs(self, request: FlowLogRequest) -> Created:
        self._begin("create_flow_logs")
        if request.recording not in self._answers:
            self._answers[request.recording] = self._create(request)
        self._end("create_flow_logs")
        return self._answers[request.recording]

    def _create(self, request: FlowLogRequest) -> Created:
        there = {resource for each in self.gateways.values() for resource in each.flow_log_resources}
        resources = request.gateway.flow_log_resources
        reasons = {each: "not found" for each in resources if each not in there} | self.refused
        refused = tuple(f"{each}: {reasons[each]}" for each in resources if each in reasons)
        made = {f"fl-{self._numbers():017x}": each for each in resources if each not in reasons}
        if not made:
            raise FlowLogsRefused(f"creating flow logs on {request.gateway.ref}: {'; '.join(refused)}")
        self.flow_logs[request.recording] = made
        return Created(tuple(made), refused)

    def find_flow_logs(self, recording: str) -> tuple[FlowLog, ...]:
        self._begin("find_flow_logs")
        return self._found(recording)

    def list_flow_logs(self) -> tuple[FlowLog, ...]:
        self._begin("list_flow_logs")
        return tuple(each for recording in self.flow_logs for each in self._found(recording))

    def _found(self, recording: str) -> tuple[FlowLog, ...]:
        there = self.flow_logs.get(recording, ())
        return tuple(FlowLog(each, self.errors.get(each), recording, each in self.astray) for each in there)

    def delete_flow_logs(self, flow_logs: Iterable[str]) -> None:
        self._begin("delete_flow_logs")
        gone = set(flow_logs) - self.undying
        for recording, on in self.flow_logs.items():
            self.flow_logs[recording] = {each: where for each, where in on.items() if each not in gone}
        self._end("delete_flow_logs")

    def arm_failsafe(self, recording: str, flow_logs: tuple[str, ...], at: datetime) -> None:
        self._begin("arm_failsafe")
        self.failsafes.setdefault(recording, Failsafe(flow_logs, at))
        self._end("arm_failsafe")

    def disarm_failsafe(self, recording: str) -> None:
        self._begin("disarm_failsafe")
        self.failsafes.pop(recording, None)
        self._end("disarm_failsafe")

    def has_failsafe(self, recording: str) -> bool:
        self._begin("has_failsafe")
        return recording in self.failsafes

    def contributors(self, alarm: str) -> InAlarm:
        self._begin("contributors")
        since = self.in_alarm.get(alarm, {})
        return InAlarm(dict(since), complete=len(since) < CONTRIBUTORS_SHOWN)

    def firing(self) -> tuple[Firing, ...]:
        self._begin("firing")
        fleet = [Firing(alarm, min(since.values())) for alarm, since in self.in_alarm.items() if since]
        return (*fleet, *self.custom)

    def on(self) -> set[str]:
        """Every flow log that is on."""
        return {each for logs in self.flow_logs.values() for each in logs}

    def _begin(self, operation: Operation) -> None:
        self.journal.append(operation)
        action = self._meanwhile.pop(operation, None)
        if action:
            action()
        faults = self._before.get(operation)
        if faults:
            raise faults.pop(0)

    def _end(self, operation: Operation) -> None:
        faults = self._after.get(operation)
        if faults:
            raise faults.pop(0)


@dataclass
class FakeSpokes:
    """Every spoke; one that nobody named is there and empty."""

    journal: list[str] = field(default_factory=list)
    unreachable: set[tuple[str, str]] = field(default_factory=set)
    _spokes: dict[tuple[str, str], FakeSpoke] = field(default_factory=dict)

    def at(self, account: str, region: str) -> FakeSpoke:
        if (account, region) in self.unreachable:
            raise SpokeUnreachable(f"assuming the worker of {account} {region}: AccessDenied")
        new = FakeSpoke(account, region, self.journal)
        return self._spokes.setdefault((account, region), new)

    def add(self, gateway: Gateway) -> FakeSpoke:
        """Put a gateway into its spoke."""
        spoke = self.at(gateway.ref.account, gateway.ref.region)
        spoke.gateways[gateway.ref.gateway] = gateway
        return spoke
