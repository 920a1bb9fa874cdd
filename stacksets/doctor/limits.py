"""Regions that an account has not enabled, and quotas that leave no room.

Sources: Account Management API Reference, "GetRegionOptStatus" and "ListRegions" (an account may ask about
itself); IAM API Reference, "GetAccountSummary"; Service Quotas, `monitoring`; CloudWatch User Guide,
"Metrics Insights quotas" (200 alarms per region on queries of several metrics, not adjustable).
"""

from dataclasses import dataclass

from orgconfig.models.config import ALARMS_PER_REGION
from orgconfig.names import AVAILABILITIES, DIRECTIONS
from stacksets.doctor.boundaries import SPOKE_ROLES
from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.installation import Installation

# CloudWatch's alarms per region and account.
ALARMS_SERVICE, ALARMS_QUOTA = "monitoring", "L-2FF78D7B"
_USABLE = ("ENABLED", "ENABLED_BY_DEFAULT")


@dataclass(frozen=True)
class RegionSeen:
    """Whether a target's region is enabled in its own account, and in the stack set's administrator."""

    place: Place
    status: str
    administrator: str


@dataclass(frozen=True)
class RolesSeen:
    """An account's roles, its quota of them, and how many of natrec's are still to be made."""

    used: int
    quota: int
    missing: int


@dataclass(frozen=True)
class AlarmsSeen:
    """A region's alarms, its quota of them, those on a query, and how many of natrec's are to be made."""

    used: int
    quota: int
    queries: int
    missing: int


def read_region(installation: Installation, place: Place) -> RegionSeen:
    """The region's state in both accounts."""

    def status(account: str) -> str:
        client = installation.client(Place(account, installation.hub.region), "account")
        return str(client.get_region_opt_status(RegionName=place.region)["RegionOptStatus"])

    return RegionSeen(place, status(place.account), status(installation.administrator.account))


def judge_region(seen: RegionSeen) -> Verdict:
    """StackSets needs the region in the target, and in the account that administers the stack set."""
    place = seen.place
    enable = f"aws account enable-region --region-name {place.region}"
    leave = "or leave the region out of `targets.regions`."
    if seen.administrator not in _USABLE:
        return ill(
            f"region {place.region} is {seen.administrator.lower()} for the stack set's administrator",
            f"Enable it there and in the management account ({enable}), {leave}",
        )
    if seen.status not in _USABLE:
        return ill(f"region {place.region} is {seen.status.lower()} in this account", f"{enable}, {leave}")
    return well(f"{place.region} is enabled")


def read_roles(installation: Installation, place: Place) -> RolesSeen:
    """How many roles the account has and may have."""
    client, config = installation.client(place, "iam"), installation.config
    summary = client.get_account_summary()["SummaryMap"]
    pages = client.get_paginator("list_roles").paginate(PathPrefix=config.iam.role_path)
    there = {each["RoleName"] for page in pages for each in page["Roles"]}
    names, regions = config.names, config.targets.regions
    wanted = {
        role
        for region in regions
        for role in (names.worker_role(region), names.forwarder_role(region), names.failsafe_role(region))
    }
    return RolesSeen(summary["Roles"], summary["RolesQuota"], len(wanted - there))


def judge_roles(seen: RolesSeen) -> Verdict:
    """Three roles per region must fit."""
    free = seen.quota - seen.used
    if seen.missing > free:
        return ill(
            f"{seen.missing} roles are still to be made and {max(free, 0)} of {seen.quota} are free",
            "Raise the quota `Roles per account` of IAM in Service Quotas (in the partition's main region), "
            f"or cover fewer regions: each needs {len(SPOKE_ROLES)} roles.",
        )
    return well(f"{seen.used} of {seen.quota} roles")


def read_alarms(installation: Installation, place: Place) -> AlarmsSeen:
    """How many alarms the region has and may have."""
    quotas, config = installation.client(place, "service-quotas"), installation.config
    asked = {"ServiceCode": ALARMS_SERVICE, "QuotaCode": ALARMS_QUOTA}
    try:
        quota = quotas.get_service_quota(**asked)["Quota"]["Value"]
    except quotas.exceptions.NoSuchResourceException:  # where nobody has changed it
        quota = quotas.get_aws_default_service_quota(**asked)["Quota"]["Value"]
    pages = (
        installation.client(place, "cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    )
    metric, composite = [], 0
    for page in pages:
        metric += page.get("MetricAlarms", [])
        composite += len(page.get("CompositeAlarms", []))
    queries = [
        each["AlarmName"]
        for each in metric
        if any(str(one.get("Expression", "")).upper().startswith("SELECT") for one in each.get("Metrics", []))
    ]
    names = {each["AlarmName"] for each in metric}
    wanted = {
        config.names.alarm(tier, direction, availability)
        for tier in config.tiers
        for direction in DIRECTIONS
        for availability in AVAILABILITIES
    }
    return AlarmsSeen(len(metric) + composite, int(quota), len(queries), len(wanted - names))


def judge_alarms(seen: AlarmsSeen) -> Verdict:
    """Four alarms per tier must fit, among all and among those on a query."""
    free = seen.quota - seen.used
    if seen.missing > free:
        return ill(
            f"{seen.missing} alarms are still to be made and {max(free, 0)} of {seen.quota} are free",
            "Raise CloudWatch's quota of alarms there: aws service-quotas request-service-quota-increase "
            f"--service-code {ALARMS_SERVICE} --quota-code {ALARMS_QUOTA} --desired-value {seen.used * 2}",
        )
    if seen.queries + seen.missing > ALARMS_PER_REGION:
        return ill(
            f"{seen.queries} alarms are on Metrics Insights queries, {seen.missing} are still to be made, "
            f"and CloudWatch allows {ALARMS_PER_REGION}",
            "This quota cannot be raised: use fewer tiers, or fewer such alarms of your own there.",
        )
    if not free:
        return ill(
            f"all {seen.quota} alarms are used: one that must be replaced cannot be made again",
            "Raise CloudWatch's quota of alarms there, or delete alarms that nobody needs.",
        )
    return well(f"{seen.used} of {seen.quota} alarms")


CHECKS = (
    Check("region enabled", "target", read_region, judge_region),
    Check("roles quota", "account", read_roles, judge_roles),
    Check("alarms quota", "target", read_alarms, judge_alarms),
)
