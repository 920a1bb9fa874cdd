"""What we hold ourselves to: each promise about speed, size and cost, and the part that measures it."""

from dataclasses import dataclass
from typing import Literal, get_args

Part = Literal["path", "cold", "storm", "sweep", "report", "plan", "demo", "tests"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True)
class Target:
    """One promise.

    Attributes:
        key: How figures name it.
        part: Who measures it.
        what: Of what, for people.
        target: What is promised, for people.
        missed: Why it is not met, where it is known that it cannot be.

    """

    key: str
    part: Part
    what: str
    target: str
    missed: str = ""


CALLS, STATES_A_RECORDING = 5, 12
COLD, ZIP_MB = 1.5, 6
TIMES_FLOWLOGS_READER = 15
SWEEPS_USD, CALLS_A_RECORDING = 30, 2
PLAN_SECONDS, DEMO_SECONDS, SUITE_SECONDS = 2, 180, 300
# Of the storm and of the organization.
GATEWAYS, ACTIVE, ACCOUNTS, REGIONS = 1000, 25, 1000, 17
# Of the best engine: text, parquet.
TEXT, PARQUET = 1.6, 1.2

TARGETS = (
    Target(
        "onset",
        "path",
        "onset event to CreateFlowLogs answered",
        f"1 state transition, 1 Lambda invocation, at most {CALLS} AWS calls",
    ),
    Target(
        "recording",
        "path",
        "state transitions of a whole recording, report included",
        f"at most {STATES_A_RECORDING}",
    ),
    Target(
        "cold", "cold", "cold start on the critical path (import)", f"at most {COLD} x boto3 + one client"
    ),
    Target("zip", "cold", "hub zip", f"at most {ZIP_MB} MB"),
    Target(
        "storm",
        "storm",
        f"alarm storm: {GATEWAYS:,} gateways at once, {ACTIVE} active allowed",
        f"never more than {ACTIVE}, none lost, no limit passed",
    ),
    Target("linear", "storm", "alarm storm: cost of an alarm as it grows", "linear in alarms"),
    Target("parquet", "report", "top talkers, parquet", f"at most {PARQUET} x the best engine"),
    Target("text", "report", "top talkers, text", f"at most {TEXT} x the best engine"),
    Target(
        "flowlogs-reader",
        "report",
        "top talkers, text",
        f"{TIMES_FLOWLOGS_READER} x faster than flowlogs-reader",
    ),
    Target("memory", "report", "top talkers within 512 MB", "peak of the process at most 512 MB"),
    Target(
        "sweeps",
        "sweep",
        f"sweeps of {ACCOUNTS:,} accounts x {REGIONS} regions",
        f"at most ${SWEEPS_USD} a month",
    ),
    Target(
        "quick",
        "sweep",
        "quick sweep, AWS calls beside the table's",
        f"at most {CALLS_A_RECORDING} for each open recording",
    ),
    Target(
        "plan",
        "plan",
        f"render and plan, {ACCOUNTS:,} accounts x {REGIONS} regions",
        f"under {PLAN_SECONDS} s",
    ),
    Target("demo", "demo", "demo, cold clone to finished report", f"under {DEMO_SECONDS // 60} minutes"),
    Target(
        "tests",
        "tests",
        "test suite on 2 cores",
        f"under {SUITE_SECONDS // 60} minutes",
        missed="most of it are stories in sandboxes of their own, and none is left out",
    ),
)
