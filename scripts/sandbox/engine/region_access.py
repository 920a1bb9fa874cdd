"""A region that an account has not enabled accepts none of its credentials; moto answers anywhere.

Sources: IAM User Guide, "Managing AWS STS in an AWS Region" (credentials are not valid in regions that are
not enabled). The codes are each protocol's own for credentials that cannot be validated: EC2 API Reference,
"Error codes" (AuthFailure); CloudFormation API Reference, "Common Error Types" (InvalidClientTokenId);
DynamoDB Developer Guide, "Error handling" (UnrecognizedClientException). The name of a region that is none
does not even resolve; here, where one endpoint is every region's, it answers the same.

Not asked are services with one endpoint for all regions, and S3, whose requests moto does not dispatch so.
"""

from typing import Any

from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model
from moto.utilities.utils import get_partition

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.principals import PARTITION
from scripts.sandbox.engine.regions import is_enabled
from scripts.sandbox.engine.seams import replace

_ANYWHERE = frozenset({"account", "iam", "organizations", "s3"})
INVALID = "The security token included in the request is invalid"
_QUERY, _JSON = "InvalidClientTokenId", "UnrecognizedClientException"
_FORBIDDEN, _UNAUTHORIZED, _BAD = 403, 401, 400


class Refused(ServiceException):
    """Credentials are not accepted."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(code, message)
        self.status = status


def _refusal(response: BaseResponse) -> Refused:
    if response.service_name == "ec2":
        told = "AWS was not able to validate the provided access credentials"
        return Refused("AuthFailure", told, _UNAUTHORIZED)
    if get_service_model(response.boto3_service_name).protocol == "query":
        return Refused(_QUERY, INVALID, _FORBIDDEN)
    return Refused(_JSON, INVALID, _BAD)


def install(_: Engine) -> None:
    """Look at each call's account and region before it is answered."""
    # Any service may answer these and no service's model lists them; moto warns of codes it does not know.
    COMMON_ERROR_CODES.extend(code for code in (_QUERY, _JSON) if code not in COMMON_ERROR_CODES)

    def make(original: Any) -> Any:
        def call_action(self: BaseResponse) -> Any:
            regional = self.service_name not in _ANYWHERE and get_partition(self.region) == PARTITION
            if not regional or is_enabled(self.current_account, self.region):
                return original(self)
            refusal = _refusal(self)
            _, headers, body = self.serialized(ActionResult(refusal))
            return refusal.status, {**headers, "status": refusal.status}, body

        return call_action

    replace(BaseResponse, "call_action", make)
