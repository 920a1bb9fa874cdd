"""Which of AWS's errors are worth another try."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

from hub.adapters.faults import told_as
from hub.domain.errors import FlowLogsRefused, Transient

WHERE = "https://ec2.eu-west-1.amazonaws.com/"


def refused(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # as far as it is read
        "CreateFlowLogs",
    )


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Throttled", 400),
        ("ThrottledException", 429),
        ("RequestLimitExceeded", 503),
        ("ProvisionedThroughputExceededException", 400),
        ("502", 502),
        ("NobodyKnows", 500),
        ("429", 429),
    ],
)
def test_throttling_and_trouble_of_aws_itself_may_pass(code: str, status: int) -> None:
    with pytest.raises(Transient, match=f"creating: {code}: no"), told_as(FlowLogsRefused, "creating"):
        raise refused(code, status)


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AccessDenied", "ValidationException"])
def test_what_was_refused_for_good_is_the_fault_it_means(code: str) -> None:
    with pytest.raises(FlowLogsRefused), told_as(FlowLogsRefused, "creating"):
        raise refused(code, 403)


@pytest.mark.parametrize(
    "silence",
    [
        ReadTimeoutError(endpoint_url=WHERE),
        ConnectTimeoutError(endpoint_url=WHERE),
        EndpointConnectionError(endpoint_url=WHERE),
        ConnectionClosedError(endpoint_url=WHERE),
        SSLError(endpoint_url=WHERE, error=OSError("broken")),
        HTTPClientError(error="connection broken in the middle"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_call_without_an_answer_may_have_worked(silence: BotoCoreError) -> None:
    with pytest.raises(Transient), told_as(FlowLogsRefused, "creating"):
        raise silence
