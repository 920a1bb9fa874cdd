"""Log groups under a key of KMS, which moto takes at their creation only and asks nobody about.

Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS" (the
key's policy, the encryption context, AssociateKmsKey and DisassociateKmsKey), and the API reference's errors.
"""

from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import logs_backends

from scripts.sandbox.engine import keys

_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey")


def check(account: str, region: str, name: str, key: str | None) -> None:
    """Refuse a key that CloudWatch Logs may not use for a group.

    Raises:
        InvalidParameterException: In its words.

    """
    arn = f"arn:aws:logs:{region}:{account}:log-group:{name}"
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    service = f"logs.{region}.amazonaws.com"
    if key and not all(keys.lets(key, service, each, context) for each in _ACTIONS):
        raise InvalidParameterException(
            f"The specified KMS key does not exist or is not allowed to be used with LogGroup '{arn}'"
        )


def encrypt(account: str, region: str, name: str, key: str | None) -> None:
    """What AssociateKmsKey does, and DisassociateKmsKey where no key is given; raises what `check` does."""
    check(account, region, name, key)
    logs_backends[account][region].groups[name].kms_key_id = key
