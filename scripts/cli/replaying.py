"""What the hub would do with an event: its own decisions, and nobody acts on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from hub.domain.alarms import Transition, is_custom
from hub.domain.errors import EventRejected
from hub.domain.gateways import Gateway
from hub.domain.quotas import WORDS, Limit
from hub.domain.refusals import Refusal
from hub.domain.terms import Terms
from hub.domain.wording import iso, length
from hub.events import ORDINARY, onset
from hub.ports import Picture
from hub.usecases.judging import refuse_unvisited, refuse_visited

Document = dict[str, Any]
Would = Literal["record", "refuse", "join", "end", "note", "ignore", "reject"]

_SENTENCES: dict[Would, str] = {
    "record": "It would be recorded.",
    "refuse": "It would be refused",
    "join": "Its alarm would join the recording that is open",
    "end": "The recording that is open would end",
    "note": "The recovery would be noted, and nothing ends",
    "ignore": "It would be ignored",
    "reject": "It would be kept for a person, in the queue of dead letters",
}


@dataclass(frozen=True)
class Replay:
    """One event, seen by the hub.

    Attributes:
        event: As EventBridge delivers it.
        namespace: The hub's.
        picture: The policy, and what the table knows of gateway and usage; nothing where it was not read.
        tags: The gateway's.
        now: When the hub would take it.
        live: Whether the table was read.

    """

    event: Mapping[str, Any]
    namespace: str
    picture: Picture
    tags: Mapping[str, str]
    now: datetime
    live: bool

    def document(self) -> Document:
        """What would happen, and why."""
        told = understood(self.event, self.now)
        if isinstance(told, str):
            return self._of("reject", told)
        if self._is_not_taken(told):
            prefix = f"{self.namespace}-custom-"
            return self._of("ignore", f"of ordinary alarms only those called {prefix}... are taken", told)
        if told.is_recovery:
            return self._recovery(told)
        return self._onset(told)

    def _is_not_taken(self, told: Transition) -> bool:
        return self.event.get("detail-type") == ORDINARY and not is_custom(told.alarm, self.namespace)

    def _onset(self, told: Transition) -> Document:
        if told.lies_ahead(self.now):
            return self._of("reject", "its onset lies in the future", told)
        if not told.gateway.is_named:
            nameless = Refusal("unknown_gateway", f"the alarm {told.alarm} names no NAT gateway")
            return self._refused(nameless, told)
        rules, item, usage = self.picture.rules, self.picture.gateway, self.picture.usage
        early = refuse_unvisited(rules, told, item, usage, self.now)
        if early:
            return self._refused(early, told)
        gateway = Gateway(told.gateway, "zonal", "", tags=self.tags)
        judged = refuse_visited(rules, told, gateway, usage, now=self.now, namespace=self.namespace)
        if isinstance(judged, Refusal):
            return self._refused(judged, told)
        terms, limits = judged
        why = f"tier {terms.tier}{terms.where('tier')}, for at most {length(terms.longest)}{_lasting(terms)}"
        found = self._of("record", why, told)
        return found | {"tier": terms.tier, "limits": list(self._limits(limits)), "notes": list(terms.notes)}

    def _refused(self, refusal: Refusal, told: Transition) -> Document:
        joins = refusal.reason == "already_recording" and not told.by_hand
        found = self._of("join" if joins else "refuse", refusal.text, told)
        return found | {
            "reason": refusal.reason,
            "until": iso(refusal.until),
            "offered_again": refusal.may_pass and not told.by_hand,
        }

    def _recovery(self, told: Transition) -> Document:
        item = self.picture.gateway
        if not self.live:
            return self._of("note", "whether a recording would end is known to the hub's table: --live", told)
        if item.recording is None:
            return self._of("note", "no recording is open on the gateway", told)
        known = item.transitions.get(told.alarm)
        if known is not None and known > told.at:
            return self._of("ignore", f"newer news of the alarm is known, of {iso(known)}", told)
        left = sorted(item.in_alarm - {told.alarm})
        if left:
            return self._of("note", f"{item.recording} is kept open by {', '.join(left)}", told)
        return self._of("end", item.recording, told)

    def _limits(self, limits: tuple[Limit, ...]) -> Iterator[Document]:
        """Every limit that counts, with what is used of it where that is known."""
        for each in limits:
            if each.limit:
                key = each.counter
                used = self.picture.usage.get(key, 0) if self.live else None
                what = f"{key.scope}: {WORDS[key.measure]}"
                yield {"what": what, "limit": each.limit, "used": used, "where": each.where.strip(" ()")}

    def _of(self, would: Would, why: str, told: Transition | None = None) -> Document:
        return {
            "would": would,
            "why": why,
            "judged_at": iso(self.now),
            "live": self.live,
            "account": told.gateway.account if told else None,
            "region": told.gateway.region if told else None,
            "gateway": told.gateway.gateway if told else None,
            "alarm": told.alarm if told else None,
            "state": told.state if told else None,
            "at": iso(told.at) if told else None,
        }


def understood(event: Mapping[str, Any], now: datetime) -> Transition | str:
    """The event's transition, or why it is none."""
    try:
        return onset(event, now)
    except EventRejected as problem:
        return str(problem)


def told_now(event: Document, now: datetime) -> Document:
    """The same event, as if it had been sent now: what is asked is what it would do now."""
    return {**event, "time": now.isoformat()} if "time" in event else event


def moment(told: Transition | str, now: datetime) -> datetime:
    """When it was sent, or when it changed; now where neither is known."""
    return now if isinstance(told, str) else told.told_at or told.at


def as_text(document: Mapping[str, Any]) -> str:
    """For people."""
    lines = []
    if document["alarm"]:
        place = f"{document['gateway'] or 'no gateway'} in {document['account']} {document['region']}"
        lines.append(f"{document['alarm']} is {document['state']} since {document['at']}, for {place}")
    would: Would = document["would"]
    reason = f" ({document['reason']})" if "reason" in document else ""
    if would == "record":
        lines += [_SENTENCES[would], f"  {document['why']}"]
    else:
        lines.append(f"{_SENTENCES[would]}{reason}: {document['why']}.")
    lines += [f"  {_limit(each)}" for each in document.get("limits", ())]
    lines += [f"  note: {each}" for each in document.get("notes", ())]
    if document.get("offered_again"):
        lines.append("The sweep would offer it again for as long as the alarm lasts.")
    known = "with what the hub's table knows" if document["live"] else "from the config alone"
    lines.append(f"Judged as of {document['judged_at']}, {known}. Nothing was done.")
    return "\n".join(lines)


def _limit(each: Mapping[str, Any]) -> str:
    used = "" if each["used"] is None else f"{each['used']:,} of "
    where = f" ({each['where']})" if each["where"] else ""
    return f"{each['what']}: {used}{each['limit']:,}{where}"


def _lasting(terms: Terms) -> str:
    return terms.where("hard_limit" if terms.longest == terms.hard_limit else "max_duration")
