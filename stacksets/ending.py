"""Ends what the hub is doing, before it or a spoke goes: its own function closes what is open."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from hub.domain.offers import successor
from hub.domain.recordings import NO_TARGET
from hub.ports import Lease
from orgconfig.models import OrgConfig
from stacksets.steps import Clients

# What opens recordings: an alarm's onset, and the sweeps, which offer onsets that were missed.
OPENERS = ("onset", "quick-sweep", "full-sweep")
CLOSE = "close_recording"
_WHY = {"Error": "Destroyed", "Cause": "natrec was removed while it was recording"}
_LEFT = {"Error": NO_TARGET, "Cause": ""}
_GONE = frozenset({"ResourceNotFoundException", "StateMachineDoesNotExist"})
_NO_EXECUTION = frozenset({"ExecutionDoesNotExist", "StateMachineDoesNotExist"})
# Step Functions API reference, SendTaskSuccess: the wait is over already.
_WAITS_NO_MORE = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


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
            self._stop(execution, _WHY)
        failed: list[str] = []
        for execution in self.running():
            described = self._client("stepfunctions").describe_execution(executionArn=execution)
            if told := self._closed(described, _WHY):
                failed.append(f"the hub could not close {described['name']}: {told}")
            self._stop(execution, _WHY)
        return tuple(failed)

    def leave(self, lease: Lease, *, gone: bool = False) -> str | None:
        """Close one recording whose place leaves the targets; its report follows.

        Its execution is woken: it finds the recording closed, waits for the records, reports and tells. One
        that has ended gets a successor, as from a sweep. Where closing failed its execution goes on: its
        spoke stays, and it closes by itself.

        Args:
            lease: The recording's.
            gone: Whether its flow logs are certainly gone; then the hub need not look for them.

        Returns:
            Why it could not be closed; None once it is.

        """
        execution = self._of(lease)
        running = execution is not None and execution["status"] == "RUNNING"
        if execution is None or not running:  # what a sweep does with a lease whose execution has ended
            started = execution["startDate"] if execution else lease.expires_at
            execution = {"executionArn": lease.execution, "startDate": started}
            execution["input"] = json.dumps({"lost": lease.recording})
        told = self._closed(execution, _LEFT, gone=gone)
        if told is None:
            if running:
                self._wake(lease)
            else:
                self._succeed(lease)
        return told

    def _wake(self, lease: Lease) -> None:
        """One without a token does not wait yet, and will not: its lease is gone."""
        if lease.task_token is None:
            return
        try:
            self._client("stepfunctions").send_task_success(
                taskToken=lease.task_token, output=json.dumps({"ended": "no_target"})
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _WAITS_NO_MORE:
                raise

    def _succeed(self, lease: Lease) -> None:
        machine = lease.execution.rpartition(":")[0].replace(":execution:", ":stateMachine:")
        following = successor(lease.recording)
        try:
            self._client("stepfunctions").start_execution(
                stateMachineArn=machine, name=following.name, input=json.dumps(following.event)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"ExecutionAlreadyExists", *_NO_EXECUTION}:
                raise

    def _of(self, lease: Lease) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self._client("stepfunctions").describe_execution(
                executionArn=lease.execution
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_EXECUTION:
                raise
            return None
        return found

    def _closed(
        self, execution: Mapping[str, Any], why: Mapping[str, str], *, gone: bool = False
    ) -> str | None:
        """Close what an execution holds; answers why it could not be."""
        name = self.config.names.function(CLOSE)
        asked = {
            "event": {**json.loads(execution["input"]), "opened": {}},
            "execution": execution["executionArn"],
            "started": execution["startDate"].isoformat(),
            "ended": why,
            "gone": gone,
        }
        try:
            answer = self._client("lambda").invoke(FunctionName=name, Payload=json.dumps(asked).encode())
            if "FunctionError" in answer:
                return str(json.loads(answer["Payload"].read()).get("errorMessage", "no reason"))
        except ClientError as error:  # a hub that is half gone must not hold up its removal
            return str(error)
        return None

    def _stop(self, execution: str, why: Mapping[str, str]) -> None:
        self._client("stepfunctions").stop_execution(
            executionArn=execution, error=why["Error"], cause=why["Cause"]
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
