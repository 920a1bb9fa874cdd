"""What every handler shares: one structured logger, whose every line says which recording and where."""

from aws_lambda_powertools import Logger

from hub.domain.gateways import GatewayRef

logger = Logger(service="natrec")


def about(recording: str | None, place: GatewayRef | None = None) -> None:
    """From now on every line of this call names the recording, and its place once that is known.

    Handlers begin with `clear_state`, for the next call of the same container is about another one
    (Powertools for AWS Lambda, Logger, "Clearing all state").
    """
    keys = {"recording_id": recording}
    if place:
        keys |= {"account": place.account, "region": place.region, "gateway": place.gateway}
    logger.append_keys(**{name: value for name, value in keys.items() if value})
