"""Whether the organization lets a caller create or delete flow logs; identity policies are not looked at.

Sources: Amazon EC2 API Reference, page "Error codes" (`UnauthorizedOperation`; a dry run's answer too);
Service Authorization Reference, EC2 (resources and condition keys).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.ec2.exceptions import EC2ClientError

from scripts.sandbox.engine.ec2_queries import tags_of
from scripts.sandbox.engine.principals import PARTITION, caller
from scripts.sandbox.engine.service_control import denial


def authorize(
    request: Any, action: str, flow_logs: Sequence[str], keys: Mapping[str, str] | None = None
) -> None:
    """Refuse what a service control policy denies.

    Args:
        request: moto's.
        action: As policies write it.
        flow_logs: The ids acted on; `*` for those to be made.
        keys: Condition keys of the call.

    Raises:
        EC2ClientError: `UnauthorizedOperation`.

    """
    backend = request.ec2_backend
    account, region = backend.account_id, backend.region_name
    who = caller(request.get_access_key(), account)
    for each in flow_logs:
        resource = f"arn:{PARTITION}:ec2:{region}:{account}:vpc-flow-log/{each}"
        tagged = {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in tags_of(backend, each) or ()}
        denied = denial(who, action, resource, region, {**(keys or {}), **tagged})
        if denied:
            words = f"User: {who.arn} is not authorized to perform: {action} on resource: {resource} {denied}"
            raise EC2ClientError(
                "UnauthorizedOperation", f"You are not authorized to perform this operation. {words}."
            )
