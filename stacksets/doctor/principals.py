"""What natrec's roles and log delivery ask, and the condition keys that their requests bring.

Source: IAM User Guide, "AWS global condition context keys"; a service brings SourceOrgID, not PrincipalOrgID.
"""

from stacksets.contexts import ARCHIVE_READER
from stacksets.doctor.checks import Place
from stacksets.inspection.installation import Installation
from stacksets.inspection.statements import Asked

DELIVERY = "delivery.logs.amazonaws.com"


def keys_of(installation: Installation, role: str, place: Place) -> dict[str, str | None]:
    """The global condition keys of a role's request (IAM User Guide, "AWS global condition context keys").

    Args:
        installation: Whose organization.
        role: The role's ARN.
        place: The region that is asked, and the account of what is acted on.

    """
    return {
        "aws:PrincipalArn": role,
        "aws:PrincipalAccount": role.split(":")[4],
        "aws:PrincipalOrgID": installation.config.organization.id,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalServiceName": None,
        "aws:RequestedRegion": place.region,
        "aws:ResourceAccount": place.account,
        "aws:ResourceOrgID": installation.config.organization.id,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:CalledVia": None,
        "aws:SourceVpc": None,  # the hub's functions are in no VPC
        "aws:SourceVpce": None,
        "aws:SourceIdentity": None,
        "ec2:Region": place.region,
        "aws:PrincipalTag/*": None,  # natrec's roles carry no tags
    }


def worker_role(installation: Installation, place: Place) -> str:
    """The ARN of a target's worker role."""
    return installation.role(place.account, installation.config.names.worker_role(place.region))


def creating(installation: Installation, place: Place) -> list[Asked]:
    """Everything that opening a recording asks in a member account, as its worker."""
    names, partition = installation.config.names, installation.partition
    worker = worker_role(installation, place)
    keys = keys_of(installation, worker, place)
    where = f"{partition}:ec2:{place.region}:{place.account}"
    tagged = {
        **keys,
        f"aws:RequestTag/{names.hub_tag}": installation.hub.account,
        f"aws:RequestTag/{names.recording_tag}": "rec",
        f"aws:RequestTag/{names.expires_tag}": "2026-01-01T00:00:00Z",
        "aws:RequestTag/*": None,
    }
    schedule = f"arn:{partition}:scheduler:{place.region}:{place.account}:schedule/{names.schedule_group}/rec"
    failsafe = installation.role(place.account, names.failsafe_role(place.region))
    return [
        Asked(worker, "ec2:CreateFlowLogs", f"arn:{where}:vpc-flow-log/*", tagged),
        Asked(worker, "ec2:CreateFlowLogs", f"arn:{where}:network-interface/eni-0", tagged),
        Asked(worker, "ec2:CreateFlowLogs", f"arn:{where}:natgateway/nat-0", tagged),
        Asked(
            worker,
            "ec2:CreateTags",
            f"arn:{where}:vpc-flow-log/*",
            {**tagged, "ec2:CreateAction": "CreateFlowLogs"},
        ),
        Asked(worker, "logs:CreateLogDelivery", "*", keys),
        Asked(worker, "scheduler:CreateSchedule", schedule, keys),
        Asked(worker, "iam:PassRole", failsafe, {**keys, "iam:PassedToService": "scheduler.amazonaws.com"}),
    ]


def deleting(installation: Installation, place: Place) -> list[Asked]:
    """Everything that closing asks there, as the worker, and as the failsafe should the hub be gone."""
    names, partition = installation.config.names, installation.partition
    failsafe = installation.role(place.account, names.failsafe_role(place.region))
    schedule = f"arn:{partition}:scheduler:{place.region}:{place.account}:schedule/{names.schedule_group}/rec"
    flow_log = f"arn:{partition}:ec2:{place.region}:{place.account}:vpc-flow-log/fl-0"
    worker, found = worker_role(installation, place), []
    for role in (worker, failsafe):
        keys = keys_of(installation, role, place)
        ours = {
            **keys,
            f"aws:ResourceTag/{names.hub_tag}": installation.hub.account,
            f"aws:ResourceTag/{names.recording_tag}": "rec",
            f"aws:ResourceTag/{names.expires_tag}": "2026-01-01T00:00:00Z",
            "aws:ResourceTag/*": None,
        }
        found.append(Asked(role, "ec2:DeleteFlowLogs", flow_log, ours))
        found.append(Asked(role, "logs:DeleteLogDelivery", "*", keys))
    found.append(Asked(worker, "scheduler:DeleteSchedule", schedule, keys_of(installation, worker, place)))
    return found


def delivery_keys(installation: Installation) -> dict[str, str | None]:
    """What log delivery brings for the first account that is covered."""
    account = min(installation.accounts, default=installation.management.account)
    region = installation.config.targets.regions[0]
    return {
        "aws:SourceOrgID": installation.config.organization.id,
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:{installation.partition}:logs:{region}:{account}:*",
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": DELIVERY,
        "aws:PrincipalOrgID": None,
        "aws:PrincipalArn": None,
        "s3:x-amz-acl": "bucket-owner-full-control",
    }


def archive_reader(installation: Installation) -> tuple[str, dict[str, str | None]]:
    """The hub's role that reads records, and the keys it brings."""
    hub, names = installation.hub.account, installation.config.names
    role = installation.role(hub, names.hub_role(ARCHIVE_READER))
    return role, {
        "aws:PrincipalArn": role,
        "aws:PrincipalAccount": hub,
        "aws:PrincipalOrgID": installation.config.organization.id,
        "aws:PrincipalIsAWSService": "false",
        "aws:SourceOrgID": None,
        "aws:SecureTransport": "true",
    }
