"""An account that joins the organization later is covered by itself."""

from botocore.exceptions import ClientError

from scripts.stories.places import HOME, Gateway, Organization, eventually
from tests.scenarios.vocabulary import alarm_fires, alarm_recovers, closed, flow_logs, opened


def _production(organization: Organization) -> tuple[str, str]:
    """The root and the OU of the first member."""
    api = organization.management("organizations")
    [unit] = api.list_parents(ChildId=organization.line["accounts"][0])["Parents"]
    return api.list_roots()["Roots"][0]["Id"], unit["Id"]


def _gateway_of(organization: Organization, account: str) -> Gateway:
    ec2 = organization.client(account, HOME, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    return Gateway(organization, account, HOME, made["NatGatewayId"], "zonal")


def test_the_gateway_of_an_account_that_joins_later_is_recorded(organization: Organization) -> None:
    api = organization.management("organizations")
    made = api.create_account(AccountName="latecomer", Email="latecomer@example.com")
    account = made["CreateAccountStatus"]["AccountId"]
    root, unit = _production(organization)
    api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)

    def spoke_is_there() -> bool:
        try:
            iam = organization.client(account, HOME, "iam")
            return all(
                iam.get_role(RoleName=f"natrec-worker-{each}") for each in organization.line["regions"]
            )
        except ClientError:
            return False

    eventually(spoke_is_there)
    gateway = _gateway_of(organization, account)
    eventually(lambda: _alarms(organization, account))
    alarm_fires(on=gateway)
    opened(on=gateway)
    alarm_recovers(on=gateway)
    assert closed(on=gateway)["state"] == "closed"
    assert not flow_logs(of=gateway)


def _alarms(organization: Organization, account: str) -> bool:
    cloudwatch = organization.client(account, HOME, "cloudwatch")
    rules = organization.client(account, HOME, "events").list_rules(NamePrefix="natrec-forward")["Rules"]
    return len(cloudwatch.describe_alarms(AlarmNamePrefix="natrec-")["MetricAlarms"]) == 4 and bool(rules)
