"""What CreateFlowLogs refuses outright, before it looks at any resource.

Sources: Amazon EC2 API Reference, page "CreateFlowLogs"; Amazon VPC User Guide, pages "Flow log records"
(the fields) and "Flow log limitations" (the quota).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError

INTEGER_FIELDS = frozenset(
    ("version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path", "encryption-status")
)
LONG_FIELDS = frozenset(("packets", "bytes", "start", "end"))
# Version 6 is missing: its fields are for transit gateways only.
_FIELDS_OF_VERSION = {
    2: """version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end
        action log-status""",
    3: "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr",
    4: "region az-id sublocation-type sublocation-id",
    5: "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path",
    7: """ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id
        ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn
        ecs-task-id""",
    8: "reject-reason",
    9: "resource-id",
    10: "encryption-status",
    11: """instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type
        next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type""",
}
FIELDS = {field: version for version, fields in _FIELDS_OF_VERSION.items() for field in fields.split()}
DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
RESOURCE_TYPES = ("VPC", "Subnet", "NetworkInterface", "RegionalNatGateway")
NOT_HERE = (
    "TransitGateway",
    "TransitGatewayAttachment",
    "CoreNetwork",
    "CoreNetworkEdge",
    "CoreNetworkAttachment",
)
TRAFFIC_TYPES = ("ACCEPT", "REJECT", "ALL")
INTERVALS = (60, 600)
FILE_FORMATS = ("plain-text", "parquet")
LOGS_PER_RESOURCE = 250
RESOURCES_PER_CALL = 300
LOGS_PER_DELETE = 1000


@dataclass(frozen=True)
class Asked:
    """A CreateFlowLogs request; equal requests are the same for `ClientToken`."""

    resource_type: str
    resource_ids: tuple[str, ...]
    traffic_type: str | None
    destination_type: str
    destination: str | None
    log_group: str | None
    permission_arn: str | None
    interval: int
    format: str
    options: tuple[tuple[str, Any], ...]
    tags: tuple[tuple[str, str], ...]


def format_fields(log_format: str) -> list[str]:
    """The fields of a record format, in order.

    Raises:
        EC2ClientError: `InvalidParameter` when it is not a list of known `${field}` words.

    """
    words = log_format.split()
    fields = [match[1] for word in words if (match := re.fullmatch(r"\$\{([a-z0-9-]+)\}", word))]
    if len(fields) != len(words) or not words:
        raise EC2ClientError("InvalidParameter", f"Invalid LogFormat: {log_format}")
    unknown = [name for name in fields if name not in FIELDS]
    if unknown or len(set(fields)) != len(fields):
        wrong = unknown or sorted({name for name in fields if fields.count(name) > 1})
        raise EC2ClientError("InvalidParameter", f"Unknown or repeated fields in LogFormat: {wrong}")
    return fields


def record_version(fields: Sequence[str]) -> int:
    """What stands in `version`: the highest version among the fields (page "Flow log records")."""
    return max(FIELDS[field] for field in fields)


def _one_of(name: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        message = f"Value ({value}) for parameter {name} is invalid. Valid values: {list(allowed)}"
        raise EC2ClientError("InvalidParameterValue", message)


def check(asked: Asked) -> None:
    """Refuse a malformed request as a whole.

    Raises:
        EC2ClientError: With the EC2 error code that says what is wrong.

    """
    if asked.resource_type in NOT_HERE:
        message = f"the sandbox has no flow logs of a {asked.resource_type}"
        raise EC2ClientError("UnsupportedOperation", message)
    _one_of("resourceType", asked.resource_type, RESOURCE_TYPES)
    if not 0 < len(asked.resource_ids) <= RESOURCES_PER_CALL:
        raise EC2ClientError("InvalidParameterValue", f"1 to {RESOURCES_PER_CALL} resource ids are needed")
    if asked.traffic_type is None:
        raise EC2ClientError("MissingParameter", "The request must contain the parameter TrafficType")
    _one_of("trafficType", asked.traffic_type, TRAFFIC_TYPES)
    _one_of("maxAggregationInterval", asked.interval, INTERVALS)
    format_fields(asked.format)
    _check_destination(asked)


def _check_destination(asked: Asked) -> None:
    _one_of("logDestinationType", asked.destination_type, ("cloud-watch-logs", "s3"))
    if asked.destination_type == "s3":
        if asked.permission_arn:
            message = "DeliverLogsPermissionArn is not applicable for s3 delivery"
            raise EC2ClientError("InvalidParameter", message)
        if asked.log_group:
            raise EC2ClientError("InvalidParameter", "LogGroupName is not applicable for s3 delivery")
        _check_bucket_arn(asked.destination)
        _one_of("fileFormat", dict(asked.options).get("FileFormat", "plain-text"), FILE_FORMATS)
        return
    if not asked.permission_arn:
        message = "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."
        raise EC2ClientError("InvalidParameter", message)
    if not (asked.log_group or asked.destination):
        raise EC2ClientError(
            "InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided."
        )
    if asked.options:
        raise EC2ClientError("InvalidParameter", "DestinationOptions is only applicable for s3 delivery")


def _check_bucket_arn(destination: str | None) -> None:
    match = re.fullmatch(r"arn:aws[a-z-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/.*)?", destination or "")
    if match is None:
        raise EC2ClientError("InvalidParameter", f"LogDestination {destination} is not a bucket's ARN")
    if "AWSLogs" in (match[2] or "").split("/"):
        raise EC2ClientError("InvalidParameter", "AWSLogs is a reserved subfolder name")


def bucket_and_prefix(destination: str) -> tuple[str, str]:
    """The bucket of a log destination and the prefix in it, empty or ending with a slash."""
    bucket, _, prefix = destination.split(":::", 1)[1].partition("/")
    prefix = prefix.strip("/")
    return bucket, f"{prefix}/" if prefix else ""


def options_answered(options: Mapping[str, Any]) -> dict[str, Any]:
    """`DestinationOptions` as DescribeFlowLogs gives it back, every member filled."""
    return {
        "FileFormat": options.get("FileFormat", "plain-text"),
        "HiveCompatiblePartitions": bool(options.get("HiveCompatiblePartitions", False)),
        "PerHourPartition": bool(options.get("PerHourPartition", False)),
    }
