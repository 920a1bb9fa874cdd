"""What SQS refuses, where moto takes it: names, attributes and messages. Pure.

Sources: Amazon SQS API Reference, pages "CreateQueue", "SetQueueAttributes" and "SendMessage" (the
attributes with their ranges, FIFO names, group and deduplication ids); Developer Guide, pages "Amazon SQS
message quotas" (1 MiB with attributes, 128 characters of an id, allowed characters) and "Using dead-letter
queues in Amazon SQS" (of a FIFO queue a FIFO queue, in the same account and region).
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.sqs.exceptions import (
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidParameterValue,
    MissingParameter,
    SQSException,
)

BATCH_ENTRIES = 10
LARGEST_BATCH = 1024 * 1024
_FIFO_NAME = re.compile(r"[A-Za-z0-9_-]{1,75}\.fifo")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ID = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")
_TEXT = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_RANGES = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1024 * 1024),
    "MessageRetentionPeriod": (60, 1209600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43200),
    "KmsDataKeyReusePeriodSeconds": (60, 86400),
}
_CHOICES = {
    "ContentBasedDeduplication": {"true", "false"},
    "DeduplicationScope": {"queue", "messageGroup"},
    "FifoThroughputLimit": {"perQueue", "perMessageGroupId"},
    "SqsManagedSseEnabled": {"true", "false"},
}
_ONLY_FIFO = {"DeduplicationScope", "FifoThroughputLimit"}
_OTHERS = {"FifoQueue", "KmsMasterKeyId", "Policy", "RedrivePolicy", "RedriveAllowPolicy"}


def check_name(name: str, *, fifo: bool) -> None:
    """Refuse a name that does not fit the kind of queue.

    Raises:
        InvalidParameterValue: In SQS's words.

    """
    if fifo and not _FIFO_NAME.fullmatch(name):
        raise InvalidParameterValue(
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
            "must end with .fifo suffix and be 1 to 80 in length."
        )
    if not fifo and not _NAME.fullmatch(name):
        raise InvalidParameterValue(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        )


def check_attributes(attributes: Mapping[str, Any], now: Mapping[str, Any], *, fifo: bool) -> None:
    """Refuse attributes that do not exist, are out of range or do not fit together.

    Args:
        attributes: What is to be set.
        now: What the queue has already; empty for a new one.
        fifo: The kind of queue.

    Raises:
        SQSException: Which attribute, in SQS's words.

    """
    for name, value in attributes.items():
        if name in _ONLY_FIFO and not fifo:
            raise InvalidAttributeNameFor(f"You can specify the {name} only when FifoQueue is set to true.")
        known = name in _RANGES or name in _CHOICES or name in _OTHERS
        if not known or (not fifo and name in ("FifoQueue", "ContentBasedDeduplication")):
            raise InvalidAttributeName(name)
        if name in _RANGES and not _within(value, *_RANGES[name]):
            raise InvalidAttributeValue(name)
        if name in _CHOICES and str(value) not in _CHOICES[name]:
            raise InvalidAttributeValue(name)
    future = {**now, **attributes}
    if future.get("FifoThroughputLimit") == "perMessageGroupId" and (
        future.get("DeduplicationScope") != "messageGroup"
    ):
        raise InvalidAttributeValue("FifoThroughputLimit")


class InvalidAttributeNameFor(SQSException):
    """An attribute that exists, but not for this queue."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidAttributeName", message)


def _within(value: Any, lowest: int, highest: int) -> bool:
    return bool(re.fullmatch(r"\d+", str(value))) and lowest <= int(value) <= highest


def check_redrive(policy: str, arn: str) -> None:
    """Refuse a dead-letter queue of another kind, account or region, and impossible counts.

    Raises:
        InvalidParameterValue: In SQS's words as far as they are known.

    """
    try:
        document = json.loads(policy or "{}")
    except ValueError:
        document = None
    if document == {}:
        return
    count = document.get("maxReceiveCount") if isinstance(document, dict) else None
    target = document.get("deadLetterTargetArn") if isinstance(document, dict) else None
    reason = None
    if not isinstance(target, str) or not _within(count, 1, 1000):
        reason = "It needs a deadLetterTargetArn and a maxReceiveCount of 1 to 1000."
    elif target.split(":")[:5] != arn.split(":")[:5]:
        reason = "Dead-letter queue must be in the same account and region as the source."
    elif target.endswith(".fifo") != arn.endswith(".fifo"):
        reason = "Dead-letter queue must be same type of queue as the source."
    if reason:
        raise InvalidParameterValue(
            f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}"
        )


def check_message(body: str, attributes: Mapping[str, Any] | None, largest: int) -> None:
    """Refuse a message that is empty, too large with its attributes, or holds other characters than text.

    Raises:
        SQSException: In SQS's words.

    """
    if not body:
        raise MissingParameter("MessageBody")
    if size(body, attributes) > largest:
        raise InvalidParameterValue(
            f"One or more parameters are invalid. Reason: Message must be shorter than {largest} bytes."
        )
    if not _TEXT.fullmatch(body):
        raise SQSException("InvalidMessageContents", "Invalid characters were found in the message body.")


def check_ids(group: str | None, deduplication: str | None, *, fifo: bool) -> None:
    """Refuse ids that SQS would not take; moto sees to those that are missing.

    Raises:
        InvalidParameterValue: In SQS's words as far as they are known.

    """
    if deduplication is not None and not fifo:
        raise InvalidParameterValue(
            f"Value {deduplication} for parameter MessageDeduplicationId is invalid. Reason: The request "
            "includes a parameter that is not valid for this queue type."
        )
    for name, value in (("MessageGroupId", group), ("MessageDeduplicationId", deduplication)):
        if value is not None and not _ID.fullmatch(value):
            raise InvalidParameterValue(
                f"Value {value} for parameter {name} is invalid. Reason: {name} can only include "
                "alphanumeric and punctuation characters. 1 to 128 in length."
            )


def size(body: str, attributes: Mapping[str, Any] | None = None) -> int:
    """Bytes of a message as SQS counts them: the body, and names, types and values of its attributes."""
    total = len(body.encode())
    for name, each in (attributes or {}).items():
        value = each.get("StringValue") or each.get("BinaryValue") or ""
        total += len(name.encode()) + len(str(each.get("DataType", "")).encode())
        total += len(value if isinstance(value, bytes) else str(value).encode())
    return total
