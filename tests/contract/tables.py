"""The hub's table in memory, and as DynamoDB under the very definition of the hub's template."""

import json
import random
import re
import threading
import uuid
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from botocore.exceptions import ClientError

from hub.adapters import items
from hub.adapters.history import TableRecordings
from hub.adapters.ledger import TableLedger
from hub.adapters.paid import TablePaid
from hub.adapters.policy import CompiledRules
from hub.adapters.transactions import Transactions
from hub.adapters.watching import TableWatch
from hub.domain.gateways import GatewayRef
from hub.ports import Ledger, Paid, Recordings, Watch
from orgconfig.compiling import compile_policy
from orgconfig.members import Members
from orgconfig.models import OrgConfig
from orgconfig.policy import policy_of
from stacksets.rendering import render_hub, render_state_machine
from tests import factories
from tests.fakes import FakePaid, InMemoryLedger, InMemoryRecordings, InMemoryWatch, Table
from tests.orgconfig.documents import config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class HubTable(Protocol):
    """One table, through both of its ports, and what the state machine itself writes there."""

    @property
    def ledger(self) -> Ledger: ...

    @property
    def recordings(self) -> Recordings: ...

    @property
    def watch(self) -> Watch: ...

    @property
    def paid(self) -> Paid: ...

    def say_paid(self, prices: dict[str, float]) -> None:
        """Say in the policy what is paid."""

    def store_token(self, gateway: GatewayRef, recording: str, token: str) -> bool:
        """What AwaitRecovery writes; False when its condition does not hold."""

    def refusals(self) -> dict[str, tuple[str, int]]:
        """Every refusal that is kept: its reason, and how often it was counted."""


# Nobody outside of them is asked about.
MEMBERS = Members(ous={"r-ab12": None}, accounts={factories.ACCOUNT: "r-ab12"})


class MemoryTable:
    """The fakes."""

    def __init__(self) -> None:
        self._table = Table()
        self.ledger = InMemoryLedger(
            self._table, CompiledRules(policy_of(json.dumps(compiled_policy())), MEMBERS)
        )
        self.recordings = InMemoryRecordings(self._table)
        self.watch = InMemoryWatch(self._table)
        self.paid = FakePaid()

    def say_paid(self, prices: dict[str, float]) -> None:
        self.paid.said = prices

    def store_token(self, gateway: GatewayRef, recording: str, token: str) -> bool:
        return self._table.store_token(gateway, recording, token)

    def refusals(self) -> dict[str, tuple[str, int]]:
        kept = self._table.refusals.values()
        return {refused.id: (refused.refusal.reason, times) for refused, times in kept}


class DynamoTable:
    """The adapters, over a table of their own."""

    def __init__(self, client: "DynamoDBClient", sleep: Callable[[float], object] | None = None) -> None:
        self.client = client
        self.name = f"table-{uuid.uuid4().hex[:8]}"
        client.create_table(TableName=self.name, **_definition())
        transactions = transactions_of(client, sleep)
        self.ledger = TableLedger(client, self.name, transactions)
        self.recordings = TableRecordings(client, self.name, transactions)
        self.watch = TableWatch(client, self.name)
        self.paid = TablePaid(client, self.name)
        self.put_policy(json.dumps(compiled_policy()))

    def refusals(self) -> dict[str, tuple[str, int]]:
        kept = [items.plain(item) for item in self.client.scan(TableName=self.name)["Items"]]
        refused = [item for item in kept if item.get("state") == "refused"]
        return {item["id"]: (item["reason"], int(item["times"])) for item in refused}

    def say_paid(self, prices: dict[str, float]) -> None:
        self.put_policy(json.dumps({**compiled_policy(), "prices": prices}))

    def put_policy(self, document: str) -> None:
        """As `natrec apply` does: its own attributes of the item only."""
        self.client.update_item(
            TableName=self.name,
            Key=items.POLICY_KEY,
            UpdateExpression="SET #document = :document, #version = :version",
            ExpressionAttributeNames={"#document": "document", "#version": "version"},
            ExpressionAttributeValues=items.typed({":document": document, ":version": "1"}),
        )

    def store_token(self, gateway: GatewayRef, recording: str, token: str) -> bool:
        """The update of the state machine's own definition."""
        asked = _await_recovery()
        key = re.findall(r"'(.+)'", asked["Key"]["pk"]["S.$"])[0]
        pk = key.format(gateway.account, gateway.region, gateway.gateway)
        try:
            self.client.update_item(
                TableName=self.name,
                Key={"pk": {"S": pk}, "sk": asked["Key"]["sk"]},
                UpdateExpression=asked["UpdateExpression"],
                ConditionExpression=asked["ConditionExpression"],
                ExpressionAttributeValues={":token": {"S": token}, ":recording": {"S": recording}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def transactions_of(client: "DynamoDBClient", sleep: Callable[[float], object] | None = None) -> Transactions:
    """Transactions that wait in real time, unless another way of waiting is given."""
    wait = sleep or threading.Event().wait

    def pause(seconds: float) -> None:
        wait(seconds)

    return Transactions(client, pause, random.random)


@cache
def example_config() -> OrgConfig:
    return OrgConfig.model_validate(config())


def compiled_policy() -> dict[str, Any]:
    return compile_policy(example_config())


class _CloudFormation(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms, whose values do not matter here."""


_CloudFormation.add_multi_constructor("!", lambda _loader, suffix, _node: suffix)


@cache
def _definition() -> dict[str, Any]:
    """The table as the hub's template defines it."""
    template = yaml.load(render_hub(example_config()), _CloudFormation)  # noqa: S506 - a SafeLoader
    (table,) = [each for each in template["Resources"].values() if each["Type"] == "AWS::DynamoDB::Table"]
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: table["Properties"][name] for name in wanted}


@cache
def _await_recovery() -> dict[str, Any]:
    parameters: dict[str, Any] = json.loads(render_state_machine())["States"]["AwaitRecovery"]["Parameters"]
    return parameters
