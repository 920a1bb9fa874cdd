"""Puts natrec into an organization: artifacts, archive, hub, policy, and the spoke in every target."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.compiling import compile_policy
from orgconfig.models import OrgConfig
from orgconfig.models.organization import Hub
from stacksets.bundling import Bundle
from stacksets.rendering import render_archive, render_hub, render_spoke
from stacksets.stack_sets import StackSet
from stacksets.stacks import Stacks, Template

# Answers a client of a service in an account and region: `clients(account, region, service)`.
Clients = Callable[[str, str, str], Any]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Deployment:
    """One config's natrec in one organization; applying it again changes only what differs.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        bundle: The functions' zip.
        say: Where progress is told.
        sleep: Waits between two looks at a running operation.
        poll: For how many seconds.

    """

    config: OrgConfig
    clients: Clients
    bundle: Bundle
    say: Say
    sleep: Callable[[float], None] = time.sleep
    poll: float = 5

    def apply(self) -> dict[str, str]:
        """Deploy everything.

        Returns:
            The hub stack's outputs.

        Raises:
            StackError: A stack failed.
            StackSetError: The stack set was refused.

        """
        self._trust()
        self._upload()
        self.say(f"archive stack in {self.config.organization.archive.account}")
        self._apply_archive()
        self.say(f"hub stack in {self._hub.account} {self._hub.region}")
        outputs = self._apply_hub()
        self.apply_policy(outputs["TableName"])
        self.say("spoke stack set")
        self._apply_spokes()
        return outputs

    @property
    def _hub(self) -> Hub:
        return self.config.organization.hub

    @property
    def _artifacts(self) -> str:
        return self.config.names.artifacts_bucket(self._hub.account, self._hub.region)

    def _stacks(self, account: str, region: str) -> Stacks:
        client = self.clients(account, region, "cloudformation")
        return Stacks(client, f"{account} {region}", self.poll)

    def _trust(self) -> None:
        """Let stack sets act in the organization (CloudFormation User Guide, "Activate trusted access")."""
        organization = self.config.organization
        client = self.clients(organization.management_account, self._hub.region, "cloudformation")
        if client.describe_organizations_access()["Status"] != "ENABLED":
            self.say("trusted access for stack sets")
            client.activate_organizations_access()

    def _upload(self) -> None:
        s3 = self.clients(self._hub.account, self._hub.region, "s3")
        try:
            s3.head_bucket(Bucket=self._artifacts)
        except ClientError:
            self.say(f"bucket {self._artifacts}")
            self._make_bucket(s3)
        s3.upload_file(str(self.bundle.path), self._artifacts, self.bundle.key)
        s3.put_object(Bucket=self._artifacts, Key="hub.yaml", Body=render_hub(self.config).encode())

    def _make_bucket(self, s3: Any) -> None:  # noqa: ANN401 - a client
        region = self._hub.region
        # S3 API reference, CreateBucket: us-east-1 is the one region that must not be named.
        elsewhere = (
            {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        s3.create_bucket(Bucket=self._artifacts, **elsewhere)
        s3.put_public_access_block(
            Bucket=self._artifacts,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )

    def _apply_archive(self) -> None:
        archive = self.config.organization.archive
        stacks = self._stacks(archive.account, self._hub.region)
        stacks.ensure(self.config.names.archive_stack, Template(body=render_archive(self.config)), {})

    def _apply_hub(self) -> dict[str, str]:
        s3 = self.clients(self._hub.account, self._hub.region, "s3")
        url = f"{s3.meta.endpoint_url}/{self._artifacts}/hub.yaml"
        stacks = self._stacks(self._hub.account, self._hub.region)
        return stacks.ensure(
            self.config.names.hub_stack,
            Template(url=url),  # it is near the limit of a template given as text
            {"ArtifactBucket": self._artifacts, "ArtifactKey": self.bundle.key},
        )

    def apply_policy(self, table: str) -> None:
        """Put the compiled policy where the hub reads it; it is in force within a minute."""
        document = compile_policy(self.config)
        self.clients(self._hub.account, self._hub.region, "dynamodb").put_item(
            TableName=table,
            Item={
                "pk": {"S": "POLICY"},
                "sk": {"S": "CURRENT"},
                "version": {"S": document["version"]},
                "document": {"S": json.dumps(document, separators=(",", ":"))},
            },
        )

    def _apply_spokes(self) -> None:
        targets, names = self.config.targets, self.config.names
        client = self.clients(self.config.organization.management_account, self._hub.region, "cloudformation")
        stack_set = StackSet(client, names.spoke_stack_set, self.sleep, self.poll)
        stack_set.ensure(render_spoke(self.config), "natrec in every account and region: alarms and roles")
        stack_set.deploy(targets.ous, targets.regions, targets.exclude_accounts)
