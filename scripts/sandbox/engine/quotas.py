"""Service Quotas beyond moto's VPC: CloudWatch's alarms per region, and IAM's roles per account.

Sources: Service Quotas API Reference, page "GetServiceQuota"; CloudWatch User Guide, page "CloudWatch service
quotas" (5,000 alarms per region, adjustable); IAM User Guide, page "IAM and AWS STS quotas" (1,000 roles).
The code of the alarms' quota is the one that public quota checkers ask for.

What AWS Support would do, `POST /sandbox/quota` does: `{"account", "region", "code", "value"}`.
"""

from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

from scripts.sandbox.engine import control
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace

# Code -> service, its name, the quota's name and its default.
KNOWN = {
    "L-2FF78D7B": ("monitoring", "Amazon CloudWatch", "Alarms per region", 5000.0),
    "L-FE177D64": ("iam", "AWS Identity and Access Management (IAM)", "Roles per account", 1000.0),
}
_changed: dict[tuple[str, str, str], float] = {}


def value(account: str, region: str, code: str) -> float:
    """A quota as it is in an account and region."""
    return _changed.get((account, region, code), KNOWN[code][3])


def _answered(original: Any) -> Any:
    def get(self: ServiceQuotasBackend, service_code: str, quota_code: str) -> dict[str, Any]:
        if service_code != KNOWN.get(quota_code, ("",))[0]:
            found: dict[str, Any] = original(self, service_code, quota_code)
            return found
        service, name, quota, _ = KNOWN[quota_code]
        account, region = self.account_id, self.region_name
        return {
            "ServiceCode": service,
            "ServiceName": name,
            "QuotaArn": f"arn:aws:servicequotas:{region}:{account}:{service}/{quota_code}",
            "QuotaCode": quota_code,
            "QuotaName": quota,
            "Value": value(account, region, quota_code),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }

    return get


def _change(asked: dict[str, Any]) -> dict[str, Any]:
    if asked["code"] not in KNOWN:
        raise ValueError(f"the sandbox knows no quota {asked['code']}")
    key = (str(asked["account"]), str(asked["region"]), str(asked["code"]))
    _changed[key] = float(asked["value"])
    return {"value": _changed[key]}


def install(_: Engine) -> None:
    """Answer GetServiceQuota, and let the sandbox's owner change a quota."""
    replace(ServiceQuotasBackend, "get_service_quota", _answered)
    control.serve("quota", _change)
