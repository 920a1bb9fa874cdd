"""The hub beside its stack: the policy in force, the accounts it knows, its sweeps, what it cannot reach."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from hub.adapters.watching import TableWatch
from hub.domain.errors import RecordingFault
from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.hub_policy import sound_policy
from stacksets.inspection.asking import code_of
from stacksets.inspection.installation import Installation
from stacksets.inspection.sweeps import Sweep, last_sweeps

_TOLD = 5


@dataclass(frozen=True)
class PolicySeen:
    """The version of the policy that the config compiles to, and of the one in force; None where none is."""

    wanted: str
    stored: str | None


@dataclass(frozen=True)
class KnownSeen:
    """Which of the accounts that shall have a spoke the hub knows; None where it knows no organization."""

    wanted: frozenset[str]
    known: frozenset[str] | None


def read_policy(installation: Installation, _: Place) -> PolicySeen:
    """The version in the hub's table; a policy whose lines have moved in their file is the same policy."""
    wanted = sound_policy(installation.config, installation.origin)["version"]
    return PolicySeen(str(wanted), installation.policy_item.get("version", {}).get("S"))


def judge_policy(seen: PolicySeen) -> Verdict:
    """The hub decides by the policy in its table, not by a file."""
    if seen.stored == seen.wanted:
        return well("the policy in force is this config's")
    advice = "`natrec apply` puts it in force; no stack is touched."
    if seen.stored is None:
        return ill("no policy is in force: the hub refuses every alarm", advice)
    return ill(f"version {seen.stored} of the policy is in force, and this config's is {seen.wanted}", advice)


def read_known(installation: Installation, _: Place) -> KnownSeen:
    """The accounts in the hub's table."""
    members = installation.members
    return KnownSeen(installation.accounts, frozenset(members.accounts) if members else None)


def judge_known(seen: KnownSeen) -> Verdict:
    """An account that the hub does not know is refused as `not_a_member`."""
    advice = (
        "The hub reads the organization every quarter of an hour and at `natrec apply`. Where that did not "
        "help, see the log of its function refresh-members."
    )
    if seen.known is None:
        return ill("the hub has not read the organization", advice)
    unknown = sorted(seen.wanted - seen.known)
    if not unknown:
        return well(f"the hub knows all {len(seen.wanted)} accounts")
    told = ", ".join(unknown[:_TOLD]) + (" ..." if len(unknown) > _TOLD else "")
    return ill(f"the hub does not know {len(unknown)} of {len(seen.wanted)} accounts: {told}", advice)


def read_sweeps(installation: Installation, place: Place) -> Mapping[str, Sweep]:
    """The last sweep that has ended, of each kind."""
    return last_sweeps(installation.client(place, "stepfunctions"), place, installation.config.names)


def judge_sweeps(last: Mapping[str, Sweep]) -> Verdict:
    """A sweep that fails leaves what was lost where it is."""
    failed = [each for each in last.values() if each.status not in ("SUCCEEDED", "RUNNING")]
    if failed:
        told = "; ".join(f"the {each.kind} one of {each.at} {each.status.lower()}" for each in failed)
        return ill(
            f"the last sweep did not succeed: {told}", "See the execution's history in Step Functions."
        )
    if not last:
        return well("no sweep has run yet")
    return well(f"the last sweep succeeded, {max(each.at for each in last.values())}")


def read_outages(installation: Installation, place: Place) -> tuple[str, ...] | None:
    """Targets whose worker role the sweep could not assume though something of the hub's is there.

    Returns:
        None where there is no table.

    Raises:
        ClientError: DynamoDB refused.

    """
    watch = TableWatch(installation.client(place, "dynamodb"), installation.config.names.table)
    try:
        return tuple(sorted(map(str, watch.outages())))
    except RecordingFault as fault:
        # The hub's words are for the hub; here it is AWS that did not answer.
        if not isinstance(problem := fault.__cause__, ClientError):
            raise
        if code_of(problem) == "ResourceNotFoundException":
            return None
        raise problem from fault


def judge_outages(outages: tuple[str, ...] | None) -> Verdict:
    """What the hub itself could not do is the best proof there is."""
    if outages is None:
        return ill("the hub has no table", "`natrec apply` makes it.")
    if not outages:
        return well("the hub reaches every spoke in which something of its is")
    told = ", ".join(outages[:_TOLD]) + (" ..." if len(outages) > _TOLD else "")
    return ill(
        f"the hub could not assume its worker role in {len(outages)} targets where it has work: {told}",
        "Look at the check `worker role` there: natrec doctor --account ACCOUNT --region REGION.",
    )


CHECKS = (
    Check("policy", "hub", read_policy, judge_policy),
    Check("known accounts", "hub", read_known, judge_known),
    Check("sweep", "hub", read_sweeps, judge_sweeps),
    Check("reached spokes", "hub", read_outages, judge_outages),
)
