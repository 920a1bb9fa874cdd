"""SQS: queues and their policies."""

import json
import uuid

from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, tag_map, without
from scripts.sandbox.engine.cloudformation.kinds.topics import attributes

# Of a queue whose attribute is not given (SQS API Reference, "CreateQueue").
_DEFAULTS = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "DelaySeconds": "0",
    "FifoThroughputLimit": "perQueue",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedrivePolicy": "",
    "VisibilityTimeout": "30",
}


def _own_url(place: Place, url: str) -> str:
    """The queue's URL at this endpoint; templates may hold AWS's own."""
    answer: str = place.client("sqs").get_queue_url(QueueName=url.rsplit("/", 1)[-1])["QueueUrl"]
    return answer


class Queue(Kind):
    """AWS::SQS::Queue; moto's drops some attributes and knows no GetAtt QueueUrl."""

    type = "AWS::SQS::Queue"
    name_property = "QueueName"

    def named(self, made_up: str, properties: Properties) -> str:
        """Of a FIFO queue, a name that ends as it must, within the 80 characters of a queue's name."""
        return f"{made_up[:75]}.fifo" if properties.get("FifoQueue") else made_up

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateQueue with every property as an attribute."""
        name, given = properties["QueueName"], without(properties, "QueueName", "Tags")
        url = place.call(
            "sqs",
            "create_queue",
            QueueName=name,
            Attributes=attributes(given, tuple(given)),
            tags=tag_map(properties),
        )["QueueUrl"]
        return self._made(place, url)

    def _made(self, place: Place, url: str) -> Made:
        name = url.rsplit("/", 1)[-1]
        return Made(url, {"Arn": place.arn("sqs", name), "QueueName": name, "QueueUrl": url})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Set all attributes; those that are gone become what they are by default."""
        given = without(properties, "QueueName", "Tags", "FifoQueue")
        gone = {name: value for name, value in _DEFAULTS.items() if name in before and name not in given}
        told = {**gone, **attributes(given, tuple(given))}
        if told:
            place.client("sqs").set_queue_attributes(QueueUrl=ref, Attributes=told)
        return self._made(place, ref)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the queue."""
        place.client("sqs").delete_queue(QueueUrl=ref)


class QueuePolicy(Kind):
    """AWS::SQS::QueuePolicy."""

    type = "AWS::SQS::QueuePolicy"

    def create(self, place: Place, properties: Properties) -> Made:
        """Set the policy on every queue."""
        document = json.dumps(properties["PolicyDocument"])
        for url in properties["Queues"]:
            place.client("sqs").set_queue_attributes(
                QueueUrl=_own_url(place, url), Attributes={"Policy": document}
            )
        ref = str(uuid.uuid4())
        return Made(ref, {"Id": ref})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """Set it again; the id stays."""
        self.create(place, properties)
        return Made(ref, {"Id": ref})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Take the policy off queues that are still there."""
        sqs = place.client("sqs")
        for url in properties["Queues"]:
            try:
                sqs.set_queue_attributes(QueueUrl=_own_url(place, url), Attributes={"Policy": ""})
            except sqs.exceptions.QueueDoesNotExist:
                continue
