"""Account Management's regions: which an account has enabled, and enabling others.

moto's `account` knows alternate contacts only. Sources: AWS Account Management API Reference, pages
"ListRegions", "GetRegionOptStatus", "EnableRegion" and "DisableRegion"; its Reference Guide, page "Enable or
disable AWS Regions in your account" (which are disabled by default). Here a region is enabled at once.
"""

from typing import Any

from moto.account import urls
from moto.account.responses import AccountResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import add

OPT_IN = frozenset(
    [
        *("af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4"),
        *("ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1"),
        *("eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1"),
    ]
)
BY_DEFAULT = frozenset(
    [
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1"),
        *("ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2"),
        *("eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    ]
)
# The regions beyond the default ones that each account has enabled.
_enabled: dict[str, set[str]] = {}


class ValidationException(JsonRESTError):  # noqa: N818 - AWS's name
    """There is no such region, or it cannot be disabled."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


def status(account: str, region: str) -> str:
    """A region's state in an account.

    Raises:
        ValidationException: There is no such region.

    """
    if region in BY_DEFAULT:
        return "ENABLED_BY_DEFAULT"
    if region not in OPT_IN:
        raise ValidationException(f"{region} is not a region")
    return "ENABLED" if region in _enabled.get(account, ()) else "DISABLED"


def _account(self: AccountResponse) -> str:
    return str(self._get_param("AccountId") or self.current_account)


def _get(self: AccountResponse) -> ActionResult:
    account, region = _account(self), self._get_param("RegionName")
    return ActionResult({"RegionName": region, "RegionOptStatus": status(account, region)})


def _list(self: AccountResponse) -> ActionResult:
    account, wanted = _account(self), self._get_param("RegionOptStatusContains")
    found = [
        {"RegionName": each, "RegionOptStatus": status(account, each)} for each in sorted(BY_DEFAULT | OPT_IN)
    ]
    return ActionResult(
        {"Regions": [each for each in found if not wanted or each["RegionOptStatus"] in wanted]}
    )


def _change(self: AccountResponse, *, enable: bool) -> EmptyResult:
    account, region = _account(self), self._get_param("RegionName")
    if status(account, region) == "ENABLED_BY_DEFAULT":
        raise ValidationException(f"{region} is enabled by default")
    regions = _enabled.setdefault(account, set())
    (regions.add if enable else regions.discard)(region)
    return EmptyResult()


def install(_: Engine) -> None:
    """Answer the four calls."""
    calls: dict[str, Any] = {
        "getRegionOptStatus": ("get_region_opt_status", _get),
        "listRegions": ("list_regions", _list),
        "enableRegion": ("enable_region", lambda self: _change(self, enable=True)),
        "disableRegion": ("disable_region", lambda self: _change(self, enable=False)),
    }
    for path, (name, answer) in calls.items():
        add(AccountResponse, name, answer)
        urls.url_paths[f"{{0}}/{path}$"] = AccountResponse.dispatch
