"""What the templates say: policies, trusts and rules as they stand in AWS once a template is deployed.

Only the functions that natrec's own templates use are resolved, and only ARNs that follow from names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from stacksets.inspection.targets import Place
from stacksets.templates import Template, parse

_ARNS: Mapping[str, str] = {
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role{Path}{RoleName}",
    "AWS::Events::Rule": "arn:{partition}:events:{region}:{account}:rule/{Name}",
    "AWS::Events::EventBus": "arn:{partition}:events:{region}:{account}:event-bus/{Name}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{QueueName}",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{BucketName}",
    "AWS::DynamoDB::Table": "arn:{partition}:dynamodb:{region}:{account}:table/{TableName}",
    "AWS::StepFunctions::StateMachine": (
        "arn:{partition}:states:{region}:{account}:stateMachine:{StateMachineName}"
    ),
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{TopicName}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{LogGroupName}:*",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/*",  # its id follows from nothing
}
# Of these Ref answers the ARN too.
_REF_IS_ARN = {"AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}


# What a property is that a condition takes away.
_NO_VALUE = object()


def _of_text(function: str, first: Any, then: Any) -> Any:  # noqa: ANN401 - any JSON
    match function:
        case "Fn::Join":
            return first.join(map(str, then))
        case "Fn::Split":
            return str(then).split(first)
        case _:
            return then[first]


@dataclass(frozen=True)
class Rendered:
    """One rendered template at one place.

    Attributes:
        text: The template.
        place: Where it is deployed.
        partition: Of which partition.

    """

    text: str
    place: Place
    partition: str

    def properties(self, logical_id: str) -> dict[str, Any]:
        """A resource's properties; what cannot be resolved stays a function."""
        found: dict[str, Any] = self._resolved(self._resources[logical_id]["Properties"])
        return found

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The properties of every resource of a type, in the template's order."""
        return [self.properties(name) for name, each in self._resources.items() if each["Type"] == kind]

    @property
    def _template(self) -> Template:
        return parse(self.text)

    @property
    def _resources(self) -> dict[str, Any]:
        found: dict[str, Any] = self._template["Resources"]
        return found

    @cached_property
    def _pseudo(self) -> dict[str, str]:
        return {
            "AWS::Partition": self.partition,
            "AWS::Region": self.place.region,
            "AWS::AccountId": self.place.account,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com",
        }

    def _resolved(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        match value:
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: str(self._named(found[1])), text)
            case {"Fn::GetAtt": name} | {"Ref": name}:
                return self._named(name if isinstance(name, str) else ".".join(name))
            case {"Fn::Join": [first, then]} | {"Fn::Split": [first, then]} | {"Fn::Select": [first, then]}:
                return _of_text(next(iter(value)), first, self._resolved(then))
            case {"Fn::If": [str(condition), met, otherwise]}:
                holds = self._holds(self._template["Conditions"][condition])
                return self._resolved(met if holds else otherwise)
            case Mapping() | list():
                return self._parts(value)
            case _:
                return value

    def _parts(self, value: Mapping[str, Any] | list[Any]) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return [each for each in map(self._resolved, value) if each is not _NO_VALUE]
        resolved = {key: self._resolved(each) for key, each in value.items()}
        return {key: each for key, each in resolved.items() if each is not _NO_VALUE}

    def _holds(self, condition: Any) -> bool:  # noqa: ANN401 - any JSON
        match condition:
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case {"Fn::Equals": [one, other]}:
                return bool(self._resolved(one) == self._resolved(other))
            case _:
                raise NotImplementedError(condition)

    def _named(self, name: str) -> Any:  # noqa: ANN401 - a text, or the function as it was
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        if "Default" in (parameter := self._template.get("Parameters", {}).get(name, {})):
            return parameter["Default"]  # natrec deploys with every default as it is
        logical_id, _, attribute = name.partition(".")
        resource = self._resources.get(logical_id, {})
        pattern = _ARNS.get(resource.get("Type", ""))
        is_arn = attribute == "Arn" or (not attribute and resource.get("Type") in _REF_IS_ARN)
        if not is_arn or pattern is None:
            return f"${{{name}}}"
        properties = resource["Properties"]
        own = {key: self._resolved(properties[key]) for key in re.findall(r"\{([A-Z]\w+)\}", pattern)}
        where = {"partition": self.partition, "region": self.place.region, "account": self.place.account}
        return pattern.format(**own, **where)
