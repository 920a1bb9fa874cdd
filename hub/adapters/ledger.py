"""Leases, usage and alarm states in the hub's table: read at once, written under conditions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hub.adapters import items
from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.adapters.policy import PolicyCache
from hub.adapters.transactions import Cancelled, Transactions
from hub.adapters.writes import Write, Writes
from hub.domain.admission import refuse_by_state
from hub.domain.alarms import Transition
from hub.domain.errors import RecordingFault, Transient
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import CounterKey, Limit, counters, refusal
from hub.domain.recordings import Recording
from hub.domain.refusals import Refusal
from hub.ports import Lease, Picture, Rules, Wake

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH = 100
_READS = 4  # rounds for what BatchGetItem left unprocessed
_GATEWAY = 0  # place of the gateway's action in the transaction that admits


@dataclass(frozen=True)
class TableLedger:
    """The ledger over one DynamoDB table."""

    client: "DynamoDBClient"
    table: str
    transactions: Transactions
    policy: PolicyCache = field(default_factory=PolicyCache)

    @property
    def _writes(self) -> Writes:
        return Writes(self.table)

    @calls("table", "dynamodb:BatchGetItem")
    def rules(self, now: datetime, *, latest: bool = False) -> Rules:
        """The policy, read once a minute where that will do."""
        rules = None if latest else self.policy.fresh(now)
        if rules is None:
            rules = self.policy.keep(self._read([items.POLICY_KEY]).get(("POLICY", "CURRENT")), now)
        return rules

    @calls("table", "dynamodb:BatchGetItem")
    def picture(self, gateway: GatewayRef, now: datetime) -> Picture:
        """One consistent read of the gateway, its counters and, once a minute, the policy."""
        rules = self.policy.fresh(now)
        wanted = [items.gateway_key(gateway), *map(items.counter_key, counters(gateway, now))]
        found = self._read(wanted if rules else [*wanted, items.POLICY_KEY])
        if rules is None:
            rules = self.policy.keep(found.get(("POLICY", "CURRENT")), now)
        item = items.gateway_item(found.get((items.gateway_pk(gateway), "GATEWAY")))
        return Picture(rules, item, _usage(found))

    @calls("table", "dynamodb:BatchGetItem")
    def usage(self, keys: Iterable[CounterKey]) -> Mapping[CounterKey, int]:
        """How far counters have come, as many at once as BatchGetItem takes (API reference: 100 items)."""
        wanted = [items.counter_key(key) for key in dict.fromkeys(keys)]
        found: dict[CounterKey, int] = {}
        for first in range(0, len(wanted), _BATCH):
            found |= _usage(self._read(wanted[first : first + _BATCH]))
        return found

    def _read(self, keys: list[items.Key]) -> dict[tuple[str, str], Mapping[str, Any]]:
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        asked: Any = {self.table: {"Keys": keys, "ConsistentRead": True}}
        for _ in range(_READS):
            with told_as(RecordingFault, "reading the hub's table"):
                answer = self.client.batch_get_item(RequestItems=asked)
            for item in answer["Responses"].get(self.table, []):
                found[str(item["pk"]["S"]), str(item["sk"]["S"])] = item
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return found
        raise Transient("reading the hub's table: DynamoDB left keys unread")

    @calls("table", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem")
    def admit(self, recording: Recording, onset: Transition, wanted: tuple[Limit, ...]) -> Refusal | None:
        """Take the lease, write the recording and charge every counter in one transaction."""
        passing = [limit for limit in wanted if limit.charged_at_open or limit.limit]
        charges = [self._writes.charge(limit) for limit in passing]
        actions: list[Any] = [
            {"Update": self._writes.grant(recording, onset)},
            {"Put": self._writes.begin(recording)},
            *({verb: write} for verb, write in charges),
        ]
        try:
            self.transactions.write(actions, f"admitting {recording.id}")
        except Cancelled as cancelled:
            return self._why(cancelled.failed, recording, onset, passing)
        return None

    def _why(
        self,
        failed: Mapping[int, Mapping[str, Any]],
        recording: Recording,
        onset: Transition,
        passing: list[Limit],
    ) -> Refusal | None:
        if _GATEWAY in failed:
            was = items.gateway_item(failed[_GATEWAY])
            if was.execution == recording.execution:
                return None  # this very execution was admitted before, and its answer was lost
            by_state = refuse_by_state(onset, was, recording.opened_at)
            if by_state is None:
                raise Transient(f"admitting {recording.id}: the gateway's item changed meanwhile")
            return by_state
        first = min(failed) - (_GATEWAY + 2)
        if first < 0:
            raise RecordingFault(f"admitting {recording.id}: the history has it already, without a lease")
        return refusal(passing[first])

    @calls("table", "dynamodb:UpdateItem")
    def join(self, recording: str, onset: Transition) -> None:
        """Note one more alarm of a gateway that is being recorded."""
        if self._update(self._writes.join(recording, onset), f"joining {recording}"):
            self._update(self._writes.name_alarm(recording, onset.alarm), f"joining {recording}")

    @calls("table", "dynamodb:UpdateItem")
    def note_recovery(self, recovery: Transition) -> Wake:
        """Note a recovery and see, in the same update, who waits for it."""
        try:
            after = self.transactions.update(
                self._writes.recover(recovery), f"noting the recovery of {recovery.alarm}"
            )
        except Cancelled as cancelled:
            after = cancelled.failed[0]
        item = items.gateway_item(after)
        return Wake(item.recording, item.in_alarm, item.task_token)

    @calls("table", "dynamodb:UpdateItem")
    def stop(self, recording: Recording) -> str | None:
        """Note that somebody ends it, and see, in the same update, where its execution waits."""
        try:
            after = self.transactions.update(self._writes.stop(recording), f"stopping {recording.id}")
        except Cancelled:
            return None
        return items.gateway_item(after).task_token

    @calls("table", "dynamodb:UpdateItem")
    def release(self, recording: Recording) -> bool:
        """Free the gateway, write the end and settle the usage in one transaction."""
        actions: list[Any] = [
            {"Update": self._writes.free(recording)},
            {"Update": self._writes.finish(recording)},
            *({"Update": write} for write in self._writes.settle(recording)),
        ]
        try:
            self.transactions.write(actions, f"releasing {recording.id}")
        except Cancelled:
            return False
        return True

    @calls("index of what is watched", "dynamodb:Query")
    def leases(self) -> Iterator[Lease]:
        """Every lease that is held, from the index of what is watched."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="open",
            KeyConditionExpression="watched = :open",
            FilterExpression="attribute_exists(recording)",
            ExpressionAttributeValues=items.typed({":open": "open"}),
        )
        with told_as(RecordingFault, "reading the open leases"):
            for page in pages:
                for item in page["Items"]:
                    values = items.plain(item)
                    yield Lease(
                        items.gateway_of(values["pk"]),
                        values["recording"],
                        values["execution"],
                        datetime.fromisoformat(values["expires_at"]),
                        values.get("task_token"),
                    )

    def _update(self, write: Write, doing: str) -> bool:
        """Write one item; False when its condition does not hold."""
        try:
            self.transactions.update(write, doing)
        except Cancelled:
            return False
        return True


def _usage(found: Mapping[tuple[str, str], Mapping[str, Any]]) -> dict[CounterKey, int]:
    return {
        items.counter_of(pk, sk): int(items.plain(item).get("used", 0))
        for (pk, sk), item in found.items()
        if pk.startswith("USAGE#")
    }
