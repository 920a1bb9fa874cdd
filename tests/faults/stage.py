"""One whole recording: the real definition, use cases, adapters and clients, over the engine's AWS."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from hub.adapters import items
from hub.adapters.sessions import CLIENT
from hub.domain.recordings import Recording
from hub.domain.sweeping import Kind as SweepKind
from hub.settings import Settings
from scripts.sandbox.engine.core import Engine
from stacksets.rendering import render_state_machine
from tests import factories
from tests.contract.tables import DynamoTable
from tests.faults import answers, talkers
from tests.faults.accounts import NAMES, REGION, Accounts, early
from tests.faults.functions import FUNCTIONS, ONCE, Pool, PooledSessions, StagedHub
from tests.faults.interpreter import Context, Interpreter, Run, State, TaskFailed, filled
from tests.faults.play import Left, Play, recordings_of
from tests.faults.wire import Call, Fault, Killed, Wire

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

# A function whose process died: Step Functions Developer Guide, "Handle Lambda service exceptions", and the
# errorType in Lambda's own answer, which goes with the words "Runtime exited with error".
DIED = {"killed before": "Runtime.ExitError", "killed after": "Lambda.Unknown"}


class Stage:
    """Two accounts for all plays; every play has a table and a gateway of its own."""

    def __init__(self, engine: Engine, new_account: Callable[[], str]) -> None:
        self.wire = Wire()
        self.wire.serve, self.wire.arrived = self._served, self._arrived
        self.pool = Pool(engine, self.wire)
        self._sessions = PooledSessions(self.pool, NAMES)
        self.accounts = Accounts(engine, new_account)
        self.definition = json.loads(render_state_machine())
        self.clock = early()
        self.play: Play

    # ---- One recording ----

    def begin(self, fault: Fault | None = None, *, retries: bool = False) -> Play:
        """A new gateway fires; nothing has run yet."""
        self.pool.config = CLIENT if retries else ONCE
        self.clock = early()
        table = DynamoTable(self.accounts.engine.client(self.accounts.hub, REGION, "dynamodb"))
        place, now = self.accounts.gateway(), self.clock.now()
        event = factories.contributor_event(
            account=place.account, region=REGION, time=now.isoformat(timespec="seconds")
        )
        event["detail"]["alarmContributor"]["attributes"] = {"NatGatewayId": place.gateway}
        event["detail"]["state"]["timestamp"] = now.isoformat()
        machine = f"arn:aws:states:{REGION}:{self.accounts.hub}:execution:{NAMES.state_machine}"
        self.play = Play(place, Run(f"{machine}:{uuid.uuid4()}", now.isoformat(), event), table)
        self.wire.begin(fault)
        return self.play

    def perform(self) -> None:
        """Run the execution to its end."""
        self._run(self.play.run)

    def succeed(self) -> None:
        """Run the executions that the sweep started for what was lost."""
        for name, given in self.play.succeeding.items():
            self._run(Run(f"{self.play.run.arn}-{name}", self.clock.now().isoformat(), given))

    def redrive(self) -> None:
        """Somebody redrives the execution, if it failed."""
        if self.play.run.status == "FAILED":
            self._interpreter.redrive(self.play.run)

    def _run(self, run: Run) -> None:
        self._interpreter.run(run)

    @property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self.definition, self._task, self.clock)

    def _hub(self, function: str) -> StagedHub:
        """Each function keeps its own clients and credentials while its process lives."""
        if function not in self.play.hubs:
            settings = Settings(
                namespace="natrec",
                partition="aws",
                account=self.accounts.hub,
                region=REGION,
                role_path=NAMES.role_path,
                table=self.play.table.name,
                topic_arn="",
                routes_topic_arn="",
                chat_topic_arn="",
                notices_url=self.accounts.notices,
                dead_notices_url="",
                reports_bucket=self.accounts.reports,
                archive_bucket=self.accounts.archive,
            )
            self.play.hubs[function] = StagedHub(settings, self.clock, self._sessions, self.clock)
        return self.play.hubs[function]

    def _task(self, name: str, state: State, data: dict[str, Any], context: Context) -> Any:  # noqa: ANN401 - JSON
        with self.wire.acting(name):
            if state["Resource"].endswith(":dynamodb:updateItem.waitForTaskToken"):
                return self._await(state, data, context)
            if state["Resource"].endswith(":athena:startQueryExecution.sync"):
                return self._ask(state, data, context)
            if not state["Resource"].endswith(":lambda:invoke"):
                raise NotImplementedError(state["Resource"])
            asked = filled(state["Parameters"]["Payload"], data, context)
            function = state["Parameters"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
            return self._invoke(function, json.loads(json.dumps(asked)))

    def _invoke(self, function: str, asked: dict[str, Any]) -> dict[str, Any]:
        """As Lambda answers: an exception is an error by its class's name, a dead process is its own."""
        try:
            answer = FUNCTIONS[function](self._hub(function), asked)
        except Killed as killed:
            self.play.hubs.pop(function, None)  # the next invocation starts cold
            raise TaskFailed(DIED[str(killed)], "signal: killed") from None
        except Exception as error:
            raise TaskFailed(type(error).__name__, json.dumps({"errorMessage": str(error)})) from error
        return dict(json.loads(json.dumps(answer)))

    def _await(self, state: State, data: dict[str, Any], context: Context) -> Any:  # noqa: ANN401 - JSON
        asked = filled(state["Parameters"], data, context)
        client = self.pool.client(self.accounts.hub, "dynamodb")
        try:
            client.update_item(**(asked | {"TableName": self.play.table.name}))
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            raise TaskFailed(f"DynamoDb.{code.removesuffix('Exception')}Exception", str(error)) from error
        except BotoCoreError as error:
            raise TaskFailed("DynamoDb.SdkClientException", str(error)) from error
        self.play.waits = context["Task"]["Token"]
        return self._wait(timedelta(seconds=data["opened"]["recording"]["wait_seconds"]))

    def _ask(self, state: State, data: dict[str, Any], context: Context) -> Any:  # noqa: ANN401 - JSON
        """Step Functions starts the query and looks until it has ended; here at the first look."""
        asked = filled(state["Parameters"], data, context)
        client = self.pool.client(self.accounts.hub, "athena")
        try:
            query = client.start_query_execution(**asked)["QueryExecutionId"]
            found = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            raise TaskFailed(f"Athena.{code}", str(error)) from error
        except BotoCoreError as error:
            raise TaskFailed("Athena.SdkClientException", str(error)) from error
        return {"QueryExecution": {"QueryExecutionId": found["QueryExecutionId"]}}

    def _wait(self, limit: timedelta) -> Any:  # noqa: ANN401 - JSON
        """Two minutes later the alarm recovers; a sweep runs every five."""
        if self.play.stopped:
            self.play.run.status, self.play.waits = "ABORTED", None
            return {}
        until = self.clock.now() + limit
        self.clock.turn(minutes=2)
        self.recover()
        while not self.play.woken and self.play.run.status == "RUNNING":
            if self.clock.now() + timedelta(minutes=5) >= until:
                self.play.waits = None
                raise TaskFailed("States.Timeout")
            self.sweep()
        self.play.waits = None
        return {"ended": "recovered"}

    def recover(self) -> None:
        """EventBridge tells a function, and Lambda tries twice more when it fails."""
        place = self.play.place
        recovery = factories.recovery(place, at=self.clock.now())
        with self.wire.acting("NoteRecovery"):
            for _ in range(3):
                try:
                    self._hub("NoteRecovery").note_recovery(recovery)
                except Killed:
                    self.play.hubs.pop("NoteRecovery", None)
                except Exception as error:  # noqa: BLE001 - as Lambda does
                    self.play.problems.append(str(error))
                else:
                    return
                self.clock.turn(minutes=1)

    def sweep(self, kind: SweepKind = "quick") -> None:
        """One sweep, five minutes later; one that breaks down leaves the work to the next."""
        self.clock.turn(minutes=5)
        with self.wire.acting("Sweep"):
            try:
                self.play.problems.extend(self._hub("Sweep").sweep_batch(kind, 0, 1).problems)
            except Killed:
                self.play.hubs.pop("Sweep", None)
            except Exception as error:  # noqa: BLE001 - as Step Functions does
                self.play.problems.append(str(error))

    # ---- What the wire tells ----

    def _arrived(self, call: Call) -> None:
        if call.service == "sqs" and call.operation == "SendMessageBatch":
            self.play.notices.append(call.actor)
        if call.actor in {"WriteReport", "RepeatReport"} and call.operation == "ListObjectsV2":
            for recording in self.recordings():
                self.accounts.deliver(recording)

    def _served(self, operation: str, asked: Mapping[str, Any]) -> "AWSResponse":
        """Athena, and Step Functions itself, as far as natrec asks them."""
        if "Query" in operation:
            return _json(talkers.served(operation, self.clock.now()))
        run = self.play.run
        match operation:
            case "SendTaskSuccess":
                if asked["taskToken"] != self.play.waits:
                    return answers.error("sfn", 400, "TaskTimedOut")
                self.play.woken = True
                return _json({})
            case "DescribeExecution":
                return _json({"executionArn": run.arn, "status": run.status})
            case "ListExecutions":
                listed = [run.arn] if run.status == "RUNNING" else []
                some = {"stateMachineArn": run.arn, "name": "x", "status": "RUNNING", "startDate": 1}
                return _json({"executions": [{**some, "executionArn": each} for each in listed]})
            case "StartExecution":
                given = json.loads(asked["input"])
                if "lost" in given:
                    self.play.succeeding[asked["name"]] = given
                else:
                    self.play.offered.append(asked["name"])
                return _json({"executionArn": f"{run.arn}-offer", "startDate": 1})
            case _:
                raise NotImplementedError(operation)

    # ---- What is left ----

    def recordings(self) -> list[Recording]:
        """Every recording of the play, as the history has it."""
        return recordings_of(self.play.items())

    def left(self) -> Left:
        """What is there now."""
        found = self.play.items()
        recordings = recordings_of(found)
        plain = [items.plain(each) for each in found]
        usage = {each["sk"].split("#")[0]: int(each["used"]) for each in plain if "used" in each}
        kept = [each for each in recordings if each.state != "failed" and not each.captured_nothing]
        return Left(
            flow_logs=len(self.accounts.flow_logs()),
            failsafes=len(self.accounts.failsafes()),
            lease=any("recording" in each for each in plain if each["sk"] == "GATEWAY"),
            open=sum(each.state == "open" for each in recordings),
            active=usage.get("active", 0),
            opened=usage.get("opened_day", 0),
            kept=len(kept),
        )


def _json(document: Mapping[str, object]) -> "AWSResponse":
    return answers.answer(200, json.dumps(document).encode())
