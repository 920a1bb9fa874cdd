"""The hub's own functions, state machines and topics: CloudFormation does not see that somebody deleted one.

Source: Lambda Developer Guide, "Lambda function states" (only what is Active, or wakes up at a call because
it has been Inactive, can be invoked); Step Functions API Reference, "DescribeStateMachine" (a machine that is
being deleted is DELETING).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.installation import Installation
from stacksets.inspection.rendered import Rendered

_WORKS = ("ACTIVE", "INACTIVE")


@dataclass(frozen=True)
class PartSeen:
    """One function, state machine or topic of the hub's template.

    Attributes:
        kind: In words.
        name: Its name.
        state: As AWS has it; None where there is none of the name.
        reason: AWS's own, where it gives one.

    """

    kind: str
    name: str
    state: str | None
    reason: str = ""


def read_parts(installation: Installation, place: Place) -> list[PartSeen]:
    """What the template names, and what there is of it."""
    desired = Rendered(installation.hub_text, place, installation.partition)
    return [
        *_functions(installation, place, desired),
        *_machines(installation, place, desired),
        *_topics(installation, place, desired),
    ]


def judge_parts(seen: list[PartSeen]) -> Verdict:
    """A recording needs every one of them, from its onset to its report."""
    gone = [f"{each.kind} {each.name}" for each in seen if each.state is None]
    if gone:
        return ill(
            f"of the hub's stack {len(gone)} {'is' if len(gone) == 1 else 'are'} gone: {', '.join(gone)}",
            "Put back by hand what `natrec render` shows in hub.yaml; `natrec apply` changes nothing, for "
            "CloudFormation does not see that it is gone.",
        )
    idle = [each for each in seen if each.state not in _WORKS]
    if idle:
        told = "; ".join(
            f"{each.kind} {each.name} is {each.state}{f': {each.reason}' if each.reason else ''}"
            for each in idle
        )
        return ill(told, "Ask again in a minute; where it stays so, see it in AWS's console.")
    return well(f"all {len(seen)} functions, state machines and topics are there")


def _functions(installation: Installation, place: Place, desired: Rendered) -> Iterator[PartSeen]:
    client = installation.client(place, "lambda")
    for each in desired.of_type("AWS::Lambda::Function"):
        name = each["FunctionName"]
        try:
            found = client.get_function_configuration(FunctionName=name)
        except client.exceptions.ResourceNotFoundException:
            yield PartSeen("function", name, None)
        else:
            yield PartSeen("function", name, found["State"].upper(), found.get("StateReason", ""))


def _machines(installation: Installation, place: Place, desired: Rendered) -> Iterator[PartSeen]:
    client = installation.client(place, "stepfunctions")
    prefix = f"arn:{installation.partition}:states:{place.region}:{place.account}:stateMachine"
    for each in desired.of_type("AWS::StepFunctions::StateMachine"):
        name = each["StateMachineName"]
        try:
            found = client.describe_state_machine(stateMachineArn=f"{prefix}:{name}")
        except client.exceptions.StateMachineDoesNotExist:
            yield PartSeen("state machine", name, None)
        else:
            yield PartSeen("state machine", name, found["status"])


def _topics(installation: Installation, place: Place, desired: Rendered) -> Iterator[PartSeen]:
    client = installation.client(place, "sns")
    prefix = f"arn:{installation.partition}:sns:{place.region}:{place.account}"
    for each in desired.of_type("AWS::SNS::Topic"):
        name = each["TopicName"]
        try:
            client.get_topic_attributes(TopicArn=f"{prefix}:{name}")
        except client.exceptions.NotFoundException:
            yield PartSeen("topic", name, None)
        else:
            yield PartSeen("topic", name, "ACTIVE")


CHECKS = (Check("hub parts", "hub", read_parts, judge_parts),)
