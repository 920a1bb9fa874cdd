"""AWS's errors in the hub's own words, translated in one place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from hub.domain.errors import RecordingFault, Transient

# Throttling and passing trouble, as botocore's standard retry mode and the services' error pages name them.
TRANSIENT = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "Unavailable",
    }
)
_UNANSWERED = (ReadTimeoutError, ConnectTimeoutError, EndpointConnectionError, ConnectionClosedError)


def code_of(error: ClientError) -> str:
    """AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", ""))


def words_of(error: ClientError) -> str:
    """Code and message, as a person should read them."""
    return f"{code_of(error)}: {error.response.get('Error', {}).get('Message', 'no message')}"


@contextmanager
def told_as(fault: Callable[[str], RecordingFault], doing: str) -> Iterator[None]:
    """Tell AWS's errors as the hub's.

    Args:
        fault: The fault for an error that will not pass.
        doing: What was being done and where; begins the message.

    Raises:
        Transient: The error may pass, or no answer came: the call may or may not have worked.

    """
    try:
        yield
    except _UNANSWERED as error:
        raise Transient(f"{doing}: {error}") from error
    except ClientError as error:
        if code_of(error) in TRANSIENT:
            raise Transient(f"{doing}: {words_of(error)}") from error
        raise fault(f"{doing}: {words_of(error)}") from error
