"""Lambda functions keep and answer the settings that moto drops."""

from typing import Any

from moto.awslambda.models import LambdaFunction

from scripts.sandbox.engine.seams import replace

# Lambda API Reference, FunctionConfiguration.
_DROPPED = ("LoggingConfig", "DeadLetterConfig")


def _keep(function: Any, given: dict[str, Any]) -> None:
    kept = {name: given[name] for name in _DROPPED if given.get(name)}
    function.kept_settings = {**getattr(function, "kept_settings", {}), **kept}


def install() -> None:
    """Keep them at creation and update; answer them with the rest of the configuration."""

    def construct(original: Any) -> Any:
        def construct_and_keep(self: Any, *, spec: dict[str, Any], **more: Any) -> None:
            original(self, spec=spec, **more)
            _keep(self, spec)

        return construct_and_keep

    def update(original: Any) -> Any:
        def update_configuration(self: Any, config_updates: dict[str, Any]) -> Any:
            _keep(self, config_updates)
            original(self, config_updates)
            return self.get_configuration()

        return update_configuration

    def answer(original: Any) -> Any:
        def get_configuration(self: Any, *rest: Any, **more: Any) -> dict[str, Any]:
            group = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
            logging = {**group, **self.kept_settings.get("LoggingConfig", {})}
            return {**original(self, *rest, **more), **self.kept_settings, "LoggingConfig": logging}

        return get_configuration

    replace(LambdaFunction, "__init__", construct)
    replace(LambdaFunction, "update_configuration", update)
    replace(LambdaFunction, "get_configuration", answer)
