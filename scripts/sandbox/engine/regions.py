"""Which regions an account has enabled: Account Management's calls, and EC2's DescribeRegions.

moto's `account` knows alternate contacts only, and its EC2 calls every region enabled. Sources: AWS Account
Management API Reference, pages "ListRegions", "GetRegionOptStatus", "EnableRegion" and "DisableRegion"; its
Reference Guide, page "Enable or disable AWS Regions in your account" (which are disabled by default); EC2
API Reference, page "DescribeRegions". Here a region is enabled at once. What calls into a region that is not
enabled are answered is decided in `region_access.py`, what becomes of stack instances in `stacksets/`.
"""

from typing import Any

from moto.account import urls
from moto.account.responses import AccountResponse
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import add, replace

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


def is_enabled(account: str, region: str) -> bool:
    """Whether an account may use a region; one that is none nobody may use."""
    return region in BY_DEFAULT or region in _enabled.get(account, ())


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


def _describe(_: Any) -> Any:
    """EC2's DescribeRegions: enabled ones; the others where all of them or their names are asked for."""

    def describe(self: Any) -> ActionResult:
        self.error_on_dryrun()
        if self._get_param("Filters"):
            raise NotImplementedError("DescribeRegions with filters")
        names = self._get_param("RegionNames") or []
        if unknown := sorted(set(names) - BY_DEFAULT - OPT_IN):
            raise ServiceException("InvalidParameterValue", f"Invalid region names provided: {unknown}")
        whole, account = bool(names) or self._get_bool_param("AllRegions"), self.current_account
        found = [each for each in names or sorted(BY_DEFAULT | OPT_IN) if whole or is_enabled(account, each)]
        return ActionResult({"Regions": [_described(account, each) for each in found]})

    return describe


def _described(account: str, region: str) -> dict[str, str]:
    opted = "opted-in" if is_enabled(account, region) else "not-opted-in"
    return {
        "RegionName": region,
        "Endpoint": f"ec2.{region}.amazonaws.com",
        "OptInStatus": "opt-in-not-required" if region in BY_DEFAULT else opted,
    }


def install(_: Engine) -> None:
    """Answer the five calls."""
    replace(AvailabilityZonesAndRegions, "describe_regions", _describe)
    calls: dict[str, Any] = {
        "getRegionOptStatus": ("get_region_opt_status", _get),
        "listRegions": ("list_regions", _list),
        "enableRegion": ("enable_region", lambda self: _change(self, enable=True)),
        "disableRegion": ("disable_region", lambda self: _change(self, enable=False)),
    }
    for path, (name, answer) in calls.items():
        add(AccountResponse, name, answer)
        urls.url_paths[f"{{0}}/{path}$"] = AccountResponse.dispatch
