"""The log delivery service: flow log records become objects in the archive, if its policies let them.

Sources: Amazon VPC User Guide, pages "Flow log files" (the names of objects) and "Publish flow logs to
Amazon S3" (permissions); EC2 API Reference, page "FlowLog" (how a failed delivery is told).
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from moto.s3.models import s3_backends

from scripts.sandbox.engine import record_files
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.flow_log_rules import bucket_and_prefix, record_version
from scripts.sandbox.engine.flow_logs import FlowLog
from scripts.sandbox.engine.log_destinations import find_bucket, may_encrypt, may_write
from scripts.sandbox.engine.record_files import Record

ACCESS_ERROR = "Access error"


def object_key(flow_log: FlowLog, prefix: str, when: datetime, unique: str) -> str:
    """The key of one object; `unique` tells it from others of the same minute."""
    account, region, options = flow_log.account, flow_log.region, flow_log.options
    if options["HiveCompatiblePartitions"]:
        folder = f"aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}"
        folder += f"/year={when:%Y}/month={when:%m}/day={when:%d}"
        folder += f"/hour={when:%H}" if options["PerHourPartition"] else ""
    else:
        folder = f"{account}/vpcflowlogs/{region}/{when:%Y/%m/%d}"
        folder += f"/{when:%H}" if options["PerHourPartition"] else ""
    suffix = "parquet" if options["FileFormat"] == "parquet" else "gz"
    name = f"{account}_vpcflowlogs_{region}_{flow_log.id}_{when:%Y%m%dT%H%MZ}_{unique}.log.{suffix}"
    return f"{prefix}AWSLogs/{folder}/{name}"


def deliver(_engine: Engine, flow_log: FlowLog, records: Sequence[Record], when: datetime) -> str | None:
    """Write the records as one object, and note on the flow log how that went.

    Args:
        _engine: The running engine.
        flow_log: Whose destination, format and options decide.
        records: By field name as in the flow log's format, `pkt-srcaddr` and the like; `version` is filled.
        when: The time in the object's name and partition.

    Returns:
        The object's key, or None when there was nothing to write or the bucket refused.

    Raises:
        ValueError: A record holds a field that no flow log has, or `when` has no time zone.
        NotImplementedError: The flow log does not go to S3.

    """
    if when.tzinfo is None:
        raise ValueError("the time of a delivery needs its zone")
    if flow_log.asked.destination_type != "s3" or flow_log.asked.destination is None:
        raise NotImplementedError(f"{flow_log.id} does not deliver to S3")
    if not records:
        return None
    name, prefix = bucket_and_prefix(flow_log.asked.destination)
    key = object_key(flow_log, prefix, when.astimezone(UTC), uuid.uuid4().hex[:8])
    bucket, account, region = find_bucket(name), flow_log.account, flow_log.region
    if (
        bucket is None
        or not may_write(bucket, key, account, region)
        or not may_encrypt(bucket, account, region)
    ):
        flow_log.status, flow_log.error = "FAILED", ACCESS_ERROR
        return None
    fields = flow_log.fields
    whole = [{**record, "version": record_version(fields)} for record in records]
    body = record_files.encoded(whole, fields, flow_log.options["FileFormat"])
    # Straight into the bucket: over HTTP the bucket would take the writer for its owner.
    s3_backends[bucket.account_id]["aws"].put_object(name, key, body)
    flow_log.status, flow_log.error, flow_log.delivered = "SUCCESS", None, True
    return key
