"""The hub, for whoever starts and stops recordings by hand."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.adapters.browsing import Browser
from hub.calls import message
from hub.domain.by_hand import ByHand
from hub.domain.gateways import GatewayRef
from hub.domain.recordings import recording_id
from hub.events import asking
from orgconfig.errors import NatrecError
from scripts.cli.deploying import Ways
from scripts.cli.invoking import DEPLOYED, invoked
from stacksets.loading import load_config

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Started:
    """An execution: its ARN, and when it started."""

    execution: str
    at: datetime


@dataclass(frozen=True)
class Desk:
    """Asks the hub of a config.

    Attributes:
        machine: ARN of the state machine.
        function: The name of the function that stops.
        by: ARN of whoever asks.
        pause: Seconds between two looks.

    """

    states: Any
    functions: Any
    history: Browser
    machine: str
    function: str
    by: str
    pause: float

    def start(self, gateway: GatewayRef, asked: ByHand) -> Started:
        """Ask for a recording.

        Raises:
            NatrecError: The hub is not there.

        """
        try:
            answer = self.states.start_execution(
                stateMachineArn=self.machine,
                name=f"manual-{uuid.uuid4().hex}",
                input=json.dumps(asking(gateway, asked)),
            )
        except self.states.exceptions.StateMachineDoesNotExist as missing:
            raise NatrecError(f"the hub has no state machine {self.machine}", next=DEPLOYED) from missing
        return Started(answer["executionArn"], answer["startDate"])

    def outcome(self, started: Started) -> Document | None:
        """The recording, or the refusal, once there is one.

        Raises:
            NatrecError: The hub could not answer.

        """
        found = self.history.find(recording_id(started.execution, started.at))
        if found:
            return found
        told = self.states.describe_execution(executionArn=started.execution)
        if told["status"] == "RUNNING":
            return None
        if told["status"] == "SUCCEEDED":
            refused: Document = json.loads(told["output"])["opened"]["recording"]
            return refused
        why = ": ".join(filter(None, (told.get("error"), message(told.get("cause", ""))))) or told["status"]
        raise NatrecError(
            f"the hub could not open the recording: {why}", next=f"Look at its execution {started.execution}"
        )

    def runs(self, execution: str) -> bool:
        """Whether an execution has more to do."""
        return bool(self.states.describe_execution(executionArn=execution)["status"] == "RUNNING")

    def find(self, identity: str) -> Document:
        """A recording or a refusal.

        Raises:
            NatrecError: There is none of that id.

        """
        found = self.history.find(identity)
        if found is None:
            raise NatrecError(f"the history has no {identity}", next="See `natrec recordings --since 30d`.")
        return found

    def stop(self, identity: str) -> None:
        """End a recording.

        Raises:
            NatrecError: The hub is not there, or could not.

        """
        invoked(
            self.functions,
            self.function,
            {"stop": {"recording": identity, "by": self.by}},
            doing=f"stop {identity}",
            advice=f"Try again; the log of its function {self.function} says more.",
        )


def desk(config: Path, ways: Ways) -> Desk:
    """The desk of the hub that a config names.

    Raises:
        NatrecError: The config or the credentials cannot be used.

    """
    loaded = load_config(config)
    hub, names, accounts = loaded.organization.hub, loaded.names, ways.accounts(loaded)
    by = accounts.caller(hub.account)
    partition = by.split(":")[1]
    return Desk(
        accounts(hub.account, hub.region, "stepfunctions"),
        accounts(hub.account, hub.region, "lambda"),
        Browser(accounts(hub.account, hub.region, "dynamodb"), names.table),
        f"arn:{partition}:states:{hub.region}:{hub.account}:stateMachine:{names.state_machine}",
        names.function("note_recovery"),
        by,
        0.2 if accounts.sandboxed else 2.0,
    )
