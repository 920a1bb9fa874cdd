"""What AWS puts on the wire when it does not do as asked, in the words of each service's own protocol."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSResponse, HeadersDict

# The services' own pages "Common errors", and the error lists of the operations.
THROTTLED = {
    "athena": (400, "TooManyRequestsException"),
    "dynamodb": (400, "ThrottlingException"),
    "ec2": (503, "RequestLimitExceeded"),
    "s3": (503, "SlowDown"),
    "scheduler": (429, "ThrottlingException"),
    "sfn": (400, "ThrottlingException"),
    "sns": (400, "Throttled"),
    "sqs": (403, "RequestThrottled"),
    "sts": (400, "Throttling"),
    "cloudwatch": (400, "Throttling"),
}
FAILED = {
    "athena": (500, "InternalServerException"),
    "dynamodb": (500, "InternalServerError"),
    "ec2": (500, "InternalError"),
    "s3": (500, "InternalError"),
    "scheduler": (500, "InternalServerException"),
    "sfn": (500, "InternalFailure"),
    "sns": (500, "InternalError"),
    "sqs": (500, "InternalFailure"),
    "sts": (500, "InternalFailure"),
    "cloudwatch": (500, "InternalServiceFault"),
}
DENIED = {
    "athena": (400, "AccessDeniedException"),
    "dynamodb": (400, "AccessDeniedException"),
    "ec2": (403, "UnauthorizedOperation"),
    "s3": (403, "AccessDenied"),
    "scheduler": (403, "AccessDeniedException"),
    "sfn": (400, "AccessDeniedException"),
    "sns": (403, "AuthorizationError"),
    "sqs": (403, "AccessDenied"),
    "sts": (403, "AccessDenied"),
    "cloudwatch": (403, "AccessDenied"),
}
_JSON = {"athena", "dynamodb", "sfn", "scheduler", "sqs", "cloudwatch"}


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        while chunk := self.read(65536):
            yield chunk


def answer(status: int, body: bytes, **headers: str) -> AWSResponse:
    """An answer as if it had come over the wire."""
    told: Any = HeadersDict(headers)  # what urllib3's headers are to botocore
    return AWSResponse("https://aws.test/", status, told, _Raw(body))


def error(service: str, status: int, code: str, **more: object) -> AWSResponse:
    """AWS's refusal, in the protocol of the service."""
    words = f"planted: {code}"
    if service in _JSON:
        document = {"__type": code, "code": code, "message": words, "Message": words, **more}
        return answer(status, json.dumps(document).encode(), **{"x-amzn-errortype": code})
    inner = f"<Code>{code}</Code><Message>{words}</Message>"
    body = {
        "ec2": f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>r-1</RequestID></Response>",
        "s3": f"<Error>{inner}<RequestId>r-1</RequestId></Error>",
    }.get(service, f"<ErrorResponse><Error>{inner}</Error><RequestId>r-1</RequestId></ErrorResponse>")
    return answer(status, body.encode())


def entries_failed(entries: list[str]) -> AWSResponse:
    """200, and every entry in `Failed` (SQS API reference, SendMessageBatch)."""
    failed = [{"Id": each, "Code": "InternalError", "SenderFault": False} for each in entries]
    return answer(200, json.dumps({"Successful": [], "Failed": failed}).encode())


def _unsuccessful(resource: str, code: str) -> str:
    told = f"<error><code>{code}</code><message>planted</message></error>"
    return f"<item><resourceId>{escape(resource)}</resourceId>{told}</item>"


def refused_each(operation: str, resources: list[str], code: str) -> AWSResponse:
    """200, and every resource in `Unsuccessful` (EC2 API reference, CreateFlowLogs and DeleteFlowLogs)."""
    items = "".join(_unsuccessful(each, code) for each in resources)
    name = f"{operation}Response"
    body = f"<{name}><requestId>r-1</requestId><unsuccessful>{items}</unsuccessful></{name}>"
    return answer(200, body.encode())


def with_one_refused(real: AWSResponse, code: str) -> AWSResponse:
    """The real answer, and one more resource of the request in `Unsuccessful`."""
    body = real.content.decode()
    item = _unsuccessful("eni-0fffffffffffffffff", code)
    empty = r"<unsuccessful\s*/>|<unsuccessful>\s*</unsuccessful>"
    bare = re.sub(empty, "", body)
    closing = re.search(r"</\w+Response>\s*$", bare)
    if closing is None:
        raise ValueError(f"not an answer of EC2: {body}")
    whole = f"{bare[: closing.start()]}<unsuccessful>{item}</unsuccessful>{closing.group()}"
    return answer(200, whole.encode())
