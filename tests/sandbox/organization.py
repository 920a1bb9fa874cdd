"""An organization for tests: a management account, OUs in OUs, members, and stack sets over them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scripts.sandbox.engine.core import Engine
from tests.sandbox.templates import REGION

PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"
OTHER_REGION = "us-east-1"
PATIENCE_SECONDS = 30


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens behind an answered call."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)  # noqa: TID251 - a real background thread is waited for


@dataclass(frozen=True)
class Organization:
    engine: Engine
    management: str
    root: str

    @classmethod
    def create(cls, engine: Engine, management: str) -> "Organization":
        client = engine.client(management, REGION, "organizations")
        client.create_organization(FeatureSet="ALL")
        client.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
        return cls(engine, management, client.list_roots()["Roots"][0]["Id"])

    @property
    def client(self) -> Any:  # noqa: ANN401 - clients have no common type
        return self.engine.client(self.management, REGION, "organizations")

    def unit(self, name: str, parent: str | None = None) -> str:
        made = self.client.create_organizational_unit(ParentId=parent or self.root, Name=name)
        identity: str = made["OrganizationalUnit"]["Id"]
        return identity

    def account(self, unit: str | None = None, name: str = "a") -> str:
        made = self.client.create_account(AccountName=name, Email=f"{name}@example.com")
        account: str = made["CreateAccountStatus"]["AccountId"]
        if unit:
            self.move(account, self.root, unit)
        return account

    def move(self, account: str, source: str, destination: str) -> None:
        self.client.move_account(AccountId=account, SourceParentId=source, DestinationParentId=destination)

    def delegate(self, account: str) -> None:
        self.client.register_delegated_administrator(AccountId=account, ServicePrincipal=PRINCIPAL)


@dataclass(frozen=True)
class Set:
    """One stack set, as an account of the organization drives it."""

    organization: Organization
    name: str = "spoke"
    caller: str | None = None

    @property
    def client(self) -> Any:  # noqa: ANN401 - clients have no common type
        account = self.caller or self.organization.management
        return self.organization.engine.client(account, REGION, "cloudformation")

    @property
    def role(self) -> dict[str, str]:
        return {"StackSetName": self.name, "CallAs": "DELEGATED_ADMIN" if self.caller else "SELF"}

    def create(self, text: str, **more: object) -> None:
        automatic = {"Enabled": True, "RetainStacksOnAccountRemoval": False}
        given = {
            "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment": automatic,
            "TemplateBody": text,
            **more,
        }
        self.client.create_stack_set(**self.role, Capabilities=["CAPABILITY_NAMED_IAM"], **given)

    def wait(self, operation: str) -> str:
        def status() -> str:
            answer = self.client.describe_stack_set_operation(**self.role, OperationId=operation)
            found: str = answer["StackSetOperation"]["Status"]
            return found

        until(lambda: status() not in ("RUNNING", "STOPPING"))
        return status()

    def run(self, call: str, **given: object) -> str:
        """Start an operation and wait for its end; returns its status."""
        return self.wait(getattr(self.client, call)(**self.role, **given)["OperationId"])

    def deploy(self, *units: str, regions: tuple[str, ...] = (REGION,), **targets: object) -> str:
        aimed = {"OrganizationalUnitIds": list(units), **targets}
        return self.run("create_stack_instances", DeploymentTargets=aimed, Regions=list(regions))

    def instances(self, **given: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.list_stack_instances(**self.role, **given)["Summaries"]
        return found

    def accounts(self) -> set[str]:
        return {instance["Account"] for instance in self.instances()}

    def settled(self) -> bool:
        """Whether no operation runs."""
        operations = self.client.list_stack_set_operations(**self.role)["Summaries"]
        return all(operation["Status"] not in ("RUNNING", "STOPPING") for operation in operations)
