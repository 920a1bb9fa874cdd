from collections.abc import Callable, Iterable

import pytest
from flask import Flask
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.ec2.models import ec2_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from scripts.sandbox.engine import serving
from scripts.sandbox.engine.core import Engine


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("dynamodb", "dynamodb"),
        ("states.eu-west-1.amazonaws.com", "stepfunctions"),
        ("lambda.us-east-1.amazonaws.com", "awslambda"),
        (None, None),
    ],
)
def test_a_host_is_answered_by_its_service_and_looked_up_once(
    engine: Engine, host: str | None, service: str | None
) -> None:
    asked: list[str | None] = []

    def look_up(_: DomainDispatcherApplication, name: str | None) -> object:
        asked.append(name)
        return known.get_backend_for_host(name)

    known = DomainDispatcherApplication(_no_application)
    ask = serving.once_for_each_host(look_up)
    assert [ask(known, host) for _ in range(3)] == [service] * 3
    assert asked == [host]


def test_the_regions_of_a_service_are_looked_up_once_for_all_accounts() -> None:
    asked: list[str] = []

    def look_up(_: object, service: str) -> list[str]:
        asked.append(service)
        return [f"region of {service}"]

    ask = serving.once_for_each_service(look_up)
    found = [ask(account, service) for account in ("one", "other") for service in ("ec2", "sqs")]
    assert found == [["region of ec2"], ["region of sqs"]] * 2
    assert asked == ["ec2", "sqs"]


def test_the_names_of_a_value_are_made_up_once_for_its_shape_and_the_class_that_it_is_taken_from() -> None:
    model = get_service_model("ec2")
    shape = model.shape_for("Vpc").members["VpcId"]  # type: ignore[attr-defined]
    picker, asked = XFormedAttributePicker(), list[object]()
    made_up = XFormedAttributePicker.get_possible_keys

    def make_up(_: object, context: AttributePickerContext) -> Iterable[str]:
        asked.append(context.obj)
        return made_up(picker, context)

    ask = serving.once_for_each_shape(make_up)
    vpc, document = Vpc(), {"VpcId": "vpc-1"}
    found = [
        tuple(ask(picker, AttributePickerContext(obj, "VpcId", shape))) for obj in (document, vpc, {}, Vpc())
    ]
    assert (
        found
        == [tuple(made_up(picker, AttributePickerContext(obj, "VpcId", shape))) for obj in (document, vpc)]
        * 2
    )
    assert "id" in found[1]
    assert "id" not in found[0]
    assert asked == [document, vpc]


def test_every_account_has_a_service_in_the_regions_where_it_is(
    engine: Engine, fresh_account: Callable[[], str]
) -> None:
    regions = [ec2_backends[fresh_account()].regions for _ in range(2)]
    assert regions[0] == regions[1]
    assert {engine.client(fresh_account(), "eu-west-1", "ec2").meta.region_name} <= set(regions[0])


class Vpc:
    """What moto would take such a value from."""


def _no_application(service: str) -> Flask:
    raise AssertionError(f"nobody asked {service} anything")
