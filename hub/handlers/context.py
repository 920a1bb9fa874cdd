"""What every handler shares: one structured logger, whose every line says which recording and where."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from hub.domain.gateways import GatewayRef
from hub.domain.recordings import RECORDING_PREFIX

logger = Logger(service="natrec")
Answer = TypeVar("Answer")
Handler = Callable[[dict[str, Any], LambdaContext], Answer]


def logged(handler: Handler[Answer]) -> Handler[Answer]:
    """Let every line of a call say whose it is, also the one that tells of its failure.

    Lambda writes of what a function raises in lines of its own, which name nothing.
    """

    @logger.inject_lambda_context(clear_state=True)
    @functools.wraps(handler)
    def called(event: dict[str, Any], context: LambdaContext) -> Answer:
        try:
            return handler(event, context)
        except Exception as problem:
            logger.exception("failed", extra={"problem": str(problem)})
            raise

    return called


def about(recording: str | None, place: GatewayRef | None = None) -> None:
    """From now on every line of this call names the recording, and its place once that is known.

    Every call begins with `clear_state`, for the next call of the same container is about another one
    (Powertools for AWS Lambda, Logger, "Clearing all state"). What was said of another place is taken back.
    """
    logger.remove_keys(["recording_id", "account", "region", "gateway"])
    keys = {"recording_id": recording}
    if place:
        keys |= {"account": place.account, "region": place.region, "gateway": place.gateway}
    logger.append_keys(**{name: value for name, value in keys.items() if value})


def recording_in(subject: str) -> str | None:
    """The recording that something is about; None where it is about something else."""
    return subject if subject.startswith(RECORDING_PREFIX) else None
