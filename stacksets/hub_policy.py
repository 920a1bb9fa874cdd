"""The policy in the hub's table, and what the hub knows of the organization."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.compiling import compile_policy
from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from orgconfig.origin import Origin
from orgconfig.policy import read_policy
from stacksets.steps import UNCHANGED, Change, Clients

_KEY = {"pk": {"S": "POLICY"}, "sk": {"S": "CURRENT"}}
_REGIONS = "management_regions"
REFRESH = "refresh_members"


class RefreshError(NatrecError):
    """The hub cannot read the organization."""


def sound_policy(config: OrgConfig, origin: Origin | None = None) -> dict[str, Any]:
    """The compiled policy, once it is certain that the hub will understand it.

    Raises:
        orgconfig.policy.PolicyError: It would not.

    """
    document = compile_policy(config, origin)
    read_policy(json.dumps(document))
    return document


@dataclass(frozen=True)
class HubPolicy:
    """The item of the hub's table that holds the policy; the hub keeps what it knows of accounts there."""

    config: OrgConfig
    clients: Clients
    document: Mapping[str, Any]

    def change(self) -> Change:
        """How the policy in force differs."""
        item = self._item()
        if item is None:
            return Change("create", f"version {self._version}")
        stored = item.get("version", {}).get("S")
        if stored == self._version:
            same = item.get("document", {}).get("S") == self._text
            return (
                UNCHANGED if same else Change("update", f"version {stored}: its lines in the file have moved")
            )
        return Change("update", f"version {stored} becomes {self._version}, in force within a minute")

    def targets(self) -> Mapping[str, Any]:
        """The targets that the policy in force names; none where there is no policy yet."""
        text = (self._item() or {}).get("document", {}).get("S")
        found: Mapping[str, Any] = json.loads(text).get("targets", {}) if text else {}
        return found

    def remembered(self) -> frozenset[str]:
        """Regions where policies that are no longer in force had a spoke in the management account."""
        return frozenset((self._item() or {}).get(_REGIONS, {}).get("SS", ()))

    def put(self) -> None:
        """Store the policy; what the hub keeps beside it stays.

        The same write remembers the management account's regions of the policy that it replaces.
        """
        set_, values = "", dict[str, Any]()
        before = self.targets()
        if before.get("include_management_account") and before.get("regions"):
            set_, values = f" ADD {_REGIONS} :regions", {":regions": {"SS": sorted(before["regions"])}}
        self._client("dynamodb").update_item(
            TableName=self.config.names.table,
            Key=_KEY,
            UpdateExpression=f"SET #version = :version, #document = :document{set_}",
            ExpressionAttributeNames={"#version": "version", "#document": "document"},
            ExpressionAttributeValues={
                ":version": {"S": self._version},
                ":document": {"S": self._text},
                **values,
            },
        )

    def members(self, *, asked: bool) -> Change:
        """Whether the hub must read the organization: it never did, or it has changed itself (`asked`)."""
        item = self._item()
        if item is None or "members" not in item:
            return Change("create", "the hub does not know the organization yet")
        return Change("update", "the hub reads the organization again") if asked else UNCHANGED

    def refresh(self) -> None:
        """Let the hub read the organization, and wait until it has.

        Raises:
            RefreshError: It could not.

        """
        name = self.config.names.function(REFRESH)
        answer = self._client("lambda").invoke(FunctionName=name, Payload=b"{}")
        if "FunctionError" in answer:
            told = json.loads(answer["Payload"].read())
            hub = self.config.organization.hub
            raise RefreshError(
                f"the hub cannot read the organization: {told.get('errorMessage', told)}",
                f"function {name} in {hub.account} {hub.region}",
                "Look into the function's log, then apply again.",
            )

    @property
    def _version(self) -> str:
        return str(self.document["version"])

    @property
    def _text(self) -> str:
        return json.dumps(self.document, separators=(",", ":"))

    def _item(self) -> Mapping[str, Any] | None:
        client = self._client("dynamodb")
        try:
            item: Mapping[str, Any] | None = client.get_item(
                TableName=self.config.names.table, Key=_KEY, ConsistentRead=True
            ).get("Item")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return None
        return item

    def _client(self, service: str) -> Any:  # noqa: ANN401 - a client
        hub = self.config.organization.hub
        return self.clients(hub.account, hub.region, service)
