"""DescribeNetworkInterfaces answers pages, as AWS does; moto answers everything at once.

Source: Amazon EC2 API Reference, page "DescribeNetworkInterfaces" (`MaxResults` from 5 to 1000, `NextToken`;
not together with ids).
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.ec2_queries import paged
from scripts.sandbox.engine.seams import replace


def _describe(self: Any) -> ActionResult:
    ids, limit = self._get_param("NetworkInterfaceIds", []), self._get_int_param("MaxResults")
    self.error_on_dryrun()
    if ids and limit is not None:
        words = "The parameter networkInterfaceId cannot be used with the parameter maxResults"
        raise EC2ClientError("InvalidParameterCombination", words)
    found = self.ec2_backend.get_all_network_interfaces(ids, self._filters_from_querystring())
    page, token = paged(found, limit, self._get_param("NextToken"))
    return ActionResult({"NetworkInterfaces": page, "NextToken": token})


def install(_engine: Engine) -> None:
    """Put it in place of moto's."""
    replace(ElasticNetworkInterfaces, "describe_network_interfaces", lambda _original: _describe)
