"""What Organizations tells EventBridge, through CloudTrail, of changes to accounts and OUs.

All of it arrives on the default bus of the management account, in the one region where Organizations lives:
each call, and when an account is made or closed the result too. AWS also tells of refused calls, with their
`errorCode`; here they are not told.

Sources: Organizations User Guide, "Logging API calls with AWS CloudTrail for AWS Organizations" (shapes, and
"only in the US East (N. Virginia) Region") and "Amazon EventBridge and AWS Organizations"; EventBridge User
Guide, "AWS service events delivered via AWS CloudTrail".
"""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.organizations.responses import OrganizationsResponse

from scripts.sandbox.engine import events
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.envelopes import envelope
from scripts.sandbox.engine.principals import caller
from scripts.sandbox.engine.seams import replace

SOURCE = "aws.organizations"
SERVICE = "organizations.amazonaws.com"
API_CALL = "AWS API Call via CloudTrail"
SERVICE_EVENT = "AWS Service Event via CloudTrail"
HOME_REGION = "us-east-1"  # of the partition `aws`, the only one here

# moto's handler of each call that is told.
CALLS = {
    "create_account": "CreateAccount",
    "close_account": "CloseAccount",
    "move_account": "MoveAccount",
    "remove_account_from_organization": "RemoveAccountFromOrganization",
    "create_organizational_unit": "CreateOrganizationalUnit",
    "update_organizational_unit": "UpdateOrganizationalUnit",
    "delete_organizational_unit": "DeleteOrganizationalUnit",
}
_RESULTS = {"CreateAccount": "createAccountStatus", "CloseAccount": "closeAccountStatus"}
_HIDDEN = "****"
_SENSITIVE = {"email", "accountName"}


def api_call(
    management: str,
    user: str,
    name: str,
    asked: Mapping[str, Any],
    answered: Mapping[str, Any],
    *,
    when: datetime,
) -> dict[str, Any]:
    """The event of one call.

    Args:
        management: The management account, whose trail tells it.
        user: ARN of the caller.
        name: The call, such as `MoveAccount`.
        asked: The call's own parameters, as the API spells them.
        answered: What it answered; an empty answer is told as null.
        when: When, aware of its zone.

    """
    who = {"type": "AssumedRole", "arn": user, "accountId": management}
    more = {"requestParameters": _lower(asked), "responseElements": _lower(answered) or None}
    detail = {**_record(management, name, "AwsApiCall", when), **more, "userIdentity": who}
    return envelope(management, HOME_REGION, SOURCE, API_CALL, detail, [], when)


def result(management: str, call: str, account: str, request: str | None, when: datetime) -> dict[str, Any]:
    """The event `CreateAccountResult` or `CloseAccountResult`: what came of the call.

    Args:
        management: The management account.
        call: `CreateAccount` or `CloseAccount`.
        account: The account made or closed.
        request: The id of the request; CloseAccount has none.
        when: When, aware of its zone.

    """
    moment = f"{when.astimezone(UTC):%b %d, %Y %I:%M:%S %p}"
    status = {"state": "SUCCEEDED", "accountId": account}
    status |= {"requestedTimestamp": moment, "completedTimestamp": moment}
    if request:
        status |= {"id": request, "accountName": _HIDDEN}
    detail = {
        **_record(management, f"{call}Result", "AwsServiceEvent", when),
        "userIdentity": {"accountId": management, "invokedBy": SERVICE},
        "requestParameters": None,
        "responseElements": None,
        "serviceEventDetails": {_RESULTS[call]: status},
    }
    return envelope(management, HOME_REGION, SOURCE, SERVICE_EVENT, detail, [], when)


def _record(management: str, name: str, kind: str, when: datetime) -> dict[str, Any]:
    return {
        "eventVersion": "1.08",
        "eventTime": f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": SERVICE,
        "eventName": name,
        "awsRegion": HOME_REGION,
        "sourceIPAddress": SERVICE,
        "userAgent": SERVICE,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": kind,
        "managementEvent": True,
        "recipientAccountId": management,
        "eventCategory": "Management",
    }


def _lower(value: Any) -> Any:
    """As CloudTrail spells parameters: `AccountId` is `accountId`, and what is private is hidden."""
    if isinstance(value, Mapping):
        named = {key[:1].lower() + key[1:]: each for key, each in value.items()}
        return {key: _HIDDEN if key in _SENSITIVE else _lower(each) for key, each in named.items()}
    return [_lower(each) for each in value] if isinstance(value, list) else value


def _told(engine: Engine, handler: str) -> Callable[[Any], Any]:
    name = CALLS[handler]

    def make(original: Any) -> Any:
        def answered(self: OrganizationsResponse) -> Any:
            text = original(self)
            when, asked, answer = datetime.now(UTC), self.request_params, json.loads(text)
            management = self.organizations_backend.account_id
            user = caller(self.access_key, self.current_account).arn
            status = answer.get("CreateAccountStatus", {})
            # CreateAccount answers before the account is there, whatever moto says.
            shown = {"CreateAccountStatus": {**status, "State": "IN_PROGRESS"}} if status else answer
            told = [api_call(management, user, name, asked, shown, when=when)]
            if name in _RESULTS:
                account = status.get("AccountId") or asked["AccountId"]
                told.append(result(management, name, account, status.get("Id"), when))
            for event in told:
                events.publish(engine, management, HOME_REGION, event)
            return text

        return answered

    return make


def install(engine: Engine) -> None:
    """Tell the management account of every call that changes accounts or OUs."""
    for handler in CALLS:
        replace(OrganizationsResponse, handler, _told(engine, handler))
