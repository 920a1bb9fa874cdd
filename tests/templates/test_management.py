"""The stack of the management account."""

from orgconfig.models import OrgConfig
from stacksets.contexts import ACCOUNT_EVENTS
from tests.templates.reading import Template, actions


def _bus(config: OrgConfig) -> dict[str, str]:
    hub = config.organization.hub
    bus = f"arn:${{AWS::Partition}}:events:{hub.region}:{hub.account}:event-bus/{config.namespace}"
    return {"Fn::Sub": bus}


def test_its_names_are_told_by_the_config(management: Template, config: OrgConfig) -> None:
    namespace = config.namespace
    assert management["AccountsRule"]["Name"] == f"{namespace}-accounts"
    assert management["ForwarderRole"]["RoleName"] == f"{namespace}-forwarder-accounts"


def test_what_changes_accounts_and_was_not_refused_goes_to_the_hub(
    management: Template, config: OrgConfig
) -> None:
    rule = management["AccountsRule"]
    assert "EventBusName" not in rule
    assert rule["EventPattern"]["detail"] == {
        "eventSource": ["organizations.amazonaws.com"],
        "eventName": list(ACCOUNT_EVENTS),
        "errorCode": [{"exists": False}],
    }
    (target,) = rule["Targets"]
    assert (target["Arn"], target["RoleArn"]) == (_bus(config), {"Fn::GetAtt": ["ForwarderRole", "Arn"]})


def test_it_can_put_events_on_the_hubs_bus_and_nothing_else(management: Template, config: OrgConfig) -> None:
    (role,) = management.of_type("AWS::IAM::Role")
    (statement,) = management.statements(role)
    assert (actions(statement), statement["Resource"]) == (["events:PutEvents"], _bus(config))


def test_the_hubs_bus_admits_its_forwarder(hub: Template, management: Template) -> None:
    admitted = hub["BusPolicy"]["Statement"]["Condition"]["ArnLike"]["aws:PrincipalArn"]["Fn::Sub"]
    role = management["ForwarderRole"]
    assert f"{role['Path']}{role['RoleName']}".startswith(admitted.split(":role")[1].rstrip("*"))


def test_no_region_is_named_but_the_hubs(management: Template, config: OrgConfig) -> None:
    text = management.text.replace(config.organization.hub.region, "")
    assert not [region for region in ("us-east-1", "us-gov-west-1", "cn-northwest-1") if region in text]
