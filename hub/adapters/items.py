"""The table's items: their keys, and how recordings and gateways are written in them.

| pk | sk | what |
|---|---|---|
| `GATEWAY#account#region#nat-...` | `GATEWAY` | lease, alarms and cooldown of one gateway |
| `RECORDING#rec-...` | `RECORDING` | one recording |
| `USAGE#scope#holder` | `measure#period` | one counter |
| `TARGET#account#region` | `TARGET` | a spoke that cannot be reached, until it can |
| `TOLD#recording or what else` | `kind#destination` | a notice that was sent, so that it is sent once |
| `POLICY` | `CURRENT` | the compiled policy, the last good one, and the organization's accounts |

Times are UTC strings of one length, so that DynamoDB compares them as text.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hub.adapters import spikes, suspicions
from hub.adapters.attributes import attribute, value_of
from hub.domain.admission import GatewayItem
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import CounterKey
from hub.domain.recordings import Recording, Summary, as_document
from hub.domain.targets import Target
from hub.domain.wording import iso
from orgconfig.members import Members

if TYPE_CHECKING:
    from hub.domain.deliveries import Delivery

Item = dict[str, Any]
Key = dict[str, Any]

# The attribute of one alarm's last known transition is this and the alarm's name.
ALARM = "alarm:"
# The attribute that keeps when the policy last refused an onset of an alarm for good.
DECLINED = "declined:"
HISTORY_KEPT = timedelta(days=365)
GATEWAY_KEPT = timedelta(days=62)


def typed(values: Mapping[str, object]) -> Item:
    """Plain values as DynamoDB's wire format."""
    return {name: attribute(value) for name, value in values.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's wire format as plain values."""
    return {name: value_of(value) for name, value in item.items()}


def stamp(moment: datetime) -> str:
    """A time as the table keeps it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime | None:
    """A kept time."""
    return None if text is None else datetime.fromisoformat(text)


def ttl(until: datetime) -> int:
    """When DynamoDB may forget an item: seconds since the epoch."""
    return int(until.timestamp())


def gateway_pk(gateway: GatewayRef) -> str:
    """The partition key of a gateway; the state machine names it too."""
    return f"GATEWAY#{gateway.account}#{gateway.region}#{gateway.gateway}"


def gateway_of(pk: str) -> GatewayRef:
    """The gateway of a partition key."""
    _, account, region, gateway = pk.split("#")
    return GatewayRef(account, region, gateway)


def gateway_key(gateway: GatewayRef) -> Key:
    """The key of a gateway's item."""
    return typed({"pk": gateway_pk(gateway), "sk": "GATEWAY"})


def recording_key(recording: str) -> Key:
    """The key of a recording's item."""
    return typed({"pk": f"RECORDING#{recording}", "sk": "RECORDING"})


def counter_key(counter: CounterKey) -> Key:
    """The key of a counter."""
    return typed(
        {"pk": f"USAGE#{counter.scope}#{counter.holder}", "sk": f"{counter.measure}#{counter.period}"}
    )


def counter_of(pk: str, sk: str) -> CounterKey:
    """The counter of a key."""
    _, scope, holder = pk.split("#", 2)
    measure, period = sk.split("#", 1)
    return CounterKey(scope, holder, measure, period)  # type: ignore[arg-type] # written by counter_key only


def document_of(item: Mapping[str, Any]) -> dict[str, object]:
    """A recording or a refusal of the history, in the shape that commands and reports share."""
    values = plain(item)
    if values["state"] != "refused":
        return as_document(recording_of(item))
    shown = {
        name: values.get(name) for name in ("id", "account", "gateway", "state", "reason", "text", "until")
    }
    return {
        **shown,
        "region": values["aws_region"],
        "tier": None,
        "alarms": list(values.get("alarms", ())),
        "onset_at": iso(moment(values.get("onset_at"))),
        "opened_at": None,
        "closed_at": None,
        "flow_logs": [],
        "delivered_bytes": None,
        "report": None,
        "times": int(values["times"]),
        "first_at": iso(moment(values["opened_at"])),
        "last_at": iso(moment(values["last_at"])),
    }


def members_of(encoded: Any) -> Members:  # noqa: ANN401 - DynamoDB's own kind of bytes, or None
    """The organization as it is kept beside the policy; nothing, when it was never read or cannot be."""
    try:
        return Members.decode(bytes(encoded)) if encoded else Members()
    except ValueError:
        return Members()


def target_key(target: Target) -> Key:
    """The key of what is known of a target."""
    return typed({"pk": f"TARGET#{target.account}#{target.region}", "sk": "TARGET"})


def target_of(pk: str) -> Target:
    """The target of a key."""
    _, account, region = pk.split("#")
    return Target(account, region)


def told_pk(about: str) -> str:
    """The partition key of everything that was sent about the same."""
    return f"TOLD#{about}"


def told_key(delivery: "Delivery") -> Key:
    """The key of a notice that was sent."""
    return typed({"pk": told_pk(delivery.about), "sk": f"{delivery.kind}#{delivery.destination}"})


POLICY_KEY: Key = typed({"pk": "POLICY", "sk": "CURRENT"})


def gateway_item(item: Mapping[str, Any] | None) -> GatewayItem:
    """What an item says of its gateway; none says nothing."""
    values = plain(item or {})
    return GatewayItem(
        recording=values.get("recording"),
        execution=values.get("execution"),
        expires_at=moment(values.get("expires_at")),
        cooling_until=moment(values.get("cooling_until")),
        in_alarm=frozenset(values.get("in_alarm", ())),
        task_token=values.get("task_token"),
        transitions=_by_alarm(values, ALARM),
        declined=_by_alarm(values, DECLINED),
        recorded_until=moment(values.get("recorded_until")),
        rests_until=moment(values.get("rests_until")),
        watched_until=moment(values.get("watched_until")),
        stopping=values.get("stopping"),
    )


def _by_alarm(values: Mapping[str, Any], prefix: str) -> dict[str, datetime]:
    return {
        name.removeprefix(prefix): datetime.fromisoformat(value)
        for name, value in values.items()
        if name.startswith(prefix)
    }


_TIMES = ("onset_at", "opened_at", "deadline", "closed_at", "recovered_at", "flow_logs_at")
_SPANS = ("delivery_wait", "cooldown")
_LISTS = ("alarms", "flow_logs", "not_recorded", "addresses", "notes")
_NUMBERS = ("delivered_bytes", "delivered_objects", "threshold")
_PLAIN = (
    "id",
    "execution",
    "tier",
    "state",
    "gateway_name",
    "reason",
    *_NUMBERS,
    "delivery_error",
    "report",
    "availability",
    "opened_by",
    "over_quota",
    "stopped_by",
    "ending",
)


def recording_values(recording: Recording) -> dict[str, object]:
    """The attributes of a recording, without its key; what is None is left out."""
    place = recording.gateway
    values: dict[str, object] = {
        "account": place.account,
        "aws_region": place.region,
        "gateway": place.gateway,
        "month": f"{recording.opened_at.astimezone(UTC):%Y-%m}",
        "ttl": ttl(recording.opened_at + HISTORY_KEPT),
        **{name: getattr(recording, name) for name in _PLAIN},
        **{name: list(getattr(recording, name)) for name in _LISTS},
        **{name: int(getattr(recording, name).total_seconds()) for name in _SPANS},
        **{name: stamp(value) for name in _TIMES if (value := getattr(recording, name)) is not None},
        "summary": summary_values(recording.summary),
        "suspicion": suspicions.write(recording.suspicion),
        "account_name": recording.account_name or None,
        "routed_tags": dict(recording.routed_tags) or None,
        "spike": spikes.write(recording.spike),
    }
    return {name: value for name, value in values.items() if value is not None}


# DynamoDB's numbers are decimal; boto3 refuses floats.
_MONEY = ("nat_usd", "recording_usd")


def summary_values(summary: Summary | None) -> dict[str, object] | None:
    """A summary as an attribute."""
    if summary is None:
        return None
    money = {name: Decimal(str(getattr(summary, name))) for name in _MONEY}
    return {**asdict(summary), **money, "talkers": list(summary.talkers), "gaps": list(summary.gaps)}


def _summary(values: Mapping[str, Any] | None) -> Summary | None:
    if values is None:
        return None
    numbers = {"bytes": int(values.get("bytes", 0))}
    money = {name: float(values.get(name, 0)) for name in _MONEY}
    lists = {name: tuple(values[name]) for name in ("talkers", "gaps")}
    return Summary(**{**values, **numbers, **money, **lists})


def recording_of(item: Mapping[str, Any]) -> Recording:
    """The recording of an item."""
    values = plain(item)
    fields: dict[str, Any] = {name: values.get(name) for name in _PLAIN}
    for name in _NUMBERS:
        fields[name] = None if fields[name] is None else int(fields[name])  # DynamoDB answers decimals
    fields |= {name: tuple(values.get(name, ())) for name in _LISTS}
    fields |= {name: timedelta(seconds=int(values[name])) for name in _SPANS}
    fields |= {name: moment(values.get(name)) for name in _TIMES}
    fields["summary"] = _summary(values.get("summary"))
    fields["suspicion"] = suspicions.read(values.get("suspicion"))
    fields["account_name"] = values.get("account_name", "")
    fields["routed_tags"] = values.get("routed_tags", {})
    fields["spike"] = spikes.read(values.get("spike"))
    return Recording(gateway=GatewayRef(values["account"], values["aws_region"], values["gateway"]), **fields)
