"""EventBridge: buses, their policies, rules."""

import json
from contextlib import suppress
from typing import Any

from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only


def _statements(place: Place, bus: str) -> list[dict[str, Any]]:
    policy = place.client("events").describe_event_bus(Name=bus).get("Policy")
    return list(json.loads(policy)["Statement"]) if policy else []


def _put_statements(place: Place, bus: str, statements: list[dict[str, Any]]) -> None:
    events = place.client("events")
    if statements:
        document = {"Version": "2012-10-17", "Statement": statements}
        events.put_permission(EventBusName=bus, Policy=json.dumps(document))
    else:
        events.remove_permission(EventBusName=bus, RemoveAllPermissions=True)


class EventBus(Kind):
    """AWS::Events::EventBus; moto's `Ref` gives an object and its `Policy` is ignored."""

    type = "AWS::Events::EventBus"
    name_property = "Name"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the bus, then put its policy."""
        name = properties["Name"]
        kept = only(properties, "Name", "EventSourceName", "Description", "KmsKeyIdentifier")
        kept |= only(properties, "DeadLetterConfig", "Tags")
        arn = place.call("events", "create_event_bus", **kept)["EventBusArn"]
        self._policy(place, name, properties)
        return Made(name, {"Arn": arn, "Name": name, "Policy": properties.get("Policy", {})})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """Only the policy changes in place here."""
        self._policy(place, ref, properties)
        return Made(
            ref,
            {
                "Arn": place.arn("events", f"event-bus/{ref}"),
                "Name": ref,
                "Policy": properties.get("Policy", {}),
            },
        )

    def _policy(self, place: Place, name: str, properties: Properties) -> None:
        if "Policy" in properties:
            place.call("events", "put_permission", EventBusName=name, Policy=properties["Policy"])

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the bus."""
        place.client("events").delete_event_bus(Name=ref)


class EventBusPolicy(Kind):
    """AWS::Events::EventBusPolicy: one statement of a bus's policy."""

    type = "AWS::Events::EventBusPolicy"

    def create(self, place: Place, properties: Properties) -> Made:
        """Replace the statement of this id among the bus's others."""
        bus, sid = properties.get("EventBusName", "default"), properties["StatementId"]
        if "Statement" in properties:
            statement = {**properties["Statement"], "Sid": sid}
            others = [s for s in _statements(place, bus) if s.get("Sid") != sid]
            _put_statements(place, bus, [*others, statement])
        else:
            place.call("events", "put_permission", **properties)
        return Made(f"{bus}|{sid}")

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Take the statement out of the policy, if the bus is still there."""
        bus, sid = ref.split("|")
        events = place.client("events")
        with suppress(events.exceptions.ResourceNotFoundException):
            _put_statements(place, bus, [s for s in _statements(place, bus) if s.get("Sid") != sid])


class Rule(Kind):
    """AWS::Events::Rule; moto's recreates it, which would drop events in between."""

    type = "AWS::Events::Rule"
    name_property = "Name"

    def create(self, place: Place, properties: Properties) -> Made:
        """PutRule and PutTargets create and overwrite."""
        name, bus = properties["Name"], properties.get("EventBusName", "default")
        rule = only(
            properties, "Name", "Description", "EventPattern", "ScheduleExpression", "State", "RoleArn"
        )
        arn = place.call("events", "put_rule", EventBusName=bus, **rule)["RuleArn"]
        targets = properties.get("Targets", [])
        if targets:
            answer = place.call("events", "put_targets", Rule=name, EventBusName=bus, Targets=targets)
            if answer.get("FailedEntryCount"):
                raise ValueError(f"PutTargets failed: {answer['FailedEntries']}")
        return Made(name if bus == "default" else f"{bus.split('/')[-1]}|{name}", {"Arn": arn})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Overwrite, and remove the targets that are gone."""
        kept = {target["Id"] for target in properties.get("Targets", [])}
        gone = [t["Id"] for t in before.get("Targets", []) if t["Id"] not in kept]
        if gone:
            name, bus = ref.rsplit("|", maxsplit=1)[-1], properties.get("EventBusName", "default")
            place.client("events").remove_targets(Rule=name, EventBusName=bus, Ids=gone)
        return self.create(place, properties)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Remove the targets, then the rule."""
        name, bus = ref.rsplit("|", maxsplit=1)[-1], properties.get("EventBusName", "default")
        events, ids = place.client("events"), [t["Id"] for t in properties.get("Targets", [])]
        if ids:
            events.remove_targets(Rule=name, EventBusName=bus, Ids=ids)
        events.delete_rule(Name=name, EventBusName=bus)
