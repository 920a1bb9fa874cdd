"""CloudFormation's own refusals, with the words AWS uses."""

from moto.cloudformation.exceptions import CloudFormationError, ValidationError


class InsufficientCapabilities(CloudFormationError):  # noqa: N818 - AWS's name
    """The template makes IAM resources and the caller did not say so."""

    code = "InsufficientCapabilitiesException"


class Unsupported(ValidationError):  # noqa: N818 - a refusal
    """AWS could do this, the engine cannot: never pass silently."""

    def __init__(self, what: str) -> None:
        super().__init__(message=f"The sandbox engine does not support {what}")


def refuse(message: str) -> ValidationError:
    """The ValidationError to raise, with this message and nothing around it."""
    return ValidationError(message=message)
