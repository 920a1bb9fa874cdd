"""The hub's own functions, state machines and topics: CloudFormation does not see that somebody deleted one.

Source: Lambda API reference, "GetFunctionConfiguration"; Step Functions API Reference,
"DescribeStateMachine"; SNS API reference, "GetTopicAttributes".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stacksets.inspection.rendered import Rendered
from stacksets.inspection.targets import Place
from stacksets.steps import Clients

# Answers the client of a service where the hub is.
Services = Callable[[str], Any]


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

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def parts(clients: Services, template: Rendered) -> list[PartSeen]:
    """What a template names, and what there is of it."""
    return [*_functions(clients, template), *_machines(clients, template), *_topics(clients, template)]


def lost_parts(clients: Clients, account: str, region: str, template: str) -> tuple[str, ...]:
    """What of the hub's template somebody has deleted, without which nothing is recorded or reported."""
    partition = str(clients(account, region, "sts").meta.partition)
    seen = parts(
        lambda service: clients(account, region, service),
        Rendered(template, Place(account, region), partition),
    )
    return tuple(str(each) for each in seen if each.state is None)


def _functions(clients: Services, desired: Rendered) -> Iterator[PartSeen]:
    client = clients("lambda")
    for each in desired.of_type("AWS::Lambda::Function"):
        name = each["FunctionName"]
        try:
            found = client.get_function_configuration(FunctionName=name)
        except client.exceptions.ResourceNotFoundException:
            yield PartSeen("function", name, None)
        else:
            yield PartSeen("function", name, found["State"].upper(), found.get("StateReason", ""))


def _machines(clients: Services, desired: Rendered) -> Iterator[PartSeen]:
    client = clients("stepfunctions")
    prefix = f"arn:{desired.partition}:states:{desired.place.region}:{desired.place.account}:stateMachine"
    for each in desired.of_type("AWS::StepFunctions::StateMachine"):
        name = each["StateMachineName"]
        try:
            found = client.describe_state_machine(stateMachineArn=f"{prefix}:{name}")
        except client.exceptions.StateMachineDoesNotExist:
            yield PartSeen("state machine", name, None)
        else:
            yield PartSeen("state machine", name, found["status"])


def _topics(clients: Services, desired: Rendered) -> Iterator[PartSeen]:
    client = clients("sns")
    prefix = f"arn:{desired.partition}:sns:{desired.place.region}:{desired.place.account}"
    for each in desired.of_type("AWS::SNS::Topic"):
        name = each["TopicName"]
        try:
            client.get_topic_attributes(TopicArn=f"{prefix}:{name}")
        except client.exceptions.NotFoundException:
            yield PartSeen("topic", name, None)
        else:
            yield PartSeen("topic", name, "ACTIVE")
