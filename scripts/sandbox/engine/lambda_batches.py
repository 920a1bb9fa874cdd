"""What a function is sent of a queue, and what its answer says about each message. Pure.

Sources: AWS Lambda Developer Guide, pages "Using Lambda with Amazon SQS" (the event, of standard and FIFO
queues) and "Handling errors for an SQS event source in Lambda" (which answers are a complete success or a
complete failure).
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

from moto.sqs.models import Message


def event(messages: Sequence[Message], queue_arn: str) -> dict[str, Any]:
    """The event of a batch."""
    return {"Records": [_record(each, queue_arn) for each in messages]}


def _record(message: Message, queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": _attributes(message, fifo=queue_arn.endswith(".fifo")),
        "messageAttributes": {name: _value(each) for name, each in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attributes(message: Message, *, fifo: bool) -> dict[str, str]:
    always = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    group = {"MessageGroupId": message.group_id} if message.group_id else {}
    if not fifo:
        return {**always, **group}
    return {
        **always,
        **group,
        "SequenceNumber": str(message.sequence_number),
        "MessageDeduplicationId": str(message.deduplication_id),
    }


def _value(attribute: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": attribute["DataType"]}
    if "StringValue" in attribute:
        told["stringValue"] = attribute["StringValue"]
    if "BinaryValue" in attribute:
        raw = attribute["BinaryValue"]
        told["binaryValue"] = raw if isinstance(raw, str) else base64.b64encode(raw).decode()
    return told


def failures(answer: str | bytes, ids: frozenset[str]) -> frozenset[str]:
    """Which messages failed by the answer of a function that reports them one by one.

    Args:
        answer: What the function returned, as JSON.
        ids: The messages of the batch; all of them failed where the answer is no such report.

    """
    try:
        report = json.loads(answer or b"null")
        listed = (report or {}).get("batchItemFailures") or []
        named = [each["itemIdentifier"] for each in listed]
    except (ValueError, AttributeError, TypeError, KeyError):
        return ids
    return frozenset(named) if all(isinstance(each, str) and each in ids for each in named) else ids
