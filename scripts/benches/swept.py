"""The hub that is swept in the bench: the real one, with the real table, and AWS's other answers canned."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from botocore.session import Session

from hub.adapters.clock import SystemClock
from hub.adapters.items import POLICY_KEY
from hub.adapters.membership import TableMembership
from hub.adapters.sessions import Sessions
from hub.domain.alarms import Transition
from hub.domain.gateways import GatewayRef
from hub.domain.organization import Roster
from hub.domain.recordings import Recording
from hub.settings import Settings
from hub.sweep_wiring import SweepingHub
from scripts.benches.canned import CannedAws, Place
from scripts.stories.places import Organization

_ALARM = "natrec-standard-download-zonal"
_ROOT = "r-ab12"
_MEMBER = 700_000_000_000


class NotOpenedError(Exception):
    """A recording was refused that the bench needs."""


class WiredSessions(Sessions):
    """The hub's own, whose calls meet a canned AWS at the wire."""

    def __init__(self, settings: Settings, aws: CannedAws) -> None:
        """Take the hub's settings."""
        names = settings.names
        super().__init__(
            partition=settings.partition, region=settings.region, names=names, clock=SystemClock()
        )
        self._session.register("before-send", aws.before_send)

    def _connect(self, client: Any, region: str) -> None:  # noqa: ANN401 - of any service
        """Over no connection: the canned AWS answers, and counts those that there would be."""


@dataclass(frozen=True)
class SweptHub(SweepingHub):
    """The hub of one new function."""

    aws: CannedAws

    @cached_property
    def _sessions(self) -> Sessions:
        return WiredSessions(self.settings, self.aws)

    @property
    def membership(self) -> TableMembership:
        """What the hub knows of the organization."""
        return TableMembership(self._sessions.hub("dynamodb"), self.settings.table)

    @property
    def table(self) -> Any:  # noqa: ANN401 - a client
        """DynamoDB."""
        return self._sessions.hub("dynamodb")


def settings_of(organization: Organization) -> Settings:
    """Those of the function that sweeps, as it was deployed."""
    name = f"{organization.names.namespace}-sweep-batch"
    given = organization.hub("lambda").get_function_configuration(FunctionName=name)
    variables = given["Environment"]["Variables"]
    return Settings.from_environment(variables)


@contextmanager
def acting_for(organization: Organization) -> Iterator[None]:
    """In this process the SDK reaches the sandbox's table, as the hub's account."""
    hub = organization.line["hub"]["account"]
    role = f"arn:aws:iam::{hub}:role/OrganizationAccountAccessRole"
    given = organization.management("sts").assume_role(RoleArn=role, RoleSessionName="bench")["Credentials"]
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}
    variables = {name: given[key] for name, key in {**names, "AWS_SESSION_TOKEN": "SessionToken"}.items()}
    before = dict(os.environ)
    os.environ.update(variables, AWS_ENDPOINT_URL=str(organization.line["endpoint"]))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def places(accounts: int, regions: int) -> list[Place]:
    """So many accounts, each in so many regions."""
    names = sorted(Session().get_available_regions("ec2"))[:regions]
    return [Place(str(_MEMBER + number), region) for number in range(accounts) for region in names]


def enlarge(hub: SweptHub, covered: Sequence[Place]) -> None:
    """The policy covers these places, and the organization has these accounts."""
    item = hub.table.get_item(TableName=hub.settings.table, Key=POLICY_KEY)["Item"]
    document = json.loads(item["document"]["S"])
    regions = sorted({each.region for each in covered})
    document["targets"] |= {"ous": [_ROOT], "exclude_accounts": [], "regions": regions}
    hub.table.update_item(
        TableName=hub.settings.table,
        Key=POLICY_KEY,
        UpdateExpression="SET #document = :document",
        ExpressionAttributeNames={"#document": "document"},
        ExpressionAttributeValues={":document": {"S": json.dumps(document)}},
    )
    accounts = {each.account: _ROOT for each in covered}
    names = {account: f"workload-{account[-4:]}" for account in accounts}
    hub.membership.store(Roster({_ROOT: None}, accounts, names=names))


def open_many(hub: SweptHub, aws: CannedAws, where: Sequence[Place]) -> None:
    """A recording in each place, opened five minutes ago by a hub like this one.

    Raises:
        NotOpenedError: One was refused.

    """
    now = hub.clock.now()
    for number, place in enumerate(where):
        gateway = GatewayRef(place.account, place.region, f"nat-{number:017x}")
        execution = f"{hub.settings.state_machine_arn}:bench-{number}".replace(
            ":stateMachine:", ":execution:"
        )
        onset = Transition(gateway, _ALARM, "ALARM", now - timedelta(minutes=5), told_at=now)
        outcome = hub.open_recording(onset, execution, now)
        if not isinstance(outcome, Recording):
            raise NotOpenedError(f"{gateway} was not recorded: {outcome.refusal}")
        aws.executions.append(execution)
        aws.contributors[place].append(gateway.gateway)
