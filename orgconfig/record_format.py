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


# Parquet's types of the fields that are numbers (VPC User Guide, "Flow log records"); the others are text.
_INTEGERS = frozenset({"version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"})
_LONGS = frozenset({"packets", "bytes", "start", "end"})


def record_columns() -> tuple[tuple[str, str], ...]:
    """The columns of a parquet file of records, each with its type, as Hive and Glue name both.

    A hyphen becomes an underscore (VPC User Guide, "Flow log files").
    """
    return tuple((field.replace("-", "_"), _type(field)) for field in RECORD_FORMAT)


def _type(field: str) -> str:
    if field in _INTEGERS:
        return "int"
    return "bigint" if field in _LONGS else "string"
