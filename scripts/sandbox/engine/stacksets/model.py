"""What a stack set remembers: its instances and its operations.

Statuses as in the CloudFormation API Reference, StackInstance, StackInstanceComprehensiveStatus and
StackSetOperation.
"""

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow


@dataclass
class Instance:
    """One stack of the set in one account and region.

    Attributes:
        unit: The OU through which the account is targeted.
        overrides: Parameters that differ from the set's.
        stack_id: The stack in the member account, once there was one.
        status: CURRENT, OUTDATED or INOPERABLE.
        detailed: DetailedStatus, such as SUCCEEDED or FAILED.
        drift: DriftStatus, as the last look at it has found.
        looked_at: When that was.

    """

    account: str
    region: str
    unit: str
    name: str
    overrides: dict[str, str] = field(default_factory=dict)
    stack_id: str | None = None
    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str | None = None
    operation: str | None = None
    drift: str = "NOT_CHECKED"
    looked_at: datetime | None = None

    def is_now(self, status: str, detailed: str, reason: str | None = None) -> None:
        """Note the outcome of an operation."""
        self.status, self.detailed, self.reason = status, detailed, reason


@dataclass(frozen=True)
class Result:
    """What one operation did to one instance."""

    account: str
    region: str
    unit: str
    status: str
    reason: str | None


@dataclass
class Operation:
    """One operation on a stack set."""

    action: str
    id: str
    preferences: dict[str, Any] = field(default_factory=dict)
    targets: dict[str, Any] = field(default_factory=dict)
    retain: bool = False
    status: str = "RUNNING"
    created: datetime = field(default_factory=utcnow)
    ended: datetime | None = None
    results: list[Result] = field(default_factory=list)
    open: dict[tuple[str, str], Result] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, instance: Instance, status: str) -> None:
        """Note that an instance is PENDING or RUNNING; its result takes the place of that."""
        with self.lock:
            result = Result(instance.account, instance.region, instance.unit, status, None)
            self.open[instance.account, instance.region] = result

    def listed(self) -> list[Result]:
        """The results so far, those of instances that have none yet too."""
        with self.lock:
            return [*self.results, *self.open.values()]

    def note(self, instance: Instance, status: str) -> None:
        """Add a result; several threads do."""
        with self.lock:
            if status == "FAILED":
                self.failures[instance.region] = self.failures.get(instance.region, 0) + 1
            result = Result(instance.account, instance.region, instance.unit, status, instance.reason)
            self.results.append(result)
            self.open.pop((instance.account, instance.region), None)

    def tolerates(self, region: str, accounts: int) -> bool:
        """Whether the failures in a region are within the tolerance (none, unless the preferences say)."""
        share = int(self.preferences.get("FailureTolerancePercentage") or 0)
        allowed = int(self.preferences.get("FailureToleranceCount") or accounts * share // 100)
        return self.failures.get(region, 0) <= allowed

    def finish(self) -> None:
        """Settle the status from the results."""
        stopped = self.status in ("STOPPING", "STOPPED")
        bad = any(result.status in ("FAILED", "CANCELLED") for result in self.results)
        counts: dict[str, int] = {}
        for result in self.results:
            counts[result.region] = counts.get(result.region, 0) + 1
        tolerated = all(self.tolerates(region, count) for region, count in counts.items())
        cancelled = any(result.status == "CANCELLED" for result in self.results)
        failed = bad and (cancelled or not tolerated)
        self.ended = utcnow()
        self.status = "STOPPED" if stopped else "FAILED" if failed else "SUCCEEDED"


@dataclass
class StackSet:
    """A stack set with service-managed permissions.

    Attributes:
        owner: The management account, in whose namespace it lives.
        region: The region it was created in.
        text: The template.
        automatic: Whether accounts get and lose stacks as they join and leave.
        retain: Whether a leaving account keeps its stacks.
        managed: Whether operations wait for each other rather than being refused.
        units: The OUs it was aimed at, each with its regions.
        busy: Held by the running operation.

    """

    owner: str
    region: str
    name: str
    text: str
    parameters: dict[str, str]
    capabilities: list[str]
    tags: dict[str, str]
    description: str | None = None
    automatic: bool = False
    retain: bool = False
    managed: bool = False
    status: str = "ACTIVE"
    id: str = ""
    instances: dict[tuple[str, str], Instance] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    units: dict[str, list[str]] = field(default_factory=dict)
    busy: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.id = self.id or f"{self.name}:{uuid.uuid4()}"

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:cloudformation:{self.region}:{self.owner}:stackset/{self.id}"

    def new_instance(self, account: str, region: str, unit: str) -> Instance:
        """Add an instance that has no stack yet."""
        instance = Instance(account, region, unit, f"StackSet-{self.name}-{uuid.uuid4()}")
        self.instances[account, region] = instance
        return instance

    def aim(self, unit: str, regions: list[str]) -> None:
        """Remember an OU as a target, for accounts that join it later."""
        self.units[unit] = sorted({*self.units.get(unit, []), *regions})

    def forget(self, unit: str, regions: list[str]) -> None:
        """Take regions of an OU from the targets."""
        left = [region for region in self.units.get(unit, []) if region not in regions]
        self.units = {**{u: r for u, r in self.units.items() if u != unit}, **({unit: left} if left else {})}
