"""Flow logs as AWS has them: strict requests, failures per resource, idempotent tokens, honest deletion.

moto takes `bucket/prefix/` for a bucket's name, raises for one bad resource after creating the others,
ignores `ClientToken` and forgets `DestinationOptions`. Shapes and codes: Amazon EC2 API Reference, pages
"CreateFlowLogs", "DeleteFlowLogs", "DescribeFlowLogs" and "Error codes".
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.responses.flow_logs import FlowLogs
from moto.ec2.utils import random_flow_log_id

from scripts.sandbox.engine import flow_log_rules as rules
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.ec2_access import authorize
from scripts.sandbox.engine.ec2_queries import Item, filtered, paged, tags_asked, tags_of
from scripts.sandbox.engine.log_destinations import admit, find_bucket, may_write
from scripts.sandbox.engine.seams import replace

FILTERS = {
    "deliver-log-status": "DeliverLogsStatus",
    "log-destination-type": "LogDestinationType",
    "flow-log-id": "FlowLogId",
    "log-group-name": "LogGroupName",
    "resource-id": "ResourceId",
    "traffic-type": "TrafficType",
}
NOT_FOUND = {
    "VPC": "InvalidVpcID.NotFound",
    "Subnet": "InvalidSubnetID.NotFound",
    "NetworkInterface": "InvalidNetworkInterfaceID.NotFound",
    "RegionalNatGateway": "NatGatewayNotFound",
}

# Whoever wants to hear of flow logs that were just deleted, such as what delivers their last records.
deletion_observers: list[Callable[["FlowLog"], None]] = []

_lock = threading.RLock()
_by_token: dict[tuple[str, str, str], tuple[rules.Asked, Item]] = {}


@dataclass
class FlowLog:
    """One flow log of one resource.

    Attributes:
        status: `SUCCESS` or `FAILED`, as the last delivery went.
        deleted: When it was deleted, for what was recorded until then is still delivered.
        error: What DescribeFlowLogs says of a failed delivery, such as `Access error`.
        delivered: Whether anything of it has been delivered.

    """

    account: str
    region: str
    resource_id: str
    asked: rules.Asked
    id: str = field(default_factory=random_flow_log_id)
    created: datetime = field(default_factory=lambda: utcnow().replace(tzinfo=UTC))
    deleted: datetime | None = None
    status: str = "SUCCESS"
    error: str | None = None
    delivered: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """File format and partitions of the delivered objects."""
        return rules.options_answered(dict(self.asked.options))

    @property
    def fields(self) -> list[str]:
        """The fields of a record, in order."""
        return rules.format_fields(self.asked.format)


def active(account: str, region: str) -> list[FlowLog]:
    """The flow logs that exist now in an account and region."""
    return list(ec2_backends[account][region].flow_logs.values())  # type: ignore[arg-type]  # ours, not moto's


def described(backend: Any, flow_log: FlowLog) -> Item:
    """The flow log in the shape of `DescribeFlowLogs`."""
    asked = flow_log.asked
    s3 = asked.destination_type == "s3"
    return {
        "FlowLogId": flow_log.id,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": flow_log.resource_id,
        "TrafficType": asked.traffic_type,
        "LogDestinationType": asked.destination_type,
        "LogDestination": asked.destination,
        "LogGroupName": asked.log_group,
        "DeliverLogsPermissionArn": asked.permission_arn,
        "DeliverLogsStatus": flow_log.status,
        "DeliverLogsErrorMessage": flow_log.error,
        "LogFormat": asked.format,
        "MaxAggregationInterval": asked.interval,
        "CreationTime": flow_log.created,
        "DestinationOptions": flow_log.options if s3 else None,
        "Tags": tags_of(backend, flow_log.id),
    }


def _exists(backend: Any, resource_type: str, resource_id: str) -> bool:
    match resource_type:
        case "VPC":
            return resource_id in backend.vpcs
        case "Subnet":
            return any(subnet.id == resource_id for subnet in backend.describe_subnets())
        case "NetworkInterface":
            return resource_id in backend.enis
        case _:
            gateway = backend.nat_gateways.get(resource_id)
            return gateway is not None and gateway.state != "deleted"


def _refusal(backend: Any, asked: rules.Asked, resource_id: str) -> tuple[str, str] | None:
    """Why no flow log of this resource can be made: code and message of its `Unsuccessful` entry."""
    if not _exists(backend, asked.resource_type, resource_id):
        return NOT_FOUND[asked.resource_type], f"Unknown resource {resource_id}"
    if asked.resource_type == "RegionalNatGateway":
        mode = backend.nat_gateways[resource_id].availability_mode
        if mode != "regional":
            return "InvalidParameter", f"{resource_id} is a {mode} NAT gateway, not a regional one"
    if asked.destination and (undeliverable := _undeliverable(backend, asked.destination, asked)):
        return "400", undeliverable
    mine = [each for each in backend.flow_logs.values() if each.resource_id == resource_id]
    if any(_same(each.asked, asked) for each in mine):
        message = "Error. There is an existing Flow Log with the same configuration and log destination."
        return "FlowLogAlreadyExists", message
    if len(mine) >= rules.LOGS_PER_RESOURCE:
        return "FlowLogsLimitExceeded", f"{resource_id} has {len(mine)} flow logs, the most there may be"
    return None


def _undeliverable(backend: Any, destination: str, asked: rules.Asked) -> str | None:
    """Why the delivery service could not write there; a log group is made when it is missing."""
    if asked.destination_type != "s3":
        return None
    name, prefix = rules.bucket_and_prefix(destination)
    bucket = find_bucket(name)
    if bucket is None:
        return f"LogDestination: {name} does not exist."
    hive = dict(asked.options).get("HiveCompatiblePartitions")
    folder = f"aws-account-id={backend.account_id}/" if hive else f"{backend.account_id}/"
    key, place = f"{prefix}AWSLogs/{folder}", (backend.account_id, backend.region_name)
    mine = bucket.account_id == backend.account_id
    if may_write(bucket, key, *place) or (mine and admit(bucket, key, *place)):
        return None
    return f"Access Denied for LogDestination: {name}. Please check LogDestination permission"


def _same(one: rules.Asked, other: rules.Asked) -> bool:
    def configuration(asked: rules.Asked) -> tuple[object, ...]:
        where = (asked.destination_type, asked.destination, asked.log_group)
        return (*where, asked.traffic_type, asked.interval, asked.format, asked.options)

    return configuration(one) == configuration(other)


def _unsuccessful(resource_id: str, code: str, message: str) -> Item:
    return {"ResourceId": resource_id, "Error": {"Code": code, "Message": message}}


def _created(backend: Any, asked: rules.Asked) -> tuple[list[str], list[Item]]:
    made: list[str] = []
    refused: list[Item] = []
    for resource_id in asked.resource_ids:
        refusal = _refusal(backend, asked, resource_id)
        if refusal:
            refused.append(_unsuccessful(resource_id, *refusal))
            continue
        flow_log = FlowLog(backend.account_id, backend.region_name, resource_id, asked)
        backend.create_tags([flow_log.id], dict(asked.tags))
        backend.flow_logs[flow_log.id] = flow_log
        made.append(flow_log.id)
    return made, refused


def _asked(self: Any) -> rules.Asked:
    tags = tags_asked(self._get_param("TagSpecifications", []), "vpc-flow-log")
    interval = self._get_int_param("MaxAggregationInterval")
    return rules.Asked(
        resource_type=self._get_param("ResourceType"),
        resource_ids=tuple(self._get_param("ResourceIds", [])),
        traffic_type=self._get_param("TrafficType"),
        destination_type=self._get_param("LogDestinationType") or "cloud-watch-logs",
        destination=self._get_param("LogDestination"),
        log_group=self._get_param("LogGroupName"),
        permission_arn=self._get_param("DeliverLogsPermissionArn"),
        interval=600 if interval is None else interval,
        format=self._get_param("LogFormat") or rules.DEFAULT_FORMAT,
        options=tuple(sorted((self._get_param("DestinationOptions") or {}).items())),
        tags=tuple(sorted(tags.items())),
    )


def _create(self: Any) -> ActionResult:
    backend, asked = self.ec2_backend, _asked(self)
    rules.check(asked)
    if self._get_param("TagFieldSpecifications"):
        raise EC2ClientError("UnsupportedOperation", "the sandbox has no TagFieldSpecifications")
    authorize(self, "ec2:CreateFlowLogs", ["*"], {f"aws:RequestTag/{key}": tag for key, tag in asked.tags})
    self.error_on_dryrun()
    token = self._get_param("ClientToken")
    place = (backend.account_id, backend.region_name, token)
    with _lock:
        if token and place in _by_token:
            before, answer = _by_token[place]
            if before != asked:
                message = f"The client token {token} was used with other parameters"
                raise EC2ClientError("IdempotentParameterMismatch", message)
            return ActionResult(answer)
        made, refused = _created(backend, asked)
        answer = {"FlowLogIds": made, "Unsuccessful": refused, "ClientToken": token}
        if token and made:
            _by_token[place] = (asked, answer)
    return ActionResult(answer)


def _describe(self: Any) -> ActionResult:
    """Unknown ids are left out silently: terraform's AWS provider takes an empty answer for "not found"."""
    backend, ids = self.ec2_backend, self._get_param("FlowLogIds", [])
    self.error_on_dryrun()
    with _lock:
        found = [each for each in backend.flow_logs.values() if not ids or each.id in ids]
        answers = [described(backend, each) for each in found]
    chosen = filtered(answers, self._filters_from_querystring(), FILTERS)
    page, token = paged(chosen, self._get_int_param("MaxResults"), self._get_param("NextToken"))
    return ActionResult({"FlowLogs": page, "NextToken": token})


def _delete(self: Any) -> ActionResult:
    backend, ids = self.ec2_backend, self._get_param("FlowLogIds", [])
    if not ids:
        # An empty list reaches AWS as no parameter at all (seen in Cloud Custodian's issue 2944).
        message = "1 validation error detected: Value null at 'flowLogId' has an invalid format"
        raise EC2ClientError("InvalidParameterValue", message)
    if len(ids) > rules.LOGS_PER_DELETE:
        raise EC2ClientError(
            "InvalidParameterValue", f"at most {rules.LOGS_PER_DELETE} flow log ids are taken"
        )
    authorize(self, "ec2:DeleteFlowLogs", ids)
    self.error_on_dryrun()
    with _lock:
        gone = {each: backend.flow_logs.pop(each, None) for each in ids}
    for flow_log in filter(None, gone.values()):
        flow_log.deleted = utcnow().replace(tzinfo=UTC)
        for observer in deletion_observers:
            observer(flow_log)
    unknown = [each for each, flow_log in gone.items() if flow_log is None]
    message = "These flow log ids in the input list are not found: [TotalCount: 1] "
    missing = [_unsuccessful(each, "InvalidFlowLogId.NotFound", message + each) for each in unknown]
    return ActionResult({"Unsuccessful": missing})


def install(_engine: Engine) -> None:
    """Put these flow logs in place of moto's."""
    replace(FlowLogs, "create_flow_logs", lambda _original: _create)
    replace(FlowLogs, "describe_flow_logs", lambda _original: _describe)
    replace(FlowLogs, "delete_flow_logs", lambda _original: _delete)
