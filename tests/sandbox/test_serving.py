import pytest
from flask import Flask
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


def _no_application(service: str) -> Flask:
    raise AssertionError(f"nobody asked {service} anything")
