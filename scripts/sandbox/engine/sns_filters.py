"""Filter policies of SNS subscriptions over message attributes, as SNS reads them.

moto gives up at a value before it comes to an `exists` in the same list, reads an array's text letter by
letter for `anything-but`, asks no prefix of arrays, and keeps the scope that stood when the policy was set.
Sources: Amazon SNS Developer Guide, pages "Amazon SNS subscription filter policies", "String value matching"
(an array matches when one of its elements does), "Attribute and key-value matching" (the values of a name are
alternatives, names must all match) and "Amazon SNS message attributes" (`String.Array` holds JSON).
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.sns.models import SNSBackend
from moto.sns.utils import FilterPolicyMatcher

from scripts.sandbox.engine import patterns
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace


def matches(attributes: Mapping[str, Mapping[str, Any]], source: Mapping[str, Any]) -> bool:
    """Whether a policy (`source`) lets a message pass by its attributes, each `{"Type", "Value"}`."""
    return patterns.matches(source, {name: _value(each) for name, each in attributes.items()})


def _value(attribute: Mapping[str, Any]) -> Any:
    kind, value = str(attribute["Type"]), attribute["Value"]
    if kind == "String.Array":
        try:
            return json.loads(value)
        except ValueError:
            return []
    if kind.startswith("Number"):
        number = float(value)
        return int(number) if number.is_integer() else number
    return value


def _rescoped(original: Any) -> Any:
    def set_subscription_attributes(self: SNSBackend, arn: str, name: str, value: Any) -> None:
        original(self, arn, name, value)
        subscription = self.subscriptions[arn]
        if name == "FilterPolicyScope" and subscription._filter_policy:
            subscription._filter_policy_matcher = FilterPolicyMatcher(subscription._filter_policy, value)

    return set_subscription_attributes


def install(_: Engine) -> None:
    """Match attributes as SNS does."""
    replace(FilterPolicyMatcher, "_attributes_based_match", lambda _: staticmethod(matches))
    replace(SNSBackend, "set_subscription_attributes", _rescoped)
