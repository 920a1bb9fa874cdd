"""What is seen of storms, and what it says of what is promised."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scripts.benches.calls import Call
from scripts.benches.findings import Curve, Figure
from scripts.benches.targets import ACTIVE, GATEWAYS

OPENING = "open-recording"
_READS = frozenset({"GetItem", "BatchGetItem", "Query", "DescribeNatGateways"})
_WRITES = frozenset({"PutItem", "UpdateItem", "TransactWriteItems", "CreateFlowLogs", "CreateSchedule"})
# The first storm pays the cold starts; twice the time for each alarm would be no linear growth.
LINEAR = 1.5


@dataclass(frozen=True)
class Answer:
    """What one alarm costs.

    Attributes:
        reads: Calls that read, of the table and of the spoke.
        writes: Calls that write.
        transitions: States that its execution entered until it was answered.

    """

    reads: int
    writes: int
    transitions: int

    def __str__(self) -> str:
        return f"{self.reads} reads, {self.writes} writes, {self.transitions} transitions"


@dataclass(frozen=True)
class Struck:
    """One storm.

    Attributes:
        gateways: In alarm at once, each told once.
        seconds: Until the last of them was answered.
        admitted: Recordings that it opened.
        answered: How many alarms got an answer.
        waiting: Refused ones that the sweep would offer again.
        most: Recordings at once, at the most.
        transactions: Transactions of admission, retries included.
        conflicts: Items of writes that met another transaction.
        exact: Whether the counters are what executions add up to.

    """

    gateways: int
    seconds: float
    admitted: int
    answered: int
    waiting: int
    most: int
    transactions: int
    conflicts: int
    exact: bool

    @property
    def each(self) -> float:
        """Seconds for each alarm."""
        return self.seconds / self.gateways

    @property
    def is_sound(self) -> bool:
        """Never more than allowed, none lost, no limit passed."""
        none_lost = self.answered == self.gateways == self.admitted + self.waiting
        return self.exact and none_lost and self.most <= ACTIVE == self.admitted


def counted(calls: Iterable[Call], transitions: int, *, visits: bool) -> Answer:
    """What one alarm came to.

    Args:
        calls: Of natrec's roles, while nothing else was opened.
        transitions: That its execution took to be answered.
        visits: Whether calls of a spoke's worker are its own; of other recordings' else.

    """
    found = list(calls)
    last = max((at for at, each in enumerate(found) if each.who == OPENING), default=-1)
    own = [each for each in found[: last + 1] if each.who == OPENING or (visits and each.who == "worker")]
    names = [each.operation.partition(":")[2] for each in own]
    return Answer(sum(each in _READS for each in names), sum(each in _WRITES for each in names), transitions)


def figures(struck: Sequence[Struck], admitted: Answer, refused: Answer) -> Iterator[Figure]:
    """What is promised of storms, by the largest one, and of their growth."""
    smallest, largest = struck[0], struck[-1]
    is_sound = all(each.is_sound for each in struck)
    enough = largest.gateways >= GATEWAYS
    yield Figure(
        "storm",
        f"{largest.gateways:,} gateways: {largest.most} at once, {largest.answered:,} answered, "
        f"{largest.waiting:,} wait, counters {'exact' if largest.exact else 'WRONG'}",
        f"{largest.transactions / largest.admitted:.1f} transactions and "
        f"{largest.conflicts / largest.admitted:.1f} conflicts for each admitted",
        is_sound if enough or not is_sound else None,
    )
    growth = largest.each / smallest.each
    yield Figure(
        "linear",
        ", ".join(f"{each.each * 1000:.0f} ms at {each.gateways:,}" for each in struck),
        f"{growth:.2f} of the time at {smallest.gateways:,}; refused: {refused}; admitted: {admitted}",
        growth <= LINEAR if len(struck) > 1 else None,
    )


def curve(struck: Sequence[Struck]) -> Curve:
    """How the time grows, in all and for each alarm."""
    lines = {
        "until all are answered, s": tuple((each.gateways, each.seconds) for each in struck),
        "for each alarm, s": tuple((each.gateways, each.each) for each in struck),
    }
    return Curve("storm", "A storm of alarms in the sandbox", "gateways in alarm at once", "seconds", lines)
