"""What must be true of leases and quotas, kept beside the ledger in the simplest way there is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.domain.alarms import Transition
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import Measure, Scope
from hub.domain.recordings import Recording
from hub.domain.terms import Allowance, Terms

GRACE = timedelta(minutes=10)


@dataclass
class Model:
    """Plain sets and sums.

    Attributes:
        open: The recording that holds each gateway's lease.
        known: Every recording that was ever admitted.
        kept: Those that count as opened.
        delivered: Bytes charged for each recording.
        cooling: Until when each gateway cools down.
        recovered: When each alarm of each gateway was last told to have recovered.
        waiting: The newest onset of each alarm of each gateway that was refused for what may pass.
        lasting: The alarms that keep each open recording open, as far as the ledger was told.
        stopped: Every recording that somebody has stopped.
        wrong: What was seen that must not be.

    """

    open: dict[GatewayRef, Recording] = field(default_factory=dict)
    known: dict[str, Recording] = field(default_factory=dict)
    kept: dict[str, Recording] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)
    cooling: dict[GatewayRef, datetime] = field(default_factory=dict)
    recovered: dict[tuple[GatewayRef, str], datetime] = field(default_factory=dict)
    waiting: dict[tuple[GatewayRef, str], datetime] = field(default_factory=dict)
    lasting: dict[GatewayRef, dict[str, datetime]] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def used(self, scope: Scope, measure: Measure, place: GatewayRef, at: datetime) -> int:
        """What a counter of a gateway, its account or the organization says in the period of that time."""
        if measure == "active":
            return len(_of(self.open.values(), scope, place))
        what, period = measure.split("_")
        length = len("2026-11-23") if period == "day" else len("2026-11")

        def then(recording: Recording) -> bool:
            return recording.opened_at.isoformat()[:length] == at.isoformat()[:length]

        if what == "opened":
            return sum(map(then, _of(self.kept.values(), scope, place)))
        charged = [self.known[identity] for identity in self.delivered]
        return sum(self.delivered[each.id] for each in _of(charged, scope, place) if then(each))

    def reasons(self, onset: Transition, terms: Terms, now: datetime) -> set[str]:
        """Every reason to refuse this onset now; over quota only what neither room nor time would mend."""
        found = self.refusals(onset.gateway, terms, now)
        return found & {"disabled", "already_recording"} if onset.is_over_quota else found

    def refusals(self, place: GatewayRef, terms: Terms, now: datetime) -> set[str]:
        """Every reason for which an onset must be refused now; an expired lease is none."""
        if not terms.enabled:
            return {"disabled"} | self._refusals(place, terms, now)
        return self._refusals(place, terms, now)

    def _refusals(self, place: GatewayRef, terms: Terms, now: datetime) -> set[str]:
        held = self.open.get(place)
        if held and now < held.deadline + GRACE:
            return {"already_recording"}
        if place in self.cooling and now < self.cooling[place]:
            return {"cooling_down"}
        scopes: dict[Scope, Allowance] = {
            "gateway": terms.gateway,
            "account": terms.account,
            "organization": terms.organization,
        }
        reasons = set[str]()
        for scope, allowed in scopes.items():
            limits: dict[Measure, tuple[int, str]] = {
                "opened_day": (allowed.day, f"{scope}_quota"),
                "opened_month": (allowed.month, f"{scope}_quota"),
                "active": (allowed.active, f"{scope}_active"),
                "delivered_day": (allowed.delivered_day, f"{scope}_bytes"),
                "delivered_month": (allowed.delivered_month, f"{scope}_bytes"),
            }
            reasons |= {
                reason
                for measure, (limit, reason) in limits.items()
                if 0 < limit <= self.used(scope, measure, place, now)
            }
        return reasons

    def wait(self, onset: Transition) -> None:
        """An onset was refused for what may pass."""
        key = (onset.gateway, onset.alarm)
        self.waiting[key] = max(onset.at, self.waiting.get(key, onset.at))

    def is_recovered(self, onset: Transition) -> bool:
        """Whether a recovery that is not older has been told."""
        since = self.recovered.get((onset.gateway, onset.alarm))
        return since is not None and since >= onset.at


def _of(recordings: Iterable[Recording], scope: Scope, place: GatewayRef) -> list[Recording]:
    """Those that count for the gateway, for its account, or for the organization."""
    if scope == "organization":
        return list(recordings)
    if scope == "account":
        return [each for each in recordings if each.gateway.account == place.account]
    return [each for each in recordings if each.gateway == place]
