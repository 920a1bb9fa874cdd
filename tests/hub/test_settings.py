import pytest

from hub.settings import Settings, SettingsError

GIVEN = {Settings.variable(field): f"the {field}" for field in Settings.fields()}


def test_every_field_is_a_variable() -> None:
    settings = Settings.from_environment({**GIVEN, "HOME": "/"})
    assert (settings.table, settings.routes_topic_arn) == ("the table", "the routes_topic_arn")


def test_what_is_missing_is_named_and_nothing_else_is_told() -> None:
    lacking = {name: value for name, value in GIVEN.items() if name not in {"NATREC_TABLE", "NATREC_REGION"}}
    with pytest.raises(SettingsError) as problem:
        Settings.from_environment({**lacking, "AWS_SECRET_ACCESS_KEY": "SECRET"})
    assert "lacks NATREC_REGION, NATREC_TABLE: " in str(problem.value)
    assert "the " not in str(problem.value).removeprefix("the function's environment")
    assert "SECRET" not in str(problem.value)


def test_a_variable_that_is_empty_is_there() -> None:
    assert Settings.from_environment({**GIVEN, "NATREC_CHAT_TOPIC_ARN": ""}).chat_topic_arn == ""
