"""The ledger's writes as DynamoDB reads them: each a condition and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.adapters import items
from hub.domain.by_hand import MANUAL
from hub.domain.quotas import CounterKey, Limit, counters, kept_until
from hub.domain.reconciling import FAILED_PAUSE, LINGER

if TYPE_CHECKING:
    from hub.domain.alarms import Transition
    from hub.domain.recordings import Recording
    from hub.domain.refused import RefusedOnset

Write = dict[str, Any]

# News counts when nothing newer is known of its alarm; of two told with one time the recovery is the later.
_NEWER = "(attribute_not_exists(#alarm) OR #alarm < :at)"
_NOT_OLDER = "(attribute_not_exists(#alarm) OR #alarm <= :at)"

_ENDING = ("state", "reason", "ending", "closed_at", "recovered_at", "flow_logs", "delivery_error")


@dataclass(frozen=True)
class Writes:
    """Builds single updates and the actions of transactions."""

    table: str

    def _update(
        self,
        key: items.Key,
        expression: str,
        values: Mapping[str, object],
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Write:
        write: Write = {
            "TableName": self.table,
            "Key": key,
            "UpdateExpression": expression,
            "ExpressionAttributeValues": items.typed(values),
        }
        if names:
            write["ExpressionAttributeNames"] = dict(names)
        if condition:
            write["ConditionExpression"] = condition
            write["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return write

    def grant(self, recording: "Recording", onset: "Transition") -> Write:
        """Give the gateway's lease, unless it is held, cooling down, or its alarm has recovered since."""
        values: dict[str, object] = {
            ":recording": recording.id,
            ":execution": recording.execution,
            ":expires": items.stamp(recording.expires_at),
            ":open": "open",
            ":at": items.stamp(onset.at),
            ":alarms": {onset.alarm},
            ":ttl": items.ttl(recording.expires_at + items.GATEWAY_KEPT),
        }
        conditions = ["attribute_not_exists(recording)", _NOT_OLDER]
        if not onset.is_over_quota:
            values[":now"] = items.stamp(recording.opened_at)
            conditions.append("(attribute_not_exists(cooling_until) OR cooling_until <= :now)")
        return self._update(
            items.gateway_key(onset.gateway),
            "SET recording = :recording, execution = :execution, expires_at = :expires, watched = :open, "
            "watched_until = :expires, #alarm = :at, #ttl = :ttl REMOVE task_token, stopping "
            "ADD in_alarm :alarms",
            values,
            " AND ".join(conditions),
            {"#alarm": items.ALARM + onset.alarm, "#ttl": "ttl"},
        )

    def begin(self, recording: "Recording") -> Write:
        """Write a recording that is not there yet."""
        return {
            "TableName": self.table,
            "Item": {**items.recording_key(recording.id), **items.typed(items.recording_values(recording))},
            "ConditionExpression": "attribute_not_exists(pk)",
        }

    def charge(self, limit: Limit) -> tuple[str, Write]:
        """One action on a counter: count the recording, or only look when bytes are what is limited."""
        key = items.counter_key(limit.counter)
        room = "attribute_not_exists(used) OR used < :limit"
        if not limit.charged_at_open:
            check = {
                "TableName": self.table,
                "Key": key,
                "ConditionExpression": room,
                "ExpressionAttributeValues": items.typed({":limit": limit.limit}),
            }
            return "ConditionCheck", check
        return "Update", self.count(limit.counter, 1, limit.limit)

    def count(self, counter: CounterKey, amount: int, limit: int = 0) -> Write:
        """Change a counter, below its limit if it has one."""
        values: dict[str, object] = {":amount": amount}
        until = kept_until(counter)
        expression, names = "ADD used :amount", {}
        if until is not None:
            expression, names = f"SET #ttl = :ttl {expression}", {"#ttl": "ttl"}
            values[":ttl"] = items.ttl(until)
        if not limit:
            return self._update(items.counter_key(counter), expression, values, names=names)
        values[":limit"] = limit
        room = "attribute_not_exists(used) OR used < :limit"
        return self._update(items.counter_key(counter), expression, values, room, names)

    def join(self, recording: str, onset: "Transition") -> Write:
        """One more alarm keeps the recording open."""
        return self._update(
            items.gateway_key(onset.gateway),
            "SET #alarm = :at ADD in_alarm :alarms",
            {":recording": recording, ":at": items.stamp(onset.at), ":alarms": {onset.alarm}},
            f"recording = :recording AND {_NEWER}",
            {"#alarm": items.ALARM + onset.alarm},
        )

    def name_alarm(self, recording: str, alarm: str) -> Write:
        """The history names the alarm that joined, once."""
        return self._update(
            items.recording_key(recording),
            "SET alarms = list_append(alarms, :alarms)",
            {":alarms": [alarm], ":alarm": alarm},
            "attribute_exists(pk) AND NOT contains(alarms, :alarm)",
        )

    def recover(self, recovery: "Transition") -> Write:
        """The alarm is no longer in ALARM; an empty set vanishes, which is how a wait sees it."""
        return self._update(
            items.gateway_key(recovery.gateway),
            "SET #alarm = :at, #ttl = :ttl DELETE in_alarm :alarms",
            {
                ":at": items.stamp(recovery.at),
                ":alarms": {recovery.alarm},
                ":ttl": items.ttl(recovery.at + items.GATEWAY_KEPT),
            },
            _NOT_OLDER,
            {"#alarm": items.ALARM + recovery.alarm, "#ttl": "ttl"},
        ) | {"ReturnValues": "ALL_NEW"}

    def stop(self, recording: "Recording") -> Write:
        """Its execution waits no more, and one that does not wait yet will not."""
        return self._update(
            items.gateway_key(recording.gateway),
            "SET stopping = :recording",
            {":recording": recording.id},
            "recording = :recording",
        ) | {"ReturnValues": "ALL_NEW"}

    def name_stopper(self, recording: str, by: str) -> Write:
        """The first who stops an open recording is kept."""
        return self._update(
            items.recording_key(recording),
            "SET stopped_by = if_not_exists(stopped_by, :by)",
            {":by": by, ":open": "open"},
            "#state = :open",
            {"#state": "state"},
        ) | {"ReturnValues": "ALL_NEW"}

    def free(self, recording: "Recording") -> Write:
        """End the lease, and cool down if anything was recorded; the sweep goes on watching for a while."""
        end = recording.closed_at or recording.opened_at
        told = {"watched_until": end + LINGER}
        if recording.has_recorded:
            told |= {"cooling_until": end + recording.cooldown, "recorded_until": end}
        else:
            told |= {"rests_until": end + FAILED_PAUSE}
        return self._update(
            items.gateway_key(recording.gateway),
            f"SET {', '.join(f'{name} = :{name}' for name in told)} "
            "REMOVE recording, execution, expires_at, task_token, stopping DELETE in_alarm :manual",
            {
                ":recording": recording.id,
                ":manual": {MANUAL},
                **{f":{name}": items.stamp(at) for name, at in told.items()},
            },
            "recording = :recording",
        )

    def finish(self, recording: "Recording") -> Write:
        """Write how the recording ended, if it is still open; alarms that joined stay named."""
        values = items.recording_values(recording)
        ending = {name: values[name] for name in _ENDING if name in values}
        return self._update(
            items.recording_key(recording.id),
            "SET " + ", ".join(f"#{name} = :{name}" for name in ending),
            {":open": "open", **{f":{name}": value for name, value in ending.items()}},
            "#state = :open",
            {f"#{name}": name for name in ending},
        )

    def refuse(self, refused: "RefusedOnset") -> Write:
        """The first of its kind a day writes the refusal down; all count, and the latest gives its words."""
        document = refused.as_document()
        latest = {name: document[name] for name in ("reason", "text", "until", "alarms", "state")}
        first = {
            "id": refused.id,
            "account": refused.onset.gateway.account,
            "aws_region": refused.onset.gateway.region,
            "gateway": refused.onset.gateway.gateway,
            "month": f"{refused.at:%Y-%m}",
            "opened_at": items.stamp(refused.at),
            "onset_at": items.stamp(refused.onset.at),
            "ttl": items.ttl(refused.at + items.HISTORY_KEPT),
        }
        values = {**latest, **first, "last_at": items.stamp(refused.at)}
        told = {name: value for name, value in values.items() if value is not None}
        sets = [
            f"#{name} = " + (f"if_not_exists(#{name}, :{name})" if name in first else f":{name}")
            for name in told
        ]
        return self._update(
            items.recording_key(refused.id),
            f"SET {', '.join(sets)} ADD times :one",
            {":one": 1, **{f":{name}": value for name, value in told.items()}},
            names={f"#{name}": name for name in told},
        )

    def settle(self, recording: "Recording") -> list[Write]:
        """Give `active` back, and everything else too when nothing was recorded."""
        touched = counters(recording.gateway, recording.opened_at)
        active = [self.count(key, -1) for key in touched if key.measure == "active"]
        return active if recording.has_recorded else [*active, *self.give_back(recording)]

    def give_back(self, recording: "Recording") -> list[Write]:
        """A recording that captured nothing does not count as opened."""
        touched = counters(recording.gateway, recording.opened_at)
        return [self.count(key, -1) for key in touched if key.measure.startswith("opened")]
