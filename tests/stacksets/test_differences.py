"""What would change in a stack, found out by comparing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.checks.templates import RENDER
from scripts.checks.variants import variants
from scripts.sandbox.engine.cloudformation import schemas
from stacksets.differences import CREATE_ONLY, difference, of_change_set
from stacksets.templates import defaults, parse

QUEUE: dict[str, Any] = {
    "Type": "AWS::SQS::Queue",
    "Properties": {"QueueName": "q", "RedrivePolicy": {"maxReceiveCount": 3, "deadLetterTargetArn": "a"}},
}
SLOTS = {"Delay": {"Type": "Number", "Default": 1}, "Unused": {"Type": "String", "Default": ""}}


def text(resources: dict[str, Any], **more: object) -> str:
    return json.dumps({"Resources": resources, **more})


def lines(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    return difference(text(old), text(new), {}, {}).lines


def changed(**properties: object) -> dict[str, Any]:
    return {"Q": {**QUEUE, "Properties": {**QUEUE["Properties"], **properties}}}


def test_the_same_template_with_the_same_values_differs_in_nothing() -> None:
    found = difference(text({"Q": QUEUE}), text({"Q": QUEUE}), {"A": "1"}, {"A": "1"})
    assert (found.words, found.lines) == ("", ())


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ({}, {"Q": QUEUE}, "add     Q (AWS::SQS::Queue)"),
        ({"Q": QUEUE}, {}, "remove  Q (AWS::SQS::Queue)"),
        (
            {"Q": {**QUEUE, "DeletionPolicy": "Retain"}},
            {},
            "remove  Q (AWS::SQS::Queue), which stays in the account",
        ),
        ({"Q": QUEUE}, changed(DelaySeconds=3), "modify  Q (AWS::SQS::Queue): DelaySeconds"),
        ({"Q": QUEUE}, changed(QueueName="r"), "replace Q (AWS::SQS::Queue): QueueName"),
        (
            {"Q": QUEUE},
            changed(RedrivePolicy={"maxReceiveCount": 4, "deadLetterTargetArn": "a"}),
            "modify  Q (AWS::SQS::Queue): RedrivePolicy.maxReceiveCount",
        ),
        ({"Q": QUEUE}, {"Q": {**QUEUE, "Type": "AWS::SNS::Topic"}}, "replace Q (AWS::SNS::Topic): Type"),
        (
            {"Q": QUEUE},
            {"Q": {**QUEUE, "DeletionPolicy": "Retain"}},
            "modify  Q (AWS::SQS::Queue): its own attributes",
        ),
    ],
)
def test_each_resource_has_its_line(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    assert lines(old, new) == (line,)


@pytest.mark.parametrize(
    "reference", [{"Ref": "Delay"}, {"Fn::Sub": "${Delay}"}, {"Fn::Sub": ["${Delay}", {}]}]
)
def test_another_value_of_a_parameter_changes_what_refers_to_it(reference: dict[str, Any]) -> None:
    template = text({**changed(DelaySeconds=reference), "Other": QUEUE}, Parameters=SLOTS)
    found = difference(template, template, {"Delay": "1"}, {"Delay": "2"})
    assert found.words == "Delay differs"
    assert found.lines == ("modify  Q (AWS::SQS::Queue): DelaySeconds",)


def test_another_output_alone_is_a_difference_too() -> None:
    found = difference(text({"Q": QUEUE}), text({"Q": QUEUE}, Outputs={"A": {"Value": "a"}}), {}, {})
    assert found.lines == ()
    assert "outputs" in found.words


@given(st.dictionaries(st.sampled_from("ABC"), st.sampled_from([1, 2, "x", {"A": 1}, {"B": [1]}])))
def test_a_change_there_and_back_touches_the_same_properties(properties: dict[str, Any]) -> None:
    there, back = (lines({"Q": QUEUE}, changed(**properties)), lines(changed(**properties), {"Q": QUEUE}))
    assert there == back


def test_what_is_replaced_is_what_the_schemas_of_aws_say() -> None:
    types = {
        resource["Type"]
        for config in variants().values()
        for render in RENDER.values()
        for resource in parse(render(config))["Resources"].values()
    }
    assert types == set(CREATE_ONLY)
    for kind, properties in CREATE_ONLY.items():
        assert properties == {".".join(path) for path in schemas.create_only(kind)}, kind


@pytest.mark.parametrize(
    ("change", "word"), [({"Name": "other"}, "replace"), ({"Description": "other"}, "modify ")]
)
def test_of_a_property_that_is_fixed_in_part_only_that_part_replaces(
    change: dict[str, str], word: str
) -> None:
    def table(properties: dict[str, str]) -> dict[str, Any]:
        return {"T": {"Type": "AWS::Glue::Table", "Properties": {"TableInput": properties}}}

    was = {"Name": "t", "Description": "d"}
    (line,) = lines(table(was), table({**was, **change}))
    assert line == f"{word} T (AWS::Glue::Table): TableInput.{next(iter(change))}"


def test_a_change_set_of_cloudformation_reads_the_same() -> None:
    change = {
        "Action": "Modify",
        "LogicalResourceId": "Q",
        "ResourceType": "AWS::SQS::Queue",
        "Replacement": "True",
        "Details": [{"Target": {"Attribute": "Properties", "Name": "QueueName"}}],
    }
    assert [*of_change_set([{"Type": "Resource", "ResourceChange": change}])] == [
        "replace Q (AWS::SQS::Queue): QueueName"
    ]


def test_every_parameter_that_has_one_has_its_default() -> None:
    assert defaults(text({}, Parameters={**SLOTS, "Needed": {"Type": "String"}})) == {
        "Delay": "1",
        "Unused": "",
    }
