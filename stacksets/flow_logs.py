"""Finds and deletes natrec's flow logs where natrec goes away: from a place, or altogether."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from orgconfig.errors import NatrecError
from orgconfig.models import OrgConfig
from stacksets.skipping import not_accepted
from stacksets.steps import Clients, UnreachableError

Place = tuple[str, str]
_AT_ONCE = 16
_NO_FLOW_LOG = "InvalidFlowLogId.NotFound"


class FlowLogsRemainError(NatrecError):
    """Flow logs are still on."""


@dataclass(frozen=True)
class Deleted:
    """What came of deleting.

    Attributes:
        count: How many there were.
        left: What is still on or could not be looked for, and why, by its place.

    """

    count: int
    left: Mapping[Place, tuple[str, ...]]


@dataclass
class FlowLogs:
    """The flow logs that carry this installation's tags; no other is ever touched.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        unreachable: Accounts into which no credentials lead, with the reason, once `delete` has run.

    """

    config: OrgConfig
    clients: Clients
    unreachable: dict[str, str] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def delete(self, places: Collection[Place]) -> int:
        """Delete those in these accounts and regions, many places at once.

        Returns:
            How many there were.

        Raises:
            FlowLogsRemainError: Some could not be deleted, or are still there afterwards.

        """
        deleted = self.attempt(places)
        if deleted.left:
            left = [text for at in sorted(deleted.left) for text in deleted.left[at]]
            raise FlowLogsRemainError(
                "\n  ".join(["flow logs are still on:", *left]), next="Then run `natrec destroy` again."
            )
        return deleted.count

    def attempt(self, places: Collection[Place]) -> Deleted:
        """The same, with what could not be deleted told instead of raised."""
        by_account: dict[str, list[str]] = {}
        for account, region in sorted(places):
            by_account.setdefault(account, []).append(region)
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            found = [*pool.map(lambda each: self._account(*each), by_account.items())]
        left = {at: tuple(told) for _, problems in found for at, told in problems.items()}
        return Deleted(sum(count for count, _ in found), left)

    def _account(self, account: str, regions: Iterable[str]) -> tuple[int, dict[Place, list[str]]]:
        count, problems = 0, dict[Place, list[str]]()
        for region in regions:
            try:
                deleted, told = self._place(account, region)
            except UnreachableError as refused:
                self.unreachable[account] = refused.what
                break
            except (ClientError, BotoCoreError) as error:
                # Where the region is not enabled natrec never was. One that cannot be reached is told.
                if isinstance(error, ClientError) and not_accepted(error):
                    continue
                deleted, told = 0, [f"{account} {region}: {error}"]
            count += deleted
            if told:
                problems[account, region] = told
        return count, problems

    def _place(self, account: str, region: str) -> tuple[int, list[str]]:
        with self._making:  # one session makes all clients, and sessions are for one thread
            ec2 = self.clients(account, region, "ec2")
        ours = self._ours(ec2)
        if not ours:
            return 0, []
        refused = dict(_refused(ec2, ours))
        left = self._ours(ec2)
        return len(ours), [f"{account} {region} {each}: {refused.get(each, 'still there')}" for each in left]

    def _ours(self, ec2: Any) -> list[str]:  # noqa: ANN401 - a client
        """Those with both of our tags, described anew: what the filter says is looked at again."""
        names, hub = self.config.names, self.config.organization.hub.account
        wanted = [
            {"Name": "tag-key", "Values": [names.recording_tag]},
            {"Name": f"tag:{names.hub_tag}", "Values": [hub]},
        ]
        pages = ec2.get_paginator("describe_flow_logs").paginate(Filter=wanted)
        found = [each for page in pages for each in page["FlowLogs"]]
        return [
            each["FlowLogId"] for each in found if _is_ours(each, names.recording_tag, names.hub_tag, hub)
        ]


def _refused(ec2: Any, ids: list[str]) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a client
    """Delete flow logs, each by itself, for one that is gone fails a whole call; those refused, and why."""
    for each in ids:
        try:
            answer = ec2.delete_flow_logs(FlowLogIds=[each])
        except ClientError as error:
            if error.response["Error"]["Code"] != _NO_FLOW_LOG:
                yield each, error.response["Error"]["Message"]
            continue
        for item in answer.get("Unsuccessful", []):
            yield each, item["Error"].get("Message", "")


def _is_ours(flow_log: Mapping[str, Any], recording: str, hub_tag: str, hub: str) -> bool:
    tags = {each["Key"]: each["Value"] for each in flow_log.get("Tags", [])}
    return recording in tags and tags.get(hub_tag) == hub
