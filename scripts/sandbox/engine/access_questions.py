"""What IAM is asked of a call: the action as policies write it, the resource, the call's own condition keys.

Sources: Service Authorization Reference, the pages of each service; DynamoDB Developer Guide, "Using IAM with
DynamoDB transactions"; IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote

from scripts.sandbox.engine.ec2_queries import tags_of
from scripts.sandbox.engine.principals import PARTITION

# Where policies have other names than the SDK.
_PREFIXES = {"stepfunctions": "states"}
_ACTIONS = {("lambda", "Invoke"): "InvokeFunction", ("sqs", "SendMessageBatch"): "SendMessage"}
_S3_ACTIONS = {"HeadObject": "GetObject", "HeadBucket": "ListBucket", "ListObjectsV2": "ListBucket"}
_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
EVERYTHING = "*"


@dataclass(frozen=True)
class Question:
    """One question to IAM."""

    action: str
    resource: str
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One API call: its service as policies write it, its parameters, and where it was made."""

    service: str
    operation: str
    account: str
    region: str
    given: Mapping[str, Any]
    path: str
    backend: Any

    @classmethod
    def of(cls, response: Any) -> Self:
        """A call as moto has it."""
        query = {
            key: each[0] if isinstance(each, list) else each for key, each in response.querystring.items()
        }
        given = {**query, **_body(response.body)}
        service = _PREFIXES.get(response.boto3_service_name, response.boto3_service_name)
        operation = response._get_action()
        return cls(
            service=service,
            operation=_ACTIONS.get((service, operation), operation),
            account=response.current_account,
            region=response.region,
            given=given,
            path=unquote(response.parsed_url.path),
            backend=getattr(response, f"{service}_backend", None),
        )

    def arn(self, rest: str, service: str = "") -> str:
        """The ARN of something here."""
        return f"arn:{PARTITION}:{service or self.service}:{self.region}:{self.account}:{rest}"

    def ask(self, resource: str, operation: str = "", **keys: str) -> Question:
        """The question for one resource."""
        return Question(f"{self.service}:{operation or self.operation}", resource, keys)


def _body(body: Any) -> Mapping[str, Any]:
    """The parameters of a JSON protocol; moto has read DynamoDB's already."""
    if isinstance(body, dict):
        return body
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")
    try:
        found = json.loads(text)
    except ValueError:
        return {}  # a form, or what a function is invoked with
    return found if isinstance(found, dict) else {}


def questions(call: Call) -> Iterator[Question]:
    """Every question that the call comes to."""
    if call.service == "dynamodb":
        yield from _of_table(call)
    elif call.service == "ec2" and call.operation == "CreateFlowLogs":
        yield from _of_creation(call)
    elif call.service == "ec2" and call.operation == "DeleteFlowLogs":
        yield from _of_deletion(call)
    else:
        yield call.ask(_resource(call))
    role = (call.given.get("Target") or {}).get("RoleArn") if call.service == "scheduler" else None
    if role:
        yield Question("iam:PassRole", role, {"iam:PassedToService": "scheduler.amazonaws.com"})


def s3_question(action: str, bucket: str, key: str | None, query: Mapping[str, Any]) -> Question:
    """The question for one call of S3."""
    resource = f"arn:{PARTITION}:s3:::{bucket}" + (f"/{key}" if key else "")
    prefix = query.get("prefix")
    keys = {"s3:prefix": prefix[0] if isinstance(prefix, list) else str(prefix)} if prefix else {}
    return Question(f"s3:{_S3_ACTIONS.get(action, action)}", resource, keys)


def _resource(call: Call) -> str:
    by_name = _BY_NAME.get(call.service)
    found = by_name(call) if by_name else None
    named = (str(call.given.get(key, "")) for key in _NAMED_BY_ARN)
    return found or next((each for each in named if each.startswith("arn:")), EVERYTHING)


def _queue(call: Call) -> str | None:
    url = str(call.given.get("QueueUrl", "")).split("/")
    return f"arn:{PARTITION}:sqs:{call.region}:{url[-2]}:{url[-1]}" if len(url) > 1 else None


def _schedule(call: Call) -> str | None:
    found = re.fullmatch(r"/schedules/(.+)", call.path)
    group = call.given.get("GroupName") or call.given.get("groupName") or "default"
    return call.arn(f"schedule/{group}/{found[1]}") if found else None


def _function(call: Call) -> str | None:
    found = re.search(r"/functions/([^/]+)/invocations", call.path)
    if found is None:
        return None
    return found[1] if found[1].startswith("arn:") else call.arn(f"function:{found[1]}")


def _work_group(call: Call) -> str | None:
    query = call.backend.executions.get(call.given.get("QueryExecutionId"))
    name = call.given.get("WorkGroup") or (query.workgroup.name if query else None)
    return call.arn(f"workgroup/{name}") if name else None


def _secret(call: Call) -> str | None:
    name = str(call.given.get("SecretId", ""))
    # Secrets Manager adds six characters of its own to a name (User Guide); here they say nothing.
    return call.arn(f"secret:{name}-AbCdEf") if name and not name.startswith("arn:") else None


_BY_NAME: Mapping[str, Callable[[Call], str | None]] = {
    "sqs": _queue,
    "scheduler": _schedule,
    "lambda": _function,
    "athena": _work_group,
    "secretsmanager": _secret,
}
_NAMED_BY_ARN = ("RoleArn", "TopicArn", "TargetArn", "stateMachineArn", "executionArn", "SecretId")


def _of_table(call: Call) -> Iterator[Question]:
    given = call.given
    if call.operation == "TransactWriteItems":
        for item in given["TransactItems"]:
            for part, what in item.items():
                yield call.ask(call.arn(f"table/{what['TableName']}"), _PARTS[part])
        return
    tables = [given["TableName"]] if "TableName" in given else list(given.get("RequestItems", ()))
    index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
    for table in tables:
        yield call.ask(call.arn(f"table/{table}{index}"))


def _of_creation(call: Call) -> Iterator[Question]:
    tags = {
        str(call.given[key]): str(call.given.get(f"{key.removesuffix('Key')}Value", ""))
        for key in call.given
        if re.fullmatch(r"TagSpecification\.\d+\.Tag\.\d+\.Key", key)
    }
    requested = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    yield call.ask(call.arn("vpc-flow-log/*"), **requested)
    kind = {"NetworkInterface": "network-interface", "RegionalNatGateway": "natgateway"}
    for key, value in call.given.items():
        if re.fullmatch(r"ResourceId\.\d+", key):
            of = kind.get(str(call.given["ResourceType"]), str(call.given["ResourceType"]).lower())
            yield call.ask(call.arn(f"{of}/{value}"))
    if tags:
        keys = {**requested, "ec2:CreateAction": "CreateFlowLogs"}
        yield Question("ec2:CreateTags", call.arn("vpc-flow-log/*"), keys)


def _of_deletion(call: Call) -> Iterator[Question]:
    for key, value in call.given.items():
        if re.fullmatch(r"FlowLogId\.\d+", key):
            tags = tags_of(call.backend, str(value)) or ()
            owned = {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in tags}
            yield call.ask(call.arn(f"vpc-flow-log/{value}"), **owned)
