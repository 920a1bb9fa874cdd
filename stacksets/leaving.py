"""Ends what natrec does in places that it leaves, before the spoke there goes.

A spoke takes the worker role and the failsafe with it, and whatever is on then stays on. So the hub closes
what it holds there, flow logs with our tags are deleted, and only then may the spoke go.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from hub.adapters.policy import FRESH
from hub.ports import Lease
from orgconfig.models import OrgConfig
from stacksets.desired import Place
from stacksets.ending import Ending
from stacksets.flow_logs import FlowLogs
from stacksets.functions import FUNCTIONS
from stacksets.leases import leases, place_of
from stacksets.outcomes import Outcome
from stacksets.reasons import Reason
from stacksets.steps import Clients

_OPENING = next(each.timeout for each in FUNCTIONS if each.name == "open_recording")
# A function goes by the policy that it has read for this long, and one that has begun ends after its timeout:
# then no recording opens any more in a place that the policy in force does not cover.
FORGETS = FRESH.total_seconds() + _OPENING
_AGAIN = "The spoke stays, with its failsafe. Mend that, then run `natrec apply` again."
_BY_HAND = "The spoke goes all the same. Delete these flow logs in the account."


@dataclass
class Leaving:
    """Places that are left, in one run.

    Attributes:
        config: The organization's config.
        clients: How AWS is reached.
        tell: Told what is worth a line.
        sleep: Waits.
        forgets: Seconds until no function of the hub goes by the policy before.

    """

    config: OrgConfig
    clients: Clients
    tell: Callable[[str], object]
    sleep: Callable[[float], None] = time.sleep
    forgets: float = FORGETS
    _outcomes: dict[Place, Outcome] = field(default_factory=dict)
    _forgotten: bool = False

    def foretold(self, places: Collection[Place]) -> str:
        """What a plan adds about these places; empty where nothing is recorded there."""
        count = len(self._open(places))
        if not count:
            return ""
        be = "recording is" if count == 1 else "recordings are"
        return f"; {count:,} {be} open there and closed first"

    def end(self, places: Collection[Place], *, stay: bool = False) -> frozenset[Place]:
        """Close every recording in these places, and delete the flow logs there.

        Args:
            places: The places; the policy in force must not cover them any more, unless they stay.
            stay: Whether they are targets still, and only their spokes are made again.

        Returns:
            Where the spoke must stay, for something may still be on; `outcomes` says why.

        """
        if not places:
            return frozenset()
        if not stay:
            self._forget()
        for at in places:
            self._outcomes.pop(at, None)
        flow_logs = FlowLogs(self.config, self.clients)
        failed = self._close(places)
        deleted = flow_logs.attempt(places)
        if deleted.count:
            self.tell(f"{deleted.count:,} flow logs deleted in places that are left")
        unseen = {at for at in failed if at in deleted.left or at[0] in flow_logs.unreachable}
        if silent := failed.keys() - unseen:  # none is on there, so the hub need not look
            again = self._close(silent, gone=True)
            failed = {**{at: told for at, told in failed.items() if at in unseen}, **again}
        found = {at: [*failed.get(at, ()), *deleted.left.get(at, ())] for at in {*failed, *deleted.left}}
        problems = {at: told for at, told in found.items() if told}
        self._unreachable(flow_logs.unreachable, problems)
        for at, told in problems.items():
            advice = _BY_HAND if at[0] in flow_logs.unreachable else _AGAIN
            what = f"it is no target any more, and something is still on there: {'; '.join(told)}"
            self._outcomes[at] = Outcome(*at, "failed", Reason("failed", what, advice))
        return frozenset(at for at in problems if at[0] not in flow_logs.unreachable)

    def recorded(self) -> frozenset[Place]:
        """Where something is recorded now."""
        return frozenset(map(place_of, leases(self.config, self.clients)))

    def outcomes(self) -> tuple[Outcome, ...]:
        """Where something may still be on."""
        return tuple(self._outcomes[at] for at in sorted(self._outcomes))

    def _forget(self) -> None:
        """Wait until the policy before is forgotten, once a run and only where there is a hub.

        Without it, a function that read the policy just before it changed opens a recording behind our back.
        """
        if self._forgotten:
            return
        hub = self.config.organization.hub
        functions = self.clients(hub.account, hub.region, "lambda")
        try:
            functions.get_function_configuration(FunctionName=self.config.names.function("open_recording"))
        except functions.exceptions.ResourceNotFoundException:
            return
        self.tell(f"waits {self.forgets:g} seconds, until nothing is opened by the targets before")
        self.sleep(self.forgets)
        self._forgotten = True

    def _close(self, places: Collection[Place], *, gone: bool = False) -> Mapping[Place, list[str]]:
        """By the hub; `gone` where its worker is, and we have seen ourselves that no flow log is on."""
        ending, failed = Ending(self.config, self.clients), dict[Place, list[str]]()
        found = self._open(places)
        for lease in found:
            if told := ending.leave(lease, gone=gone):
                text = f"the hub could not close {lease.recording}: {told}"
                failed.setdefault(place_of(lease), []).append(text)
        if found:
            closed = len(found) - sum(map(len, failed.values()))
            told = f"{closed:,} of {len(found):,} open recordings closed in places that are left"
            self.tell(f"{told}; their reports follow" if closed else told)
        return failed

    def _open(self, places: Collection[Place]) -> list[Lease]:
        return [each for each in leases(self.config, self.clients) if place_of(each) in places]

    def _unreachable(self, accounts: Mapping[str, str], problems: Mapping[Place, list[str]]) -> None:
        """Without credentials only the hub can close; what it could not stays on, and is told as failed."""
        for account, reason in sorted(accounts.items()):
            left = "; ".join(_of(account, problems)) or "the hub has closed all that it knew of there"
            self.tell(f"flow logs in account {account} are not looked for: {reason}; {left}")


def _of(account: str, problems: Mapping[Place, list[str]]) -> Iterator[str]:
    for at in sorted(problems):
        if at[0] == account:
            yield from problems[at]
