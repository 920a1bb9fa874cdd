"""State machines of one account, and the table their executions wait on."""

import json
import time
import uuid
from typing import Any

from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually

REGION = "eu-west-1"
ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


class Machines:
    """Makes machines in one account and runs them."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.engine, self.account = engine, account
        self.states = engine.client(account, REGION, "stepfunctions")

    def create(self, **definition: object) -> str:
        arn: str = self.states.create_state_machine(
            name=f"machine-{uuid.uuid4().hex[:8]}",
            roleArn=f"arn:aws:iam::{self.account}:role/machine",
            definition=json.dumps(definition),
        )["stateMachineArn"]
        return arn

    def one_state(self, **state: object) -> str:
        return self.create(StartAt="Only", States={"Only": {"End": True, **state}})

    def start(self, machine: str, given: dict[str, Any] | None = None, **rest: str) -> str:
        answer = self.states.start_execution(stateMachineArn=machine, input=json.dumps(given or {}), **rest)
        arn: str = answer["executionArn"]
        return arn

    def end(self, execution: str, within: float = 15) -> dict[str, Any]:
        until = time.monotonic() + within
        while time.monotonic() < until:
            answer: dict[str, Any] = self.states.describe_execution(executionArn=execution)
            if answer["status"] in ENDED:
                return answer
            time.sleep(0.02)  # noqa: TID251 - the execution runs in real time
        raise AssertionError(f"{execution} did not end within {within} s")

    def run(self, machine: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.end(self.start(machine, given))

    def output(self, machine: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        ended = self.run(machine, given)
        assert ended["status"] == "SUCCEEDED", ended
        output: dict[str, Any] = json.loads(ended["output"])
        return output


class Table:
    """A table whose items an execution waits on."""

    def __init__(self, engine: Engine, account: str, region: str = REGION) -> None:
        self.client = engine.client(account, region, "dynamodb")
        self.name = f"table-{uuid.uuid4().hex[:8]}"
        self.client.create_table(
            TableName=self.name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )

    def put(self, key: str, **attributes: str) -> None:
        item = {"pk": {"S": key}} | {name: {"S": value} for name, value in attributes.items()}
        self.client.put_item(TableName=self.name, Item=item)

    def get(self, key: str) -> dict[str, Any]:
        item: dict[str, Any] = self.client.get_item(TableName=self.name, Key={"pk": {"S": key}}).get(
            "Item", {}
        )
        return item

    def token(self, key: str) -> str:
        return str(eventually(lambda: self.get(key).get("token", {}).get("S")))
