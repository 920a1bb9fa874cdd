"""A removal meets accounts that are closed, stacks that cannot be deleted, and a hub that is half gone."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from orgconfig.models import OrgConfig
from scripts.checks.variants import variants
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import Organization, build
from scripts.sandbox.settings import sandbox_config
from stacksets.bundling import Platform, bundle
from stacksets.deployment import Deployment
from stacksets.ending import Ending
from stacksets.outcomes import Told
from stacksets.removal import Removal
from stacksets.stack_sets import StackSetError

REGION = "eu-west-1"
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
)


@dataclass(frozen=True)
class Installation:
    """natrec in an organization of two members."""

    engine: Engine
    organization: Organization
    config: OrgConfig
    told: list[str] = field(default_factory=list)

    def removal(self) -> Removal:
        return Removal(self.config, self.engine.client, poll=0.05, watch=Told(self.told.append))

    def remove(self) -> list[str]:
        """Remove it; answers what stays."""
        removal = self.removal()
        return [each.what for each in removal.run(removal.plan())]

    def stacks(self, account: str) -> list[str]:
        client = self.engine.client(account, REGION, "cloudformation")
        return [each["StackName"] for each in client.describe_stacks()["Stacks"]]


@pytest.fixture
def installed(engine: Engine, fresh_account: Callable[[], str]) -> Installation:
    organization = build(engine, 2, (REGION,), fresh_account())
    config = sandbox_config(organization)
    Deployment(config, engine.client, bundle(Platform.LOCAL), lambda _: None, poll=0.05).apply()
    return Installation(engine, organization, config)


def test_a_closed_account_keeps_its_stack_and_holds_up_nothing(installed: Installation) -> None:
    closed, active = (member.account for member in installed.organization.members)
    management = installed.engine.client(installed.organization.management, REGION, "organizations")
    management.close_account(AccountId=closed)
    stays = installed.remove()
    assert f"the spoke in {closed} {REGION}" in stays
    assert installed.stacks(active) == []
    assert len(installed.stacks(closed)) == 1
    assert installed.stacks(installed.organization.hub) == []
    assert not [step for step in installed.removal().plan() if step.changes]


def test_a_stack_that_cannot_be_deleted_is_told_the_hub_stays_and_the_next_run_goes_on(
    installed: Installation,
) -> None:
    broken, fine = (member.account for member in installed.organization.members)
    iam = installed.engine.client(broken, "us-east-1", "iam")
    held = iam.create_policy(PolicyName="mine", PolicyDocument=POLICY)["Policy"]["Arn"]
    role = f"natrec-worker-{REGION}"
    iam.attach_role_policy(RoleName=role, PolicyArn=held)
    with pytest.raises(StackSetError, match=f"{broken} {REGION}: .*WorkerRole") as refused:
        installed.remove()
    assert "natrec destroy" in refused.value.next
    assert installed.stacks(fine) == []
    assert installed.stacks(installed.organization.hub) == ["natrec-hub"]
    iam.detach_role_policy(RoleName=role, PolicyArn=held)
    installed.remove()
    assert installed.stacks(broken) == installed.stacks(installed.organization.hub) == []


def test_a_stack_of_which_somebody_has_deleted_a_part_is_removed(installed: Installation) -> None:
    hub = installed.organization.hub
    installed.engine.client(hub, REGION, "lambda").delete_function(FunctionName="natrec-close-recording")
    installed.remove()
    assert installed.stacks(hub) == []


def test_an_execution_is_stopped_and_told_even_where_the_hub_cannot_close_what_it_held(
    engine: Engine, account: str
) -> None:
    config = variants()["example"]
    steps = engine.client(account, REGION, "stepfunctions")
    wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
    role = f"arn:aws:iam::{account}:role/states"
    machine = steps.create_state_machine(name="natrec-recording", definition=json.dumps(wait), roleArn=role)[
        "stateMachineArn"
    ]
    running = steps.start_execution(stateMachineArn=machine, name="held", input="{}")["executionArn"]

    def clients(_: str, region: str, service: str) -> Any:  # noqa: ANN401 - any client
        return engine.client(account, region, service)

    ending = Ending(config, clients)
    assert ending.running() == (running,)
    [told] = ending.close()
    assert "the hub could not close held" in told
    assert steps.describe_execution(executionArn=running)["status"] == "ABORTED"
    assert (ending.running(), ending.close()) == ((), ())
