"""The stack of the hub."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from hub.settings import Settings
from orgconfig.models import OrgConfig
from orgconfig.record_format import RECORD_FORMAT
from scripts.checks.definitions import substitutions
from stacksets.bundling import Platform, bundle
from tests.templates.reading import Template, actions

MACHINES = ["StateMachine", "SweepMachine"]
OUTPUTS = {"BusArn", "TableName", "StateMachineArn", "TopicArn", "ReportsBucket", "ArchiveBucket"}
FUNCTIONS = {
    "open-recording",
    "note-recovery",
    "close-recording",
    "write-report",
    "tell-started",
    "tell",
    "tell-digest",
    "deliver-notice",
    "sweep-plan",
    "sweep-batch",
    "sweep-summary",
    "refresh-members",
}


def test_its_names_are_those_that_others_rely_on(hub: Template, config: OrgConfig) -> None:
    namespace = config.namespace
    assert hub["Bus"]["Name"] == hub["Table"]["TableName"] == namespace
    assert hub["StateMachine"]["StateMachineName"] == f"{namespace}-recording"
    assert hub["SweepMachine"]["StateMachineName"] == f"{namespace}-sweep"
    assert hub["Topic"]["TopicName"] == f"{namespace}-notices"
    assert set(hub.document["Outputs"]) == OUTPUTS
    names = {each["FunctionName"] for each in hub.of_type("AWS::Lambda::Function").values()}
    assert names == {f"{namespace}-{name}" for name in FUNCTIONS}


def test_the_bus_admits_forwarders_of_this_organization_only(hub: Template, config: OrgConfig) -> None:
    statement = hub["BusPolicy"]["Statement"]
    forwarders = f"arn:${{AWS::Partition}}:iam::*:role{config.iam.role_path}{config.namespace}-forwarder-*"
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": config.organization.id},
        "ArnLike": {"aws:PrincipalArn": {"Fn::Sub": forwarders}},
    }


@pytest.mark.parametrize(
    ("rule", "states"), [("OnsetRule", ["ALARM"]), ("RecoveryRule", ["OK", "INSUFFICIENT_DATA"])]
)
def test_a_rule_takes_contributors_and_custom_alarms_in_its_states(
    hub: Template, config: OrgConfig, rule: str, states: list[str]
) -> None:
    assert hub[rule]["EventBusName"] == {"Ref": "Bus"}
    assert hub[rule]["EventPattern"] == {
        "source": ["aws.cloudwatch"],
        "detail": {"state": {"value": states}},
        "$or": [
            {"detail-type": ["CloudWatch Alarm Contributor State Change"]},
            {
                "detail-type": ["CloudWatch Alarm State Change"],
                "resources": [{"wildcard": f"*:alarm:{config.namespace}-custom-*"}],
            },
        ],
    }


def test_what_the_management_account_tells_of_accounts_is_read_at_once(
    hub: Template, config: OrgConfig
) -> None:
    rule = hub["AccountsRule"]
    assert (rule["Name"], rule["EventBusName"]) == (f"{config.namespace}-accounts", {"Ref": "Bus"})
    management = config.organization.management_account
    assert rule["EventPattern"] == {"source": ["aws.organizations"], "account": [management]}


def test_the_organization_is_read_every_quarter_of_an_hour_whatever_is_told(
    hub: Template, config: OrgConfig
) -> None:
    rule = hub["RefreshRule"]
    assert (rule["Name"], rule["ScheduleExpression"]) == (f"{config.namespace}-refresh", "rate(15 minutes)")
    assert "EventBusName" not in rule
    assert [each["Arn"] for each in rule["Targets"]] == [{"Fn::GetAtt": ["RefreshMembersFunction", "Arn"]}]


def test_the_organization_is_only_ever_read(hub: Template) -> None:
    found = {
        role: {
            action for one in hub.statements(role) for action in actions(one) if "organizations:" in action
        }
        for role in hub.of_type("AWS::IAM::Role")
    }
    looking_up = {"OpenRecordingRole", "SweepBatchRole"}
    assert {role for role, asked in found.items() if asked} == {*looking_up, "RefreshMembersRole"}
    for role in looking_up:
        assert found[role] == {"organizations:DescribeAccount", "organizations:ListParents"}
    assert all(action.startswith("organizations:List") for action in found["RefreshMembersRole"])
    verbs = {action.split(":")[1] for asked in found.values() for action in asked}
    assert all(verb.startswith(("Describe", "List")) for verb in verbs)


def test_step_functions_is_started_through_a_role(hub: Template) -> None:
    for _, target in hub.targets():
        assert (target["Arn"]["Fn::GetAtt"][0] in MACHINES) == ("RoleArn" in target)


@pytest.mark.parametrize(
    ("rule", "kind", "rate"), [("SweepRule", "quick", "5 minutes"), ("FullSweepRule", "full", "1 hour")]
)
def test_each_kind_of_sweep_has_its_schedule(
    hub: Template, config: OrgConfig, rule: str, kind: str, rate: str
) -> None:
    assert hub[rule]["Name"] == f"{config.namespace}-{kind}-sweep"
    assert hub[rule]["ScheduleExpression"] == f"rate({rate})"
    (target,) = hub[rule]["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["SweepMachine", "Arn"]}
    assert json.loads(target["Input"]) == {"kind": kind}


def test_every_rule_may_call_its_function(hub: Template) -> None:
    admitted = [
        (each["FunctionName"], each["SourceArn"]) for each in hub.of_type("AWS::Lambda::Permission").values()
    ]
    for rule, target in hub.targets():
        if "RoleArn" not in target:
            assert (target["Arn"], {"Fn::GetAtt": [rule, "Arn"]}) in admitted


def test_every_function_logs_into_a_group_of_its_own_that_forgets(hub: Template) -> None:
    groups = hub.of_type("AWS::Logs::LogGroup")
    for name, function in hub.of_type("AWS::Lambda::Function").items():
        group = function["LoggingConfig"]["LogGroup"]["Ref"]
        assert groups[group]["LogGroupName"] == f"/aws/lambda/{function['FunctionName']}"
        assert groups[group]["RetentionInDays"] > 0
        role = function["Role"]["Fn::GetAtt"][0]
        (log,) = (each for each in hub.statements(role) if "logs:PutLogEvents" in actions(each))
        assert log["Resource"] == {"Fn::GetAtt": [group, "Arn"]}
        assert role == name.replace("Function", "Role")


def test_the_environment_is_what_the_settings_ask_for(hub: Template) -> None:
    expected = {Settings.variable(field) for field in Settings.fields()} | {"AWS_STS_REGIONAL_ENDPOINTS"}
    for function in hub.of_type("AWS::Lambda::Function").values():
        assert set(function["Environment"]["Variables"]) == expected


def test_every_handler_is_in_the_zip(hub: Template) -> None:
    with zipfile.ZipFile(bundle(Platform.LOCAL).path) as archive:
        inside = set(archive.namelist())
    for function in hub.of_type("AWS::Lambda::Function").values():
        module, _, callable_name = function["Handler"].rpartition(".")
        path = f"{module.replace('.', '/')}.py"
        assert path in inside
        assert f"def {callable_name}(" in Path(path).read_text()


def test_every_function_runs_where_its_zip_was_built_for(hub: Template) -> None:
    for function in hub.of_type("AWS::Lambda::Function").values():
        assert function["Runtime"] == f"python{Platform.LAMBDA.markers['python_version']}"
        assert function["Architectures"] == ["arm64"]
        assert Platform.LAMBDA.markers["platform_machine"] == "aarch64"


def test_the_state_machine_waits_longer_than_its_functions_run(hub: Template) -> None:
    timeouts = {name: each["Timeout"] for name, each in hub.of_type("AWS::Lambda::Function").items()}
    assert timeouts == {
        "OpenRecordingFunction": 60,
        "NoteRecoveryFunction": 30,
        "CloseRecordingFunction": 120,
        "WriteReportFunction": 120,
        "TellStartedFunction": 45,
        "TellFunction": 30,
        "TellDigestFunction": 120,
        "DeliverNoticeFunction": 30,
        "SweepPlanFunction": 60,
        "SweepBatchFunction": 840,
        "SweepSummaryFunction": 30,
        "RefreshMembersFunction": 300,
    }


@pytest.mark.parametrize("name", MACHINES)
def test_every_open_place_of_the_definition_is_filled_and_no_other(hub: Template, name: str) -> None:
    machine = hub[name]
    assert set(machine["DefinitionSubstitutions"]) == substitutions(machine["DefinitionString"])


@pytest.mark.parametrize("machine", MACHINES)
def test_the_state_machine_may_call_what_it_calls(hub: Template, machine: str) -> None:
    filled = hub[machine]["DefinitionSubstitutions"]
    (call,) = (each for each in hub.statements(f"{machine}Role") if "lambda:InvokeFunction" in actions(each))
    assert call["Resource"] == [value for name, value in filled.items() if name.endswith("Arn")]


@pytest.mark.parametrize("machine", MACHINES)
def test_no_task_token_reaches_the_logs(hub: Template, machine: str) -> None:
    logging = hub[machine]["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)


def test_what_nobody_waits_for_is_tried_again_and_then_kept(hub: Template) -> None:
    called = {target["Arn"]["Fn::GetAtt"][0] for _, target in hub.targets() if "RoleArn" not in target}
    configs = hub.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert {each["FunctionName"]["Ref"] for each in configs} == called
    for each in configs:
        assert each["MaximumRetryAttempts"] == 2
        assert each["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
        role = each["FunctionName"]["Ref"].replace("Function", "Role")
        assert "sqs:SendMessage" in [action for one in hub.statements(role) for action in actions(one)]


def test_the_table_is_protected_and_keeps_its_keys(hub: Template) -> None:
    table = hub["Table"]
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    keys = {
        each["IndexName"]: [key["AttributeName"] for key in each["KeySchema"]]
        for each in table["GlobalSecondaryIndexes"]
    }
    assert keys == {"history": ["month", "opened_at"], "open": ["watched", "watched_until"]}


def test_functions_reach_member_accounts_only_where_the_worker_trusts_them(hub: Template) -> None:
    assuming = {
        role
        for role in hub.of_type("AWS::IAM::Role")
        for statement in hub.statements(role)
        if "sts:AssumeRole" in actions(statement)
    }
    assert assuming == {"OpenRecordingRole", "CloseRecordingRole", "TellStartedRole", "SweepBatchRole"}


def test_everybody_whom_the_config_names_is_told(hub: Template, config: OrgConfig) -> None:
    told = {each["Endpoint"] for each in hub.of_type("AWS::SNS::Subscription").values()}
    assert told == set(config.notify.email)


def test_alarms_about_the_hub_itself_reach_the_team(hub: Template) -> None:
    alarms = hub.of_type("AWS::CloudWatch::Alarm")
    own = (
        "DeadLetters",
        "DeadNotices",
        "Executions",
        "NoSweep",
        "NoticesWait",
        "Overdue",
        "Quota",
        "Sweeps",
    )
    assert set(alarms) == {f"{each}Alarm" for each in own}
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}]


_ENCRYPTED_BY = {
    "AWS::DynamoDB::Table": lambda found: found["SSESpecification"].get("KMSMasterKeyId"),
    "AWS::SQS::Queue": lambda found: found.get("KmsMasterKeyId"),
    "AWS::SNS::Topic": lambda found: found.get("KmsMasterKeyId"),
    "AWS::Logs::LogGroup": lambda found: found.get("KmsKeyId"),
    "AWS::S3::Bucket": lambda found: found["BucketEncryption"]["ServerSideEncryptionConfiguration"][0][
        "ServerSideEncryptionByDefault"
    ].get("KMSMasterKeyID"),
    "AWS::Athena::WorkGroup": lambda found: found["WorkGroupConfiguration"]["ResultConfiguration"][
        "EncryptionConfiguration"
    ].get("KmsKey"),
}


@pytest.mark.parametrize("kind", _ENCRYPTED_BY)
def test_whatever_holds_data_is_under_the_hubs_key_where_the_config_wants_keys(
    kind: str, hub: Template, config: OrgConfig
) -> None:
    keyed = config.organization.archive.kms != "none"
    named = [_ENCRYPTED_BY[kind](hub[each]) for each in hub.of_type(kind)]
    assert named
    assert all(each == ({"Fn::GetAtt": ["HubKey", "Arn"]} if keyed else None) for each in named)


def test_a_queue_is_always_encrypted_and_by_one_key(hub: Template) -> None:
    for queue in hub.of_type("AWS::SQS::Queue"):
        assert ("KmsMasterKeyId" in hub[queue]) != ("SqsManagedSseEnabled" in hub[queue])


@pytest.mark.parametrize(
    ("role", "services"),
    [
        ("OpenRecordingRole", {"dynamodb", "sqs"}),
        ("NoteRecoveryRole", {"dynamodb", "sqs"}),  # what fails for good goes into the dead letters
        ("WriteReportRole", {"dynamodb", "s3"}),
        ("DeliverNoticeRole", {"dynamodb", "sns", "sqs"}),
        ("SweepSummaryRole", set[str]()),
    ],
)
def test_a_role_uses_the_hubs_key_only_through_the_services_that_it_calls(
    role: str, services: set[str], hub: Template, config: OrgConfig
) -> None:
    said = [
        each["Condition"]["StringEquals"]["kms:ViaService"]["Fn::Sub"]
        for each in hub.statements(role)
        if "kms:" in str(actions(each))
    ]
    keyed = config.organization.archive.kms != "none"
    assert {each.partition(".")[0] for each in said} == (services if keyed else set())
    assert all(each.endswith(".${AWS::Region}.${AWS::URLSuffix}") for each in said)


def test_the_hubs_key_stays_as_long_as_the_table(hub: Template, config: OrgConfig) -> None:
    if config.organization.archive.kms == "none":
        return
    resources = hub.document["Resources"]
    assert resources["HubKey"]["DeletionPolicy"] == resources["Table"]["DeletionPolicy"] == "Retain"


def test_the_table_has_the_columns_of_the_record_format_in_order(hub: Template) -> None:
    columns = hub["Records"]["TableInput"]["StorageDescriptor"]["Columns"]
    assert [each["Name"] for each in columns] == [field.replace("-", "_") for field in RECORD_FORMAT]
    assert {each["Type"] for each in columns} == {"string", "int", "bigint"}


def test_partitions_lead_to_where_flow_logs_write(hub: Template, config: OrgConfig) -> None:
    table = hub["Records"]["TableInput"]
    parameters, keys = table["Parameters"], {each["Name"]: each["Type"] for each in table["PartitionKeys"]}
    assert parameters["storage.location.template"] == (
        f"s3://{config.organization.archive.bucket}/{config.namespace}/AWSLogs/aws-account-id=${{owner}}/"
        "aws-service=vpcflowlogs/aws-region=${owner_region}/year=${year}/month=${month}/day=${day}/hour=${hour}/"
    )
    assert {key for key in keys if parameters[f"projection.{key}.type"] == "injected"} == {
        "owner",
        "owner_region",
    }
    # A key and a column of one name would be one column.
    assert not set(keys) & {each["Name"] for each in table["StorageDescriptor"]["Columns"]}
    assert all(re.fullmatch(r"[a-z_]+", each) for each in (*keys, hub["Database"]["DatabaseInput"]["Name"]))


def test_a_query_may_write_to_one_place_and_read_so_much(hub: Template, config: OrgConfig) -> None:
    settings = hub["WorkGroup"]["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == 100 * 10**9
    result = settings["ResultConfiguration"]
    assert result["OutputLocation"] == {"Fn::Sub": "s3://${ReportsBucket}/answers/"}
    keyed = config.organization.archive.kms != "none"
    assert result["EncryptionConfiguration"]["EncryptionOption"] == ("SSE_KMS" if keyed else "SSE_S3")


def test_answers_are_kept_as_long_as_an_execution_can_be_redriven(hub: Template) -> None:
    rules = {each["Id"]: each for each in hub["ReportsBucket"]["LifecycleConfiguration"]["Rules"]}
    assert (rules["answers"]["Prefix"], rules["answers"]["ExpirationInDays"]) == ("answers/", 15)
    assert "Prefix" not in rules["retention"]  # where reports are kept for less, so are answers


def test_only_the_state_machine_reads_records_and_only_through_its_workgroup(hub: Template) -> None:
    reading = {
        role
        for role in hub.of_type("AWS::IAM::Role")
        for each in hub.statements(role)
        if each.get("Sid") == "ReadRecords" or "glue:GetTable" in actions(each)
    }
    assert reading == {"StateMachineRole"}
    for role in hub.of_type("AWS::IAM::Role"):
        for each in hub.statements(role):
            if {"athena:StartQueryExecution", "athena:GetQueryResults"} & set(actions(each)):
                assert str(each["Resource"]).endswith(f"workgroup/{hub['WorkGroup']['Name']}'}}")


def test_no_function_writes_anything_but_reports_into_the_bucket_of_reports(hub: Template) -> None:
    for role in ("WriteReportRole", "TellStartedRole"):
        (write,) = [each for each in hub.statements(role) if "s3:PutObject" in actions(each)]
        assert write["Resource"] == {"Fn::Sub": "${ReportsBucket.Arn}/recordings/*"}
