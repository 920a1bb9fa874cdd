"""Step Functions state machines; moto's own go to a backend that executes nothing."""

import json

from botocore.exceptions import ClientError

from scripts.sandbox.engine.cloudformation.faults import Unsupported, refuse
from scripts.sandbox.engine.cloudformation.intrinsics import text
from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only

_KEPT = ("RoleArn", "LoggingConfiguration", "TracingConfiguration")


def _definition(place: Place, properties: Properties) -> str:
    """The definition's text with every substitution made.

    User Guide, AWS::StepFunctions::StateMachine `DefinitionSubstitutions`: `${key}` in the definition.
    """
    if "Definition" in properties:
        definition = json.dumps(properties["Definition"])
    elif "DefinitionString" in properties:
        definition = text(properties["DefinitionString"])
    else:
        location = properties["DefinitionS3Location"]
        found = place.client("s3").get_object(Bucket=location["Bucket"], Key=location["Key"])
        definition = found["Body"].read().decode()
    for key, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace("${" + key + "}", json.dumps(text(value))[1:-1])
    if "${" in definition:
        start = definition.index("${")
        raise refuse(f"Unresolved substitution in the definition: {definition[start : start + 60]}")
    return definition


class StateMachine(Kind):
    """AWS::StepFunctions::StateMachine."""

    type = "AWS::StepFunctions::StateMachine"
    name_property = "StateMachineName"

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateStateMachine where executions really run."""
        name = properties["StateMachineName"]
        if properties.get("StateMachineType", "STANDARD") != "STANDARD":
            raise Unsupported("express state machines")
        # The API answers success when nothing differs from what exists; CloudFormation adopts nothing.
        arn = place.arn("states", f"stateMachine:{name}")
        if self._exists(place, arn):
            raise ValueError(f"State Machine Already Exists: '{arn}'")
        made = place.call(
            "stepfunctions",
            "create_state_machine",
            Name=name,
            Definition=_definition(place, properties),
            Type="STANDARD",
            Tags=properties.get("Tags", []),
            **only(properties, *_KEPT),
        )
        return Made(made["stateMachineArn"], {"Arn": made["stateMachineArn"], "Name": name})

    def _exists(self, place: Place, arn: str) -> bool:
        try:
            place.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
        except ClientError:
            return False
        return True

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """UpdateStateMachine; running executions keep the old definition."""
        place.call(
            "stepfunctions",
            "update_state_machine",
            StateMachineArn=ref,
            Definition=_definition(place, properties),
            **only(properties, *_KEPT),
        )
        return Made(ref, {"Arn": ref, "Name": ref.rsplit(":", maxsplit=1)[-1]})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the state machine."""
        place.client("stepfunctions").delete_state_machine(stateMachineArn=ref)
