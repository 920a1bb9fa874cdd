"""The hub's ports without AWS; the contract suites hold them to what the adapters do."""

from tests.fakes.clock import ManualClock
from tests.fakes.deliveries import FakeOutbox, FakePost, FakeTold
from tests.fakes.rules import FixedRules
from tests.fakes.spokes import FakeSpoke, FakeSpokes
from tests.fakes.table import InMemoryLedger, InMemoryRecordings, InMemoryWatch, Table
from tests.fakes.world import (
    FakeAnswers,
    FakeArchive,
    FakeExecutions,
    FakeMembership,
    FakeMeter,
    FakeNotices,
    FakeOrganization,
    FakePaid,
    FakeReports,
    FakeWitness,
)

__all__ = [
    "FakeAnswers",
    "FakeArchive",
    "FakeExecutions",
    "FakeMembership",
    "FakeMeter",
    "FakeNotices",
    "FakeOrganization",
    "FakeOutbox",
    "FakePaid",
    "FakePost",
    "FakeReports",
    "FakeSpoke",
    "FakeSpokes",
    "FakeTold",
    "FakeWitness",
    "FixedRules",
    "InMemoryLedger",
    "InMemoryRecordings",
    "InMemoryWatch",
    "ManualClock",
    "Table",
]
