"""The state machine on the engine, its functions played by stand-ins that answer from a script."""

import itertools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.adapters.clock import SystemClock
from hub.adapters.steps import StepFunctions
from hub.domain.gateways import GatewayRef
from hub.domain.quotas import limits
from hub.domain.recordings import Recording
from hub.usecases.note_recovery import NoteRecovery
from scripts.sandbox.engine.core import Engine
from stacksets.rendering import render_state_machine
from tests import factories
from tests.contract.tables import DynamoTable
from tests.contract.worlds import EngineSessions
from tests.sandbox.catalogs import Catalog
from tests.sandbox.eventually import eventually
from tests.sandbox.functions import Functions
from tests.sandbox.machines import Machines

FUNCTIONS = {
    "open": "OpenRecordingArn",
    "close": "CloseRecordingArn",
    "report": "WriteReportArn",
    "start": "TellStartedArn",
    "tell": "TellArn",
}
ATTEMPTS = 3
Script = dict[str, list[dict[str, Any]]]

STAND_IN = """
    import json, os, pathlib, time

    def handler(event, context):
        name, folder = os.environ["PART"], pathlib.Path(os.environ["STAGE"])
        script = json.loads((folder / "script.json").read_text())[name]
        diary = folder / "diary.jsonl"
        before = [json.loads(line) for line in diary.read_text().splitlines()] if diary.exists() else []
        with diary.open("a") as page:
            page.write(json.dumps({"part": name, "given": event}) + "\\n")
        played = sum(each["part"] == name for each in before)
        turn = script[min(played, len(script) - 1)]
        time.sleep(turn.get("seconds", 0))
        if "error" in turn:
            raise type(turn["error"], (Exception,), {})(turn["message"])
        return turn["answer"]
"""


def answers(document: Mapping[str, object]) -> dict[str, Any]:
    return {"answer": dict(document)}


def fails(error: str, message: str = "it is so") -> dict[str, Any]:
    return {"error": error, "message": message}


@dataclass(frozen=True)
class Told:
    """One call of a function."""

    part: str
    given: dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """How an execution ended, and the states it went through."""

    arn: str
    status: str
    error: str | None
    path: list[str]


class Stage:
    """One account with the table, the functions and the machine; each play has its own gateway."""

    def __init__(self, engine: Engine, account: str, folder: Path) -> None:
        self._folder = folder
        self._machines = Machines(engine, account)
        functions = Functions(engine, account)
        arn = f"arn:aws:lambda:{factories.REGION}:{account}:function"
        self._arns = {
            placeholder: f"{arn}:{functions.create(STAND_IN, PART=part, STAGE=str(folder))}"
            for part, placeholder in FUNCTIONS.items()
        }
        self._sqs = engine.client(account, factories.REGION, "sqs")
        self._queue = self._sqs.create_queue(QueueName=f"dead-{uuid.uuid4().hex[:8]}")["QueueUrl"]
        self.catalog = Catalog(engine, account)
        self.table = DynamoTable(engine.client(account, factories.REGION, "dynamodb"))
        self.machine = self.create()
        executions = StepFunctions(EngineSessions(engine, account), self.machine)
        self.note_recovery = NoteRecovery(self.table.ledger, executions, SystemClock())
        self._numbers = itertools.count(1)

    def create(self, table: str | None = None, work_group: str | None = None, **seconds: int) -> str:
        """The machine, perhaps over another table or workgroup, or with other time limits by state."""
        values = {
            "Partition": "aws",
            "TableName": table or self.table.name,
            "DeadLettersUrl": self._queue,
            "WorkGroup": work_group or self.catalog.group,
            **self._arns,
        }
        text = render_state_machine()
        for name, value in values.items():
            text = text.replace(f"${{{name}}}", value)
        definition = json.loads(text)
        for state, limit in seconds.items():
            definition["States"][state]["TimeoutSeconds"] = limit
        return self._machines.create(**hurried(definition))

    def place(self) -> GatewayRef:
        """A gateway that no other play has."""
        return factories.gateway_ref(gateway=f"nat-{next(self._numbers):017x}")

    def admitted(self, place: GatewayRef) -> Recording:
        """The recording as OpenRecording leaves it in the table."""
        recording = factories.recording(
            place, execution=factories.execution_arn(uuid.uuid4().hex), flow_logs=("fl-1",)
        )
        onset = factories.transition(place, at=recording.onset_at)
        wanted = limits(place, factories.terms(), recording.opened_at)
        assert self.table.ledger.admit(recording, onset, wanted) is None
        return recording

    def start(self, place: GatewayRef, script: Script, machine: str | None = None) -> str:
        (self._folder / "diary.jsonl").unlink(missing_ok=True)
        (self._folder / "script.json").write_text(json.dumps(script))
        event = factories.contributor_event(account=place.account, region=place.region)
        event["detail"]["alarmContributor"]["attributes"] = {"NatGatewayId": place.gateway}
        return self._machines.start(machine or self.machine, event)

    def recover(self, place: GatewayRef) -> None:
        """The alarm recovers once the execution waits."""
        assert eventually(lambda: self.table.ledger.picture(place, factories.NOW).gateway.task_token)
        self.note_recovery(factories.recovery(place))

    def end(self, execution: str) -> Ended:
        answer = self._machines.end(execution, within=30)
        history = self._machines.states.get_execution_history(executionArn=execution, maxResults=1000)
        entered = [each.get("stateEnteredEventDetails", {}).get("name") for each in history["events"]]
        return Ended(execution, answer["status"], answer.get("error"), [name for name in entered if name])

    def redrive(self, execution: str) -> Ended:
        """What failed is mended: every function answers as it would in a recording that goes well."""
        page = self._folder / "script.json"
        script = json.loads(page.read_text())
        page.write_text(json.dumps({part: answers[-1:] for part, answers in script.items()}))
        self._machines.states.redrive_execution(executionArn=execution)
        return self.end(execution)

    def kept_events(self) -> list[dict[str, Any]]:
        """What lies in the dead-letter queue, taken out."""
        answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def diary(self) -> list[Told]:
        lines = (self._folder / "diary.jsonl").read_text().splitlines()
        return [Told(**json.loads(line)) for line in lines]

    def told(self, part: str) -> list[dict[str, Any]]:
        return [each.given for each in self.diary() if each.part == part]


def hurried(definition: dict[str, Any]) -> dict[str, Any]:
    """The same machine in less time: only the numbers of its retries change."""
    for state in definition["States"].values():
        for retry in state.get("Retry", ()):
            retry |= {"IntervalSeconds": 1, "BackoffRate": 1.0, "MaxAttempts": ATTEMPTS - 1}
    return definition
