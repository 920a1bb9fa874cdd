"""What the use cases need of the world. Each port has an adapter, a fake, and one contract suite for both.

Signatures are for readers and type checkers: what they name is not loaded here, for no function needs it all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime, timedelta

    from hub.domain.admission import GatewayItem
    from hub.domain.alarms import Transition
    from hub.domain.deliveries import Delivery
    from hub.domain.destinations import Destination
    from hub.domain.digests import Day
    from hub.domain.flow_logs import Created, FlowLog, FlowLogRequest
    from hub.domain.gateways import Availability, Gateway, GatewayRef
    from hub.domain.networks import Network
    from hub.domain.notices import Interest, Notice, Place
    from hub.domain.organization import Placement, Roster
    from hub.domain.quotas import CounterKey, Limit
    from hub.domain.reconciling import Firing, InAlarm, Watched
    from hub.domain.recordings import Recording
    from hub.domain.refusals import Refusal
    from hub.domain.refused import RefusedOnset
    from hub.domain.rises import Series
    from hub.domain.spikes import Spike
    from hub.domain.suspecting import Evidence
    from hub.domain.suspects import Direction, Suspicion
    from hub.domain.targets import Target
    from hub.domain.terms import Terms


class Clock(Protocol):
    """The time, as a dependency."""

    def now(self) -> datetime:
        """The present moment, with its time zone."""


class Rules(Protocol):
    """The organization's policy, compiled."""

    def knows(self, account: str) -> bool:
        """Whether the account's place in the organization is known."""

    def placed(self, account: str, placement: Placement | None) -> Rules:
        """The same rules with one more account's place; None means that there is no such account."""

    def targets(self) -> Iterable[Target]:
        """Every account and region that is covered; none as long as the organization was not read."""

    def refusal(self, gateway: GatewayRef) -> Refusal | None:
        """Why this place is no target at all, or None."""

    def mute(self, gateway: GatewayRef, tags: Mapping[str, str], now: datetime) -> Refusal | None:
        """The config's mute window that covers the gateway now, or None."""

    def terms(self, gateway: GatewayRef, tags: Mapping[str, str]) -> Terms:
        """The terms under which this gateway is recorded."""

    def owner_tags(self) -> tuple[str, ...]:
        """Keys of tags that say whose something is, the most telling first."""

    def account_name(self, account: str) -> str:
        """The account's name; empty where it is not known."""

    def recipients(
        self, about: Interest | None, place: Place, tags: Mapping[str, str]
    ) -> tuple[Destination, ...]:
        """Who is told of a notice.

        Args:
            about: What it is about; a test has none, and everybody is told.
            place: Where; without an account it concerns the central team alone.
            tags: Those of the gateway's tags that routes ask for.

        """


@dataclass(frozen=True)
class Picture:
    """Everything one read tells before a decision."""

    rules: Rules
    gateway: GatewayItem
    usage: Mapping[CounterKey, int]


@dataclass(frozen=True)
class Wake:
    """What a recovery leaves to be done.

    Attributes:
        recording: The open recording, if there is one.
        still_in_alarm: Alarms of the gateway that have not recovered.
        task_token: Where the execution waits, if it waits already.

    """

    recording: str | None
    still_in_alarm: frozenset[str]
    task_token: str | None


@dataclass(frozen=True)
class Lease:
    """An open lease, as the sweep sees it; `task_token` is where its execution waits, once it does."""

    gateway: GatewayRef
    recording: str
    execution: str
    expires_at: datetime
    task_token: str | None = field(default=None, repr=False)


class Ledger(Protocol):
    """Leases, usage and alarm states: one table, changed only by conditional writes."""

    def rules(self, now: datetime, *, latest: bool = False) -> Rules:
        """The organization's policy, perhaps as it was a minute ago.

        Args:
            now: The time.
            latest: Only as it is now will do.

        """

    def picture(self, gateway: GatewayRef, now: datetime) -> Picture:
        """One read of the policy, the gateway and every counter it would touch."""

    def usage(self, keys: Iterable[CounterKey]) -> Mapping[CounterKey, int]:
        """How far these counters have come; what was never used may be left out."""

    def admit(self, recording: Recording, onset: Transition, wanted: tuple[Limit, ...]) -> Refusal | None:
        """Take the lease and charge every counter, all or nothing; repeating it for the holder does nothing.

        Raises:
            Transient: Other transactions were in the way again and again.

        """

    def join(self, recording: str, onset: Transition) -> None:
        """Note that one more alarm is in ALARM for a gateway being recorded; older news is ignored."""

    def note_recovery(self, recovery: Transition) -> Wake:
        """Note that an alarm has recovered; older news is ignored. The answer is the state that results."""

    def stop(self, recording: Recording) -> str | None:
        """Note that somebody ends an open recording: its execution waits no more.

        Returns:
            Where it waits, if it waits already.

        """

    def release(self, recording: Recording) -> bool:
        """End the lease of a recording that is closed or failed, and settle its usage, exactly once.

        Returns:
            Whether this call did it; False when it was done before.

        """

    def leases(self) -> Iterable[Lease]:
        """Every lease that is held."""


class Watch(Protocol):
    """What the sweep must visit though no event may come."""

    def gateways(self) -> Iterable[Watched]:
        """Gateways with a lease, one that ended a while ago, or an onset that waits; perhaps a moment old."""

    def wait(self, onset: Transition, now: datetime) -> None:
        """Remember an onset whose refusal may pass; older news, or a recording that opened, is left alone."""

    def decline(self, onset: Transition, now: datetime) -> None:
        """Remember that the policy refused an onset for good."""

    def drop(self, watched: Watched) -> None:
        """Take a gateway off the list, unless anything has happened to it since it was read."""

    def outages(self) -> Mapping[Target, datetime]:
        """Every target whose spoke could not be reached when it was last visited, and since when."""

    def begin_outage(self, target: Target, now: datetime) -> bool:
        """Note that a spoke cannot be reached; whether that is news."""

    def end_outage(self, target: Target) -> None:
        """Note that it can be reached again."""


class Recordings(Protocol):
    """The history: every recording by its id."""

    def find(self, recording: str) -> Recording | None:
        """The recording, or None."""

    def note_refusal(self, refused: RefusedOnset) -> None:
        """Keep a refusal: the first of its kind a day is written down, the others are counted."""

    def save_started(self, recording: Recording) -> None:
        """Keep the flow logs of an open recording."""

    def save_suspicion(self, recording: str, suspicion: Suspicion) -> None:
        """Keep who is suspected of having caused it; a later look replaces it."""

    def save_spike(self, recording: str, spike: Spike) -> None:
        """Keep what the gateway's metrics say of the whole spike; a later look replaces it."""

    def save_undelivered(self, recording: str, error: str) -> bool:
        """Keep what AWS said when the delivery of an open recording failed; whether that is news."""

    def save_stopped(self, recording: str, by: str) -> Recording | None:
        """Keep the first who ends it; answers the recording, or None when it is not open."""

    def save_unadmitted(self, recording: Recording) -> None:
        """Keep a recording that failed before it was admitted; one that is there already stays as it is."""

    def save_delivery(self, recording: Recording) -> None:
        """Keep what was delivered, the report's place and its summary; charge the bytes exactly once.

        When its delivery failed and nothing arrived, the recording's usage is given back, exactly once.
        """


class History(Protocol):
    """The history, a day at once."""

    def day(self, day: date) -> Day:
        """What was opened and what was refused that day, UTC."""


class Spoke(Protocol):
    """One member account and region, through its worker role."""

    def describe_gateway(self, gateway: str) -> Gateway:
        """Describe the gateway.

        Raises:
            UnknownGateway: It is not there, or is being deleted.
            UnsupportedGateway: Nothing of it can carry a flow log.

        """

    def network(self) -> Network:
        """Everything that has an address here: each interface that the account can see, and its instances."""

    def create_flow_logs(self, request: FlowLogRequest) -> Created:
        """Create one flow log per resource; the same request again answers the same flow logs.

        Raises:
            FlowLogsRefused: Not one was created.

        """

    def find_flow_logs(self, recording: str) -> tuple[FlowLog, ...]:
        """Every flow log that carries the recording's tag, whoever got the answer of its creation."""

    def list_flow_logs(self) -> tuple[FlowLog, ...]:
        """Every flow log that this hub made here and nobody has deleted."""

    def delete_flow_logs(self, flow_logs: Iterable[str]) -> None:
        """Delete them; one that is gone already is no failure.

        Raises:
            FlowLogsRemain: AWS refused to delete one, with its reason.

        """

    def arm_failsafe(self, recording: str, flow_logs: tuple[str, ...], at: datetime) -> None:
        """Schedule their deletion in the spoke itself; arming twice is no failure."""

    def disarm_failsafe(self, recording: str) -> None:
        """Remove that schedule; one that is gone already is no failure."""

    def has_failsafe(self, recording: str) -> bool:
        """Whether it is armed."""

    def contributors(self, alarm: str) -> InAlarm:
        """The gateways that a fleet alarm lists; none when there is no such alarm."""

    def firing(self) -> tuple[Firing, ...]:
        """Every alarm of this installation that is in ALARM, those that people made themselves included."""


class Spokes(Protocol):
    """Every spoke of the organization."""

    def at(self, account: str, region: str) -> Spoke:
        """The spoke of one account and region.

        Raises:
            SpokeUnreachable: Its worker role cannot be assumed.

        """


class Witness(Protocol):
    """What a spoke's own metrics tell of a rise, sooner than any record."""

    def evidence(
        self, gateway: GatewayRef, availability: Availability, since: datetime, until: datetime
    ) -> Evidence:
        """What the gateway and the busiest clients that route through it had in that time.

        Raises:
            SpokeUnreachable: The worker role cannot be assumed.
            Transient: No answer.
            RecordingFault: It must not be asked.

        """


class Meter(Protocol):
    """A gateway's own count of its bytes."""

    def counts(
        self, gateway: GatewayRef, availability: Availability, since: datetime, until: datetime
    ) -> Mapping[Direction, Series]:
        """Its bytes in both directions, by the period in which they went through.

        Raises:
            SpokeUnreachable: The worker role cannot be assumed.
            Transient: No answer.
            RecordingFault: It must not be asked.

        """


class Organization(Protocol):
    """AWS Organizations, as a delegated administrator may read it."""

    def place(self, account: str) -> Placement | None:
        """Where one account stands; None when the organization has no such account."""

    def roster(self) -> Roster:
        """Every account and OU."""


class Membership(Protocol):
    """What the hub remembers of the organization, beside its policy."""

    def store(self, roster: Roster) -> bool:
        """Keep the roster; whether it differs from the one kept before."""

    def vouch(self) -> str | None:
        """Keep the policy in force as the last good one; what is wrong with it, when it is broken."""


class Executions(Protocol):
    """The executions of the state machine."""

    def wake(self, task_token: str, recovered_at: datetime | None = None) -> None:
        """End the wait of an execution; one that waits no more is no failure.

        Args:
            task_token: Where it waits.
            recovered_at: When the last of its alarms recovered, where that is why.

        """

    def is_running(self, execution: str) -> bool:
        """Whether the execution is still running."""

    def running(self) -> frozenset[str]:
        """Every execution that runs; one that has just started or was redriven may be missing."""

    def start(self, name: str, event: Mapping[str, object]) -> bool:
        """Start an execution; a name starts one only, and False tells that it did so before."""


class Notices(Protocol):
    """The way to whoever is told."""

    def publish(self, notice: Notice) -> tuple[Destination, ...]:
        """Tell everybody who wants to know; the same notice again tells nobody anew. Answers who is told."""


class Outbox(Protocol):
    """Where deliveries wait for their turn, in the order in which they came for each destination."""

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Take them all; putting one in again is no failure.

        Raises:
            Transient: At least one was not taken.

        """


class Letters(Protocol):
    """The same place, for whoever makes the deliveries."""

    def rest(self, receipt: str, time: timedelta) -> None:
        """Give nothing out for its destination for that long, then this again."""

    def bury(self, delivery: Delivery, why: str) -> None:
        """Keep for a person what no channel will ever take."""


class Told(Protocol):
    """What has been delivered, so that it is delivered once."""

    def knows(self, delivery: Delivery) -> bool:
        """Whether it was made."""

    def note(self, delivery: Delivery, now: datetime) -> None:
        """It was made."""


class Post(Protocol):
    """One channel."""

    def send(self, delivery: Delivery) -> None:
        """Send it once.

        Raises:
            Busy: The channel takes nothing now.
            Unacceptable: The channel will never take this.

        """


class Archive(Protocol):
    """The bucket of flow log records."""

    def measure(self, recording: Recording, until: datetime) -> tuple[int, int]:
        """Number and total bytes of the recording's own objects."""


class Reports(Protocol):
    """The bucket of reports."""

    def place(self, recording: str, name: str) -> str:
        """The URL of a document of a recording, whether it is there or not."""

    def write(self, recording: str, name: str, text: str) -> None:
        """Write one document beside the others of its recording; `name` ends with `.json` or `.html`."""

    def read(self, recording: str, name: str) -> str | None:
        """One of its documents; None when it was never written."""


class Paid(Protocol):
    """What the organization pays AWS."""

    def prices(self) -> Mapping[str, float]:
        """US dollars by the names of the table of prices; only what the config says."""


class Answers(Protocol):
    """What queries over the archive have answered."""

    def rows(self, query: str) -> Iterable[Mapping[str, str | None]]:
        """Every row of a query that has succeeded, by column; values are text.

        Args:
            query: The id of its execution.

        """
