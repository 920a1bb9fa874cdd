"""The stack of one account and region."""

import re

from orgconfig.models import OrgConfig
from stacksets.rendering import render_spoke
from stacksets.spokes import LARGEST_TEMPLATE
from tests.orgconfig import documents
from tests.templates.documented import METRICS
from tests.templates.reading import Template, actions

_QUERY = re.compile(
    r'SELECT SUM\((?P<metric>\w+)\) FROM SCHEMA\("(?P<namespace>[\w/]+)", (?P<dimensions>[\w, ]+)\) '
    r"GROUP BY NatGatewayId ORDER BY SUM\(\) DESC"
)


def test_it_fits_a_stack_set_with_five_tiers(spoke: Template) -> None:
    assert len(spoke.text.encode()) < LARGEST_TEMPLATE


def test_each_tier_watches_both_directions_of_zonal_and_regional_gateways(
    spoke: Template, config: OrgConfig
) -> None:
    names = [alarm["AlarmName"] for alarm in spoke.of_type("AWS::CloudWatch::Alarm").values()]
    assert names == [
        f"{config.namespace}-{tier}-{direction}-{availability}"
        for tier in config.tiers
        for direction in ("upload", "download")
        for availability in ("zonal", "regional")
    ]


def test_each_query_matches_the_dimensions_that_its_gateways_publish(spoke: Template) -> None:
    for alarm in spoke.of_type("AWS::CloudWatch::Alarm").values():
        (query,) = alarm["Metrics"]
        match = _QUERY.fullmatch(query["Expression"])
        assert match is not None
        dimensions = set(match["dimensions"].split(", "))
        assert dimensions in METRICS[match["namespace"], match["metric"]]
        assert ("AvailabilityZone" in dimensions) == alarm["AlarmName"].endswith("-regional")
        assert match["metric"] == (
            "BytesInFromSource" if "-upload-" in alarm["AlarmName"] else "BytesInFromDestination"
        )


def test_an_alarm_has_the_terms_of_its_tier(spoke: Template, config: OrgConfig) -> None:
    for tier, terms in config.tiers.items():
        alarm = next(
            each
            for each in spoke.of_type("AWS::CloudWatch::Alarm").values()
            if each["AlarmName"] == f"{config.namespace}-{tier}-upload-zonal"
        )
        assert alarm["Threshold"] == terms.threshold
        assert alarm["Metrics"][0]["Period"] == terms.period
        assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (
            terms.datapoints.to_alarm,
            terms.datapoints.out_of,
        )


def test_a_tier_that_comes_or_goes_renames_no_alarm_of_the_others() -> None:
    def alarms(*tiers: str) -> dict[str, str]:
        document = documents.config(tiers={tier: {"threshold": "1 GB"} for tier in tiers})
        spoke = Template(render_spoke(OrgConfig.model_validate(document)))
        return {name: each["AlarmName"] for name, each in spoke.of_type("AWS::CloudWatch::Alarm").items()}

    both, one = alarms("standard", "heavy"), alarms("standard")
    assert both == alarms("heavy", "standard")
    assert one.items() < both.items()


def test_contributors_of_any_alarm_and_ordinary_events_of_custom_alarms_only_are_forwarded(
    spoke: Template, config: OrgConfig
) -> None:
    alarms = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm"
    assert spoke["ForwardRule"]["Name"] == f"{config.namespace}-forward"
    assert "EventBusName" not in spoke["ForwardRule"]
    assert spoke["ForwardRule"]["EventPattern"]["$or"] == [
        {
            "detail-type": ["CloudWatch Alarm Contributor State Change"],
            "resources": [{"prefix": {"Fn::Sub": f"{alarms}:{config.namespace}-"}}],
        },
        {
            "detail-type": ["CloudWatch Alarm State Change"],
            "resources": [{"prefix": {"Fn::Sub": f"{alarms}:{config.namespace}-custom-"}}],
        },
    ]


def test_the_bus_of_another_account_is_reached_through_a_role(spoke: Template, config: OrgConfig) -> None:
    ((_, target),) = spoke.targets()
    bus = target["Arn"]["Fn::Sub"]
    assert bus.endswith(f":{config.organization.hub.account}:event-bus/{config.namespace}")
    assert target["RoleArn"] == {"Fn::GetAtt": ["ForwarderRole", "Arn"]}
    (put,) = spoke.statements("ForwarderRole")
    assert (actions(put), put["Resource"]) == (["events:PutEvents"], target["Arn"])


def test_every_role_carries_the_region_in_its_name(spoke: Template, config: OrgConfig) -> None:
    names = [role["RoleName"]["Fn::Sub"] for role in spoke.of_type("AWS::IAM::Role").values()]
    expected = {f"{config.namespace}-{role}-${{AWS::Region}}" for role in ("forwarder", "failsafe", "worker")}
    assert set(names) == expected


def test_the_worker_trusts_four_roles_of_the_hub_within_the_organization(
    spoke: Template, config: OrgConfig
) -> None:
    (trust,) = spoke["WorkerRole"]["AssumeRolePolicyDocument"]["Statement"]
    hub, prefix = config.organization.hub.account, f"role{config.iam.role_path}{config.namespace}-hub-"
    assert trust["Principal"] == {"AWS": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{hub}:root"}}
    assert trust["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": config.organization.id},
        "ArnEquals": {
            "aws:PrincipalArn": [
                {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{hub}:{prefix}{name}"}
                for name in ("open-recording", "close-recording", "tell-started", "sweep-batch")
            ]
        },
    }


def test_flow_logs_are_created_with_our_tags_only_on_gateways_and_interfaces(
    spoke: Template, config: OrgConfig
) -> None:
    created, recorded = (
        each for each in spoke.statements("WorkerRole") if actions(each) == ["ec2:CreateFlowLogs"]
    )
    ours = created["Condition"]
    assert created["Resource"]["Fn::Sub"].endswith(":vpc-flow-log/*")
    assert ours["Null"] == {f"aws:RequestTag/{config.namespace}:recording": "false"}
    assert ours["StringEquals"][f"aws:RequestTag/{config.namespace}:hub"] == config.organization.hub.account
    kinds = [each["Fn::Sub"].rsplit(":", 1)[1] for each in recorded["Resource"]]
    assert kinds == ["network-interface/*", "natgateway/*"]


def test_only_flow_logs_with_our_tag_are_deleted(spoke: Template, config: OrgConfig) -> None:
    for role in ("WorkerRole", "FailsafeRole"):
        (delete,) = (each for each in spoke.statements(role) if "ec2:DeleteFlowLogs" in actions(each))
        tag = f"aws:ResourceTag/{config.namespace}:hub"
        assert delete["Condition"]["StringEquals"][tag] == config.organization.hub.account


def test_tags_are_set_at_creation_only(spoke: Template) -> None:
    (tag,) = (each for each in spoke.statements("WorkerRole") if "ec2:CreateTags" in actions(each))
    assert tag["Condition"]["StringEquals"]["ec2:CreateAction"] == "CreateFlowLogs"


def test_the_worker_acts_in_its_own_region_only(spoke: Template) -> None:
    for statement in spoke.statements("WorkerRole"):
        if actions(statement) != ["iam:PassRole"]:
            assert statement["Condition"]["StringEquals"]["aws:RequestedRegion"] == {"Ref": "AWS::Region"}


def test_the_failsafe_role_is_handed_to_the_scheduler_only(spoke: Template) -> None:
    (hand,) = (each for each in spoke.statements("WorkerRole") if actions(each) == ["iam:PassRole"])
    assert hand["Resource"] == {"Fn::GetAtt": ["FailsafeRole", "Arn"]}
    assert hand["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


def test_nothing_may_rewrite_the_policy_of_a_bucket(spoke: Template) -> None:
    assert "s3:" not in spoke.text


def test_what_ends_a_recording_is_the_last_to_go(spoke: Template) -> None:
    resources = spoke.document["Resources"]
    assert set(resources["ForwardDeadLetters"]["DependsOn"]) == {"WorkerRole", "Failsafes"}
