import pytest
from botocore.exceptions import ClientError

from stacksets.inspection.asking import NotAskedError, asking


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "told"}}, "DescribeNatGateways")


@pytest.mark.parametrize("code", ["AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"])
def test_credentials_that_a_region_does_not_accept_are_told_as_a_region_that_is_not_enabled(
    code: str,
) -> None:
    with pytest.raises(NotAskedError, match="the region is not enabled in the account") as told, asking():
        raise refusal(code)
    assert code in told.value.next
    assert "targets.regions" in told.value.next


def test_what_is_denied_asks_for_other_credentials() -> None:
    with pytest.raises(NotAskedError, match="told") as told, asking():
        raise refusal("AccessDenied")
    assert "--role" in told.value.next
