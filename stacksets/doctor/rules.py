"""EventBridge: the rules that forward and take events, the bus between them, the queues of what was lost."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.doctor.texts import REDEPLOY
from stacksets.inspection.installation import Installation
from stacksets.inspection.rendered import Rendered
from stacksets.inspection.statements import Asked, Decision, decide, statements_of

_HUB_RULES = ("OnsetRule", "RecoveryRule", "SweepRule", "FullSweepRule", "AccountsRule", "RefreshRule")


@dataclass(frozen=True)
class RuleSeen:
    """A rule as it was read.

    Attributes:
        name: Its name.
        state: As EventBridge has it; None where there is no rule.
        targets: The ARN of each target, with that of its role.
        wanted: What the template gives it.
        same_pattern: Whether it takes the events that the template says.

    """

    name: str
    state: str | None
    targets: Mapping[str, str]
    wanted: Mapping[str, str]
    same_pattern: bool = True


@dataclass(frozen=True)
class QueueSeen:
    """A queue: how many messages are in it; None where there is no queue."""

    name: str
    messages: int | None


@dataclass(frozen=True)
class BusSeen:
    """What the bus's policy says to a forwarder, and the statement that the template gives it."""

    bus: str
    decision: Decision | None
    wanted: Mapping[str, Any]


def read_rule(installation: Installation, place: Place, desired: Mapping[str, Any]) -> RuleSeen:
    """A rule and its targets; `desired` is what the template says of it."""
    client, name = installation.client(place, "events"), desired["Name"]
    where = {"EventBusName": desired["EventBusName"]} if "EventBusName" in desired else {}
    wanted = {each["Arn"]: each.get("RoleArn", "") for each in desired["Targets"]}
    try:
        rule = client.describe_rule(Name=name, **where)
    except client.exceptions.ResourceNotFoundException:
        return RuleSeen(name, None, {}, wanted)
    found = client.list_targets_by_rule(Rule=name, **where)["Targets"]
    pattern = json.loads(rule.get("EventPattern") or "null")
    return RuleSeen(
        name,
        rule["State"],
        {each["Arn"]: each.get("RoleArn", "") for each in found},
        wanted,
        pattern == desired.get("EventPattern"),
    )


def judge_rule(seen: RuleSeen) -> Verdict:
    """A rule must be there, on, and lead where the template says, with its role."""
    restore = f"aws events enable-rule --name {seen.name}"
    if seen.state is None:
        return ill(f"there is no rule {seen.name}", f"Make it again: {REDEPLOY}")
    if not seen.state.startswith("ENABLED"):
        return ill(
            f"rule {seen.name} is {seen.state.lower()}: no event passes", f"Turn it on there: {restore}"
        )
    known = {arn: role for arn, role in seen.wanted.items() if "${" not in arn}  # others follow from no name
    if len(seen.targets) != len(seen.wanted) or any(
        seen.targets.get(arn) != role for arn, role in known.items()
    ):
        to = ", ".join(seen.targets) or "nothing"
        return ill(
            f"rule {seen.name} leads to {to}, not to {', '.join(known) or 'its targets'} with its own role",
            f"Undo what was changed by hand: {REDEPLOY}",
        )
    if not seen.same_pattern:
        return ill(
            f"rule {seen.name} takes other events than it should",
            f"Undo what was changed by hand: {REDEPLOY}",
        )
    return well(f"{seen.name} is on and leads where it should")


def read_queue(installation: Installation, place: Place, name: str) -> QueueSeen:
    """How many messages wait in a queue."""
    client = installation.client(place, "sqs")
    try:
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
    except client.exceptions.QueueDoesNotExist:
        return QueueSeen(name, None)
    asked = ["ApproximateNumberOfMessages"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
    return QueueSeen(name, int(found[asked[0]]))


def judge_queue(seen: QueueSeen) -> Verdict:
    """What lies in a queue of dead letters was not delivered."""
    if seen.messages is None:
        return ill(f"there is no queue {seen.name}", f"Make it again: {REDEPLOY}")
    if seen.messages:
        noun = "event was" if seen.messages == 1 else "events were"
        return ill(
            f"{seen.messages} {noun} not delivered and lie in the queue {seen.name}",
            "Receive one: its attributes ERROR_CODE and ERROR_MESSAGE tell why. Mend that, then purge the "
            "queue; the sweep has offered again what still mattered.",
        )
    return well(f"{seen.name} is empty")


def judge_all(verdicts: Sequence[Verdict]) -> Verdict:
    """Several of a kind as one: the first that is not well, or all of them."""
    bad = [each for each in verdicts if not each.ok]
    if not bad:
        return well(f"{len(verdicts)} rules are on and lead where they should")
    return ill("; ".join(each.found for each in bad), bad[0].advice, bad[0].policy)


def read_bus(installation: Installation, place: Place) -> BusSeen:
    """What the policy of the hub's bus says to a forwarder of a member account."""
    client, names = installation.client(place, "events"), installation.config.names
    wanted = Rendered(installation.hub_text, place, installation.partition).properties("BusPolicy")[
        "Statement"
    ]
    wanted = {"Sid": "forwarders-of-this-organization", **wanted}
    try:
        policy = client.describe_event_bus(Name=names.bus).get("Policy")
    except client.exceptions.ResourceNotFoundException:
        return BusSeen(names.bus, None, wanted)
    region = installation.config.targets.regions[0]
    account = min(installation.accounts, default=installation.management.account)
    role = installation.role(account, names.forwarder_role(region))
    keys = {
        "aws:PrincipalArn": role,
        "aws:PrincipalAccount": account,
        "aws:PrincipalOrgID": installation.config.organization.id,
        "aws:SecureTransport": "true",
    }
    bus = f"arn:{installation.partition}:events:{place.region}:{place.account}:event-bus/{names.bus}"
    return BusSeen(
        names.bus, decide(statements_of(policy), Asked(role, "events:PutEvents", bus, keys)), wanted
    )


def judge_bus(seen: BusSeen) -> Verdict:
    """Without the statement every forwarder's event lands in its queue of dead letters."""
    if seen.decision is None:
        return ill(f"there is no bus {seen.bus}", "`natrec apply` makes it.")
    if seen.decision.outcome == "allowed":
        return well("the bus admits the forwarders of this organization")
    how = "denies" if seen.decision.outcome == "denied" else "does not admit"
    return ill(
        f"the policy of bus {seen.bus} {how} the forwarders of this organization: no alarm reaches the hub",
        f"Put this statement into the bus's policy (aws events put-permission --event-bus-name {seen.bus} "
        "--policy ...).",
        {"Version": "2012-10-17", "Statement": [seen.wanted]},
    )


def _hub_rules(installation: Installation, place: Place) -> list[RuleSeen]:
    desired = Rendered(installation.hub_text, place, installation.partition)
    bus = {"EventBusName": installation.config.names.bus}
    found = []
    for logical_id in _HUB_RULES:
        properties = desired.properties(logical_id)
        found.append(
            read_rule(installation, place, properties | (bus if "EventBusName" in properties else {}))
        )
    return found


def _accounts_rule(installation: Installation, _: Place) -> RuleSeen:
    desired = Rendered(installation.management_text, installation.home, installation.partition)
    return read_rule(installation, installation.home, desired.properties("AccountsRule"))


def _accounts_letters(installation: Installation, _: Place) -> QueueSeen:
    return read_queue(installation, installation.home, installation.config.names.accounts_dead_letters)


def _forward_rule(installation: Installation, place: Place) -> RuleSeen:
    return read_rule(installation, place, installation.spoke(place).properties("ForwardRule"))


def _forward_letters(installation: Installation, place: Place) -> QueueSeen:
    return read_queue(installation, place, installation.config.names.forward_dead_letters)


CHECKS = (
    Check("bus policy", "hub", read_bus, judge_bus),
    Check("hub rules", "hub", _hub_rules, lambda seen: judge_all([judge_rule(each) for each in seen])),
    Check(
        "dead letters",
        "hub",
        lambda installation, place: read_queue(installation, place, installation.config.names.dead_letters),
        judge_queue,
    ),
    Check("accounts rule", "organization", _accounts_rule, judge_rule),
    Check("accounts dead letters", "organization", _accounts_letters, judge_queue),
    Check("forward rule", "target", _forward_rule, judge_rule),
    Check("forward dead letters", "target", _forward_letters, judge_queue),
)
