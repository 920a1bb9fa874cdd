import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine

ALARMS = {"ServiceCode": "monitoring", "QuotaCode": "L-2FF78D7B"}


def _change(engine: Engine, **asked: object) -> int:
    place = urlsplit(engine.endpoint)
    connection = HTTPConnection(str(place.hostname), place.port or 80, timeout=10)
    try:
        connection.request("POST", "/sandbox/quota", json.dumps(asked))
        return connection.getresponse().status
    finally:
        connection.close()


def test_alarms_have_their_default_quota_until_support_changes_it(engine: Engine, account: str) -> None:
    client: Any = engine.client(account, "eu-west-1", "service-quotas")
    assert client.get_service_quota(**ALARMS)["Quota"]["Value"] == 5000
    assert _change(engine, account=account, region="eu-west-1", code=ALARMS["QuotaCode"], value=3) == 200
    assert client.get_service_quota(**ALARMS)["Quota"]["Value"] == 3
    other: Any = engine.client(account, "us-east-1", "service-quotas")
    assert other.get_service_quota(**ALARMS)["Quota"]["Value"] == 5000


def test_a_quota_that_nobody_knows_is_refused(engine: Engine, account: str) -> None:
    client: Any = engine.client(account, "eu-west-1", "service-quotas")
    with pytest.raises(ClientError, match="NoSuchResource"):
        client.get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")
    assert _change(engine, account=account, region="eu-west-1", code="L-00000000", value=3) == 400
