from typing import Any

import pytest

from stacksets.stack_sets import SETTINGS, Observed

A, B = "111111111111", "222222222222"
TEMPLATE = "Parameters: {Boundary: {Type: String, Default: none}}"


def _settings(**changed: object) -> dict[str, Any]:
    return {**SETTINGS, **changed}


def _parameters(value: str) -> list[dict[str, str]]:
    return [{"ParameterKey": "Boundary", "ParameterValue": value}]


def test_a_stack_set_that_is_not_there_is_created() -> None:
    assert Observed(None, ()).change(TEMPLATE).action == "create"


def test_one_with_the_same_template_and_our_settings_is_left_alone() -> None:
    assert Observed(TEMPLATE, ()).change(TEMPLATE).action == "none"
    listed = _settings(Parameters=_parameters("none"))
    assert Observed(TEMPLATE, (), listed).change(TEMPLATE).action == "none"


def test_another_template_is_an_update() -> None:
    assert Observed("before: 1", ()).change("after: 1").action == "update"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"AutoDeployment": {"Enabled": False}}, "auto-deployment was changed"),
        (
            {"AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": True}},
            "auto-deployment was changed",
        ),
        ({"Capabilities": []}, "capabilities were changed"),
        ({"ManagedExecution": {"Active": False}}, "managed execution was turned off"),
        ({"Parameters": _parameters("other")}, "Boundary was changed by hand"),
    ],
)
def test_what_others_changed_by_hand_is_put_back(changed: dict[str, Any], told: str) -> None:
    change = Observed(TEMPLATE, (), _settings(**changed)).change(TEMPLATE)
    assert change.action == "update"
    assert told in change.detail


def test_instances_that_are_not_current_are_told_by_account() -> None:
    there = Observed(TEMPLATE, ({"Account": A, "Status": "CURRENT"}, {"Account": B, "Status": "OUTDATED"}))
    assert [each["Account"] for each in there.stale({A, B})] == [B]
    assert there.stale({A}) == []
