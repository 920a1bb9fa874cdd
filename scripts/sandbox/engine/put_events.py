"""PutEvents: what people and programs put on a bus themselves.

Sources: AWS API reference "PutEvents" and "PutEventsRequestEntry", AWS docs "Sending events with
PutEvents" and "Calculating PutEvents event entry size".
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.events import models
from moto.events.exceptions import ValidationException
from moto.events.responses import EventsHandler

from scripts.sandbox.engine.envelopes import envelope
from scripts.sandbox.engine.event_delivery import may_put
from scripts.sandbox.engine.principals import Principal, caller
from scripts.sandbox.engine.seams import replace

LIMIT_BYTES = 256 * 1024
LIMIT_ENTRIES = 10
CLOUDWATCH = "aws.cloudwatch"

# Told of every event that was put in CloudWatch's name, before it is delivered.
cloudwatch_observers: list[Callable[[Mapping[str, Any]], None]] = []

Route = Callable[[models.EventBus, dict[str, Any]], None]


class _RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def size(entry: Mapping[str, Any]) -> int:
    """Bytes of one entry as EventBridge counts them; a time counts 14."""
    texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail"), *entry.get("Resources", [])]
    return (14 if entry.get("Time") is not None else 0) + sum(len((text or "").encode()) for text in texts)


def _detail(entry: Mapping[str, Any]) -> dict[str, Any]:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            reason = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            raise _RefusedError("InvalidArgument", reason)
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        raise _RefusedError("MalformedDetail", "Detail is malformed.") from None
    if not isinstance(detail, dict):
        raise _RefusedError("MalformedDetail", "Detail is malformed.")
    return detail


def _bus(entry: Mapping[str, Any], account: str, region: str) -> models.EventBus:
    name = entry.get("EventBusName") or "default"
    if name.startswith("arn:"):
        region, account = name.split(":")[3:5]
        name = name.split("/", 1)[1]
    bus = models.events_backends[account][region].event_buses.get(name)
    if bus is None:
        raise _RefusedError("ResourceNotFoundException", f"Event bus {name} does not exist.")
    return bus


def _check_source(entry: Mapping[str, Any], bus: models.EventBus, account: str) -> None:
    """Refuse AWS's own sources, but for the one the sandbox promises.

    What is put as `aws.cloudwatch` on the caller's own default bus counts as sent by CloudWatch.
    """
    promised = entry["Source"] == CLOUDWATCH and (bus.account_id, bus.name) == (account, "default")
    if entry["Source"].startswith("aws.") and not promised:
        raise _RefusedError("NotAuthorizedForSourceException", "Not authorized for the source.")


def _accept(entry: Mapping[str, Any], who: Principal, region: str) -> tuple[models.EventBus, dict[str, Any]]:
    detail = _detail(entry)
    bus = _bus(entry, who.account, region)
    _check_source(entry, bus, who.account)
    stamp = entry.get("Time")
    time = None if stamp is None else datetime.fromtimestamp(float(stamp), UTC)
    resources = entry.get("Resources", [])
    event = envelope(who.account, region, entry["Source"], entry["DetailType"], detail, resources, time)
    if not may_put(bus, who, event):
        message = f"User: {who.arn} is not authorized to perform: events:PutEvents on resource: {bus.arn}"
        raise _RefusedError("AccessDeniedException", message)
    return bus, event


def _put(entry: Mapping[str, Any], who: Principal, region: str, route: Route) -> dict[str, str]:
    try:
        bus, event = _accept(entry, who, region)
    except _RefusedError as refused:
        return {"ErrorCode": refused.code, "ErrorMessage": str(refused)}
    if event["source"] == CLOUDWATCH:
        for observer in cloudwatch_observers:
            observer(event)
    route(bus, event)
    return {"EventId": event["id"]}


def install(route: Route) -> None:
    """Answer PutEvents; `route` puts an accepted event on a bus."""

    def put_events(_: Any) -> Any:
        def answered(self: EventsHandler) -> str:
            entries = self._get_param("Entries") or []
            if not 1 <= len(entries) <= LIMIT_ENTRIES:
                raise ValidationException(
                    "1 validation error detected: Value at 'entries' failed to satisfy constraint: "
                    "Member must have length less than or equal to 10 and greater than or equal to 1"
                )
            if sum(map(size, entries)) > LIMIT_BYTES:
                raise ValidationException("Total size of the entries in the request is over the limit.")
            who = caller(self.access_key, self.current_account)
            answers = [_put(entry, who, self.region, route) for entry in entries]
            failed = sum("ErrorCode" in answer for answer in answers)
            return json.dumps({"FailedEntryCount": failed, "Entries": answers})

        return answered

    replace(EventsHandler, "put_events", put_events)
