"""SNS: topics, subscriptions, policies."""

import json
import uuid
from typing import Any

from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only

_TOPIC = ("DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig", "FifoTopic")
_TOPIC_HANDLED = {*_TOPIC, "TopicName", "Tags", "ContentBasedDeduplication", "Subscription"}
_SUBSCRIPTION = (
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "DeliveryPolicy",
    "SubscriptionRoleArn",
)


def attributes(properties: Properties, names: tuple[str, ...]) -> dict[str, str]:
    """Properties as the text attributes that SNS and SQS take."""

    def one(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value)

    return {name: one(value) for name, value in only(properties, *names).items()}


class Topic(Kind):
    """AWS::SNS::Topic; moto's forgets the key."""

    type = "AWS::SNS::Topic"
    name_property = "TopicName"

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateTopic with its attributes, then the subscriptions listed in it."""
        strange = sorted(set(properties) - _TOPIC_HANDLED)
        if strange:
            raise Unsupported(f"the properties {strange} of {self.type}")
        given = attributes(properties, (*_TOPIC, "ContentBasedDeduplication"))
        name, tags = properties["TopicName"], properties.get("Tags", [])
        arn = place.call("sns", "create_topic", Name=name, Attributes=given, Tags=tags)["TopicArn"]
        for entry in properties.get("Subscription", []):
            place.call("sns", "subscribe", TopicArn=arn, **entry)
        return Made(arn, {"TopicArn": arn, "TopicName": name})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Set the attributes that changed; what is gone becomes empty."""
        new, old = attributes(properties, _TOPIC), attributes(before, _TOPIC)
        for name in sorted(new.keys() | old.keys()):
            if new.get(name) != old.get(name):
                place.client("sns").set_topic_attributes(
                    TopicArn=ref, AttributeName=name, AttributeValue=new.get(name, "")
                )
        for entry in properties.get("Subscription", []):
            place.call("sns", "subscribe", TopicArn=ref, **entry)
        return Made(ref, {"TopicArn": ref, "TopicName": ref.rsplit(":", maxsplit=1)[-1]})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the topic."""
        place.client("sns").delete_topic(TopicArn=ref)


class Subscription(Kind):
    """AWS::SNS::Subscription."""

    type = "AWS::SNS::Subscription"

    def create(self, place: Place, properties: Properties) -> Made:
        """Subscribe; the ARN is given even before somebody confirms."""
        given = attributes(properties, _SUBSCRIPTION)
        target = only(properties, "TopicArn", "Protocol", "Endpoint")
        answer = place.call("sns", "subscribe", **target, Attributes=given, ReturnSubscriptionArn=True)
        return Made(answer["SubscriptionArn"], {"Arn": answer["SubscriptionArn"]})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Set the attributes that changed."""
        new, old = attributes(properties, _SUBSCRIPTION), attributes(before, _SUBSCRIPTION)
        for name in sorted(new.keys() | old.keys()):
            if new.get(name) != old.get(name):
                place.client("sns").set_subscription_attributes(
                    SubscriptionArn=ref, AttributeName=name, AttributeValue=new.get(name, "")
                )
        return Made(ref, {"Arn": ref})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Unsubscribe."""
        place.client("sns").unsubscribe(SubscriptionArn=ref)


class TopicPolicy(Kind):
    """AWS::SNS::TopicPolicy."""

    type = "AWS::SNS::TopicPolicy"

    def create(self, place: Place, properties: Properties) -> Made:
        """Set the policy on every topic."""
        document = json.dumps(properties["PolicyDocument"])
        for topic in properties["Topics"]:
            place.client("sns").set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=document
            )
        ref = str(uuid.uuid4())
        return Made(ref, {"Id": ref})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """Set it again; the id stays."""
        self.create(place, properties)
        return Made(ref, {"Id": ref})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Leave the policy: only its owner's default could stand in its place, and moto knows none."""
