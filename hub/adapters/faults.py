"""AWS's errors in the hub's own words, translated in one place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own name

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
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "Unavailable",
    }
)
# botocore's own tree: no connection, one that broke, and one that fell silent.
_UNANSWERED = (ConnectionError, HTTPClientError)
_SERVER = 500  # from here on it is AWS's own trouble, whatever its code, and perhaps without one
_TOO_MANY = 429


def code_of(error: ClientError) -> str:
    """AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", ""))


def may_pass(error: ClientError) -> bool:
    """Whether the same call may succeed in a moment."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(error) in TRANSIENT or status >= _SERVER or status == _TOO_MANY


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
        if may_pass(error):
            raise Transient(f"{doing}: {words_of(error)}") from error
        raise fault(f"{doing}: {words_of(error)}") from error
