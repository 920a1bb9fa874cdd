"""The record format: which fields every flow log record has, in which order, here and in the archive.

Fields and their version: VPC User Guide, "Flow log records". Fewer fields are fewer billed bytes, so
each one is here because the report or its check needs it. `resource-id` names a regional gateway, whose
records have no interface; the `pkt-*` fields tell the far end from the gateway itself.
"""

RECORD_FORMAT: tuple[str, ...] = (
    "version",
    "account-id",
    "region",
    "vpc-id",
    "az-id",
    "interface-id",
    "resource-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "pkt-src-aws-service",
    "pkt-dst-aws-service",
    "flow-direction",
    "traffic-path",
    "log-status",
)


def record_format() -> str:
    """`LogFormat` as CreateFlowLogs wants it, as in `${version} ${account-id}` and so on."""
    return " ".join(f"${{{field}}}" for field in RECORD_FORMAT)
