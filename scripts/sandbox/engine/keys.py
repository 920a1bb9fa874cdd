"""Keys of KMS that other services encrypt with: they must be enabled, and let the service use them.

moto keeps the ARNs of keys and asks nobody.
"""

import json
from collections.abc import Mapping

from moto.kms.models import Key, kms_backends

from scripts.sandbox.engine.policies import Request, allows

_ENABLED = "Enabled"


def state(arn: str) -> str | None:
    """As KMS calls it; None where there is no such key.

    Args:
        arn: The key's ARN, as services name the keys of queues, topics, tables and buckets.

    """
    key = _found(arn)
    return key.key_state if key else None


def usable(arn: str) -> bool:
    """Whether it encrypts and decrypts: one that is disabled or to be deleted does neither.

    Source: KMS Developer Guide, "Key states of AWS KMS keys".
    """
    return state(arn) == _ENABLED


def lets(arn: str, service: str, action: str, context: Mapping[str, str] | None = None) -> bool:
    """Whether it can be used, and its policy lets a service of AWS do it.

    Args:
        arn: The key's ARN.
        service: The service principal.
        action: Such as `kms:GenerateDataKey`.
        context: Condition keys that the service tells KMS.

    """
    key = _found(arn)
    if key is None or key.key_state != _ENABLED:
        return False
    return allows(json.loads(key.policy), Request(service, action, key.arn, context or {}))


def _found(arn: str) -> Key | None:
    parts = arn.split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004 - not an ARN
        return None
    _, _, _, region, account, name = parts
    return kms_backends[account][region].keys.get(name.removeprefix("key/"))
