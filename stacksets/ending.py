"""Ends what the hub is doing, before the hub itself goes: no new recording, and every open one closed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.models import OrgConfig
from stacksets.steps import Clients

# What opens recordings: an alarm's onset, and the sweeps, which offer onsets that were missed.
OPENERS = ("onset", "quick-sweep", "full-sweep")
CLOSE = "close_recording"
_WHY = {"Error": "Destroyed", "Cause": "natrec was removed while it was recording"}
_GONE = frozenset({"ResourceNotFoundException", "StateMachineDoesNotExist"})


@dataclass(frozen=True)
class Ending:
    """The hub, as it is ended.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.

    """

    config: OrgConfig
    clients: Clients

    def enabled(self) -> tuple[str, ...]:
        """The rules that can still open a recording."""
        return tuple(name for name, _ in self._rules())

    def disable(self) -> None:
        """Disable them (EventBridge API reference, DisableRule)."""
        for name, bus in self._rules():
            self._client("events").disable_rule(Name=name, EventBusName=bus)

    def enable(self) -> None:
        """Enable those that are disabled, for whoever applies the config after all."""
        for name, bus in self._rules("DISABLED"):
            self._client("events").enable_rule(Name=name, EventBusName=bus)

    def disabled(self) -> tuple[str, ...]:
        """The rules that should open recordings and are disabled."""
        return tuple(name for name, _ in self._rules("DISABLED"))

    def running(self) -> tuple[str, ...]:
        """The executions of recordings that have not ended."""
        return tuple(self._executions("recording"))

    def close(self) -> tuple[str, ...]:
        """Close what every execution holds with the hub's own function, then stop the execution.

        A stopped execution runs no Catch, so closing is asked for: flow logs are deleted, which is verified,
        failsafe and lease go, usage is settled, the history says why. In this order an interruption between
        the two leaves an execution that is found again. Sweeps are stopped first: one that runs may still
        offer an onset.

        Returns:
            What could not be closed, and why. Its flow logs are still to be found by their tags; its lease is
            closed by the first sweep of a later installation.

        """
        for execution in self._executions("sweep"):
            self._stop(execution)
        failed: list[str] = []
        for execution in self.running():
            failed += self._closed(self._client("stepfunctions").describe_execution(executionArn=execution))
            self._stop(execution)
        return tuple(failed)

    def _closed(self, execution: Mapping[str, Any]) -> Iterator[str]:
        name = self.config.names.function(CLOSE)
        asked = {
            "event": {**json.loads(execution["input"]), "opened": {}},
            "execution": execution["executionArn"],
            "started": execution["startDate"].isoformat(),
            "ended": _WHY,
        }
        told: object = None
        try:
            answer = self._client("lambda").invoke(FunctionName=name, Payload=json.dumps(asked).encode())
            if "FunctionError" in answer:
                told = json.loads(answer["Payload"].read()).get("errorMessage", "no reason")
        except ClientError as error:  # a hub that is half gone must not hold up its removal
            told = error
        if told:
            yield f"the hub could not close {execution['name']}: {told}"

    def _stop(self, execution: str) -> None:
        self._client("stepfunctions").stop_execution(
            executionArn=execution, error=_WHY["Error"], cause=_WHY["Cause"]
        )

    def _executions(self, machine: str) -> Iterator[str]:
        names = self.config.names
        name = {"recording": names.state_machine, "sweep": names.sweep_machine}[machine]
        client = self._client("stepfunctions")
        machines = client.get_paginator("list_state_machines").paginate()
        for found in (each for page in machines for each in page["stateMachines"]):
            if found["name"] != name:
                continue
            pages = client.get_paginator("list_executions").paginate(
                stateMachineArn=found["stateMachineArn"], statusFilter="RUNNING"
            )
            yield from [each["executionArn"] for page in pages for each in page["executions"]]

    def _rules(self, state: str = "ENABLED") -> Iterator[tuple[str, str]]:
        names, client = self.config.names, self._client("events")
        for rule in OPENERS:
            bus = names.bus if rule == "onset" else "default"
            try:
                found = client.describe_rule(Name=names.rule(rule), EventBusName=bus)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _GONE:
                    raise
                continue
            if found["State"] == state:
                yield found["Name"], bus

    def _client(self, service: str) -> Any:  # noqa: ANN401 - a client
        hub = self.config.organization.hub
        return self.clients(hub.account, hub.region, service)
