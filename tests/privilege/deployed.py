"""The policies of a whole installation as they stand in AWS: every template, where it belongs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orgconfig.models import OrgConfig
from scripts.checks.templates import RENDER
from stacksets.doctor.archive_key import advised_key_policy
from tests.templates.reading import Template

Document = dict[str, Any]
MEMBER = "444444444444"
OWN_KEY = "archive/a key of one's own"
# What Fn::GetAtt Arn answers for each type, from the resource's own properties.
_ARNS: Mapping[str, str] = {
    "AWS::IAM::Role": "arn:aws:iam::{account}:role{Path}{RoleName}",
    "AWS::Events::Rule": "arn:aws:events:{region}:{account}:rule/{bus}{Name}",
    "AWS::Events::EventBus": "arn:aws:events:{region}:{account}:event-bus/{Name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{QueueName}",
    "AWS::S3::Bucket": "arn:aws:s3:::{BucketName}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{StateMachineName}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{FunctionName}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{TopicName}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/of-the-{stack}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{LogGroupName}:*",
}
# Of these Ref answers the ARN too.
_REF_IS_ARN = {"AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}
_POLICIES = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SNS::TopicPolicy": "Topics",
}


@dataclass(frozen=True)
class Stack:
    """One template, deployed in one account and region."""

    name: str
    text: str
    account: str
    region: str

    @cached_property
    def template(self) -> Template:
        return Template(self.text)

    def arn(self, logical_id: str) -> str:
        """The ARN of one of its resources."""
        resource = self.template.document["Resources"][logical_id]
        pattern, properties = _ARNS[resource["Type"]], resource["Properties"]
        said = {"EventBusName", *re.findall(r"\{(\w+)\}", pattern)} & set(properties)
        given = {key: self.resolved(properties[key]) for key in said}
        bus = given.get("EventBusName")
        where = {
            "account": self.account,
            "region": self.region,
            "bus": f"{bus}/" if bus else "",
            "stack": self.name,
        }
        return pattern.format(**{**given, **where})

    def of_type(self, kind: str) -> list[str]:
        """The logical ids of its resources of one type."""
        return [name for name, each in self.template.document["Resources"].items() if each["Type"] == kind]

    def properties(self, logical_id: str) -> dict[str, Any]:
        """The properties of a resource, nothing left open that a policy may say."""
        found: dict[str, Any] = self.resolved(self.template[logical_id])
        return found

    def resolved(self, value: Any) -> Any:  # noqa: ANN401 - any part of a template
        """A part of it with every function answered."""
        match value:
            case {"Ref": str(name)}:
                return self._named(name)
            case {"Fn::GetAtt": [str(logical_id), "Arn"]}:
                return self.arn(logical_id)
            case {"Fn::Sub": str(text)}:
                filled = re.sub(r"\$\{([^!}]+)\}", lambda found: str(self._named(found[1])), text)
                return filled.replace("${!", "${")
            case Mapping():
                return {key: self.resolved(each) for key, each in value.items()}
            case list():
                return [self.resolved(each) for each in value]
            case _:
                return value

    def _named(self, name: str) -> Any:  # noqa: ANN401 - as above
        pseudo = {
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
        }
        if name in pseudo:
            return pseudo[name]
        logical_id, _, attribute = name.partition(".")
        resource = self.template.document["Resources"].get(logical_id)
        if resource is None:
            return f"<{name}>"  # where the functions' zip lies: no policy says it
        if attribute == "Arn" or resource["Type"] in _REF_IS_ARN:
            return self.arn(logical_id)
        named = ("BucketName", "Name", "TableName", "FunctionName")
        own = next(
            (resource["Properties"][key] for key in named if key in resource["Properties"]), logical_id
        )
        return self.resolved(own)


@dataclass(frozen=True)
class Installation:
    """Hub, archive, management account and one member account with a spoke.

    Attributes:
        config: What is installed.
        member: The member account.
        region: The spoke's; the hub's where it is empty.

    """

    config: OrgConfig
    member: str = MEMBER
    region: str = ""

    @cached_property
    def stacks(self) -> dict[str, Stack]:
        organization = self.config.organization
        region = organization.hub.region
        places = {
            "hub": (organization.hub.account, region),
            "archive": (organization.archive.account, region),
            "management": (organization.management_account, "us-east-1"),
            "spoke": (self.member, self.region or region),
        }
        return {name: Stack(name, RENDER[name](self.config), *where) for name, where in places.items()}

    def role(self, key: str) -> str:
        """The ARN of a role by stack and logical id, as in `hub/TellRole`."""
        stack, logical_id = key.split("/")
        return self.stacks[stack].arn(logical_id)

    @cached_property
    def roles(self) -> list[str]:
        """Every role, as `role` names it."""
        return [
            f"{name}/{each}"
            for name, stack in self.stacks.items()
            for each in stack.of_type("AWS::IAM::Role")
        ]

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Every policy by its name: identity policies as their role's, trusts, and policies of resources."""
        return {key: document for _, key, document in self._found()}

    @cached_property
    def guarding(self) -> dict[str, str]:
        """Which document stands before which resource, by the resource's ARN."""
        return {arn: key for arn, key, _ in self._found() if arn}

    def guard_of(self, resource: str) -> str | None:
        """The policy of a resource, or of the bucket that it lies in."""
        return self.guarding.get(resource) or self.guarding.get(resource.partition("/")[0])

    def _found(self) -> Iterator[tuple[str, str, Document]]:
        yield from self._own_key()
        for name, stack in self.stacks.items():
            yield from _identities(name, stack)
            yield from _of_resources(name, stack)
            yield from _permissions(name, stack)

    def _own_key(self) -> Iterator[tuple[str, str, Document]]:
        """The key that the config names: what KMS gives every key, and what `doctor` advises."""
        key = self.config.organization.archive.kms
        if key.startswith("arn:"):
            root = {"AWS": f"arn:aws:iam::{key.split(':')[4]}:root"}
            default = {
                "Sid": "EnableIAMUserPermissions",
                "Effect": "Allow",
                "Principal": root,
                "Action": "kms:*",
                "Resource": "*",
            }
            advised = advised_key_policy(self.config, "aws")["Statement"]
            yield key, OWN_KEY, _document([default, *advised])


def _identities(name: str, stack: Stack) -> Iterator[tuple[str, str, Document]]:
    for role in stack.of_type("AWS::IAM::Role"):
        properties = stack.properties(role)
        statements = [
            each for policy in properties["Policies"] for each in _statements(policy["PolicyDocument"])
        ]
        yield "", f"{name}/{role}", _document(statements)
        yield (
            stack.arn(role),
            f"{name}/{role}/trust",
            _document(_statements(properties["AssumeRolePolicyDocument"])),
        )


def _of_resources(name: str, stack: Stack) -> Iterator[tuple[str, str, Document]]:
    for kind, of in _POLICIES.items():
        for policy in stack.of_type(kind):
            properties, raw = stack.properties(policy), stack.template[policy]
            target = raw[of][0] if isinstance(raw[of], list) else raw[of]
            yield (
                stack.arn(target["Ref"]),
                f"{name}/{policy}",
                _document(_statements(properties["PolicyDocument"])),
            )
    for key in stack.of_type("AWS::KMS::Key"):
        yield stack.arn(key), f"{name}/{key}", _document(_statements(stack.properties(key)["KeyPolicy"]))
    for bus in stack.of_type("AWS::Events::EventBusPolicy"):
        statement = stack.properties(bus)["Statement"]
        yield statement["Resource"], f"{name}/{bus}", _document([statement])


def _permissions(name: str, stack: Stack) -> Iterator[tuple[str, str, Document]]:
    """A function's policy is made of permissions (Lambda API reference, AddPermission)."""
    by_function: dict[str, list[Document]] = {}
    for each in stack.of_type("AWS::Lambda::Permission"):
        properties = stack.properties(each)
        by_function.setdefault(properties["FunctionName"], []).append(
            {
                "Sid": each,
                "Effect": "Allow",
                "Principal": {"Service": properties["Principal"]},
                "Action": properties["Action"],
                "Resource": properties["FunctionName"],
                "Condition": {"ArnLike": {"AWS:SourceArn": properties["SourceArn"]}},
            }
        )
    for arn, statements in by_function.items():
        yield arn, f"{name}/{arn.rpartition(':')[2]}/permissions", _document(statements)


def _statements(document: Document) -> list[Document]:
    found = document["Statement"]
    return [found] if isinstance(found, dict) else found


def _document(statements: list[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}
