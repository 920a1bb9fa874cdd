"""Bucket policies with their conditions: moto reads Deny statements as if they had none.

The usual "TLS only" statement would otherwise refuse every request. The engine listens on the loopback
address without TLS and stands for endpoints that have it, so `aws:SecureTransport` is true here.
Source: Amazon S3 User Guide, page "Bucket policy examples", section on HTTP or HTTPS requests.
"""

import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.policies import Request, allows
from scripts.sandbox.engine.seams import replace

CONTEXT = {"aws:SecureTransport": "true"}


def _permission(self: Any, action: str, resource: str) -> PermissionResult:
    """What the policy says to everyone; statements for a named principal say nothing here."""
    if self.policy is None:
        return PermissionResult.NEUTRAL
    statements = json.loads(self.policy)["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    request = Request("", action, resource, CONTEXT)
    denied = [{**each, "Effect": "Allow"} for each in listed if each["Effect"] == "Deny"]
    if allows({"Statement": denied}, request):  # as an Allow, a Deny that holds is one that matches
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if allows({"Statement": listed}, request) else PermissionResult.NEUTRAL


def install(_engine: Engine) -> None:
    """Evaluate the conditions of bucket policies."""
    replace(FakeBucket, "get_permission", lambda _original: _permission)
