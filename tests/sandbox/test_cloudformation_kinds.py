"""Each resource type creates, shows, updates and deletes what its properties say."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.templates import REGION, deploy, described, outputs, reasons, template

PRINCIPAL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}]}


def role(service: str) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}


def made(engine: Engine, account: str, resources: dict[str, Any], **sections: object) -> dict[str, str]:
    stack = deploy(engine, account, "test", template(resources, **sections))
    assert stack["StackStatus"] == "CREATE_COMPLETE", reasons(engine, account, "test")
    return outputs(stack)


def change(engine: Engine, account: str, resources: dict[str, Any], **sections: object) -> None:
    client = engine.client(account, REGION, "cloudformation")
    text = template(resources, **sections)
    client.update_stack(StackName="test", TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert described(engine, account, "test")["StackStatus"] == "UPDATE_COMPLETE", reasons(
        engine, account, "test"
    )


def drop(engine: Engine, account: str) -> None:
    client = engine.client(account, REGION, "cloudformation")
    client.delete_stack(StackName="test")
    client.get_waiter("stack_delete_complete").wait(StackName="test")


def alarm(threshold: int) -> dict[str, Any]:
    query = 'SELECT SUM(BytesInFromSource) FROM SCHEMA("AWS/NATGateway", NatGatewayId) GROUP BY NatGatewayId'
    metrics = [
        {"Id": "q1", "Expression": f"{query} ORDER BY SUM() DESC", "Period": "60", "ReturnData": "true"}
    ]
    properties = {
        "AlarmName": "spike",
        "Metrics": metrics,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": threshold,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 3,
        "TreatMissingData": "notBreaching",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def test_an_alarm_over_a_query_is_created_changed_and_deleted(engine: Engine, account: str) -> None:
    cloudwatch = engine.client(account, REGION, "cloudwatch")
    arn = {"Arn": {"Value": {"Fn::GetAtt": ["Spike", "Arn"]}}, "Name": {"Value": {"Ref": "Spike"}}}
    shown = made(engine, account, {"Spike": alarm(100)}, Outputs=arn)
    assert shown == {"Arn": f"arn:aws:cloudwatch:{REGION}:{account}:alarm:spike", "Name": "spike"}
    change(engine, account, {"Spike": alarm(200)}, Outputs=arn)
    (found,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert found["Threshold"] == 200
    assert found["Metrics"][0]["Period"] == 60
    drop(engine, account)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_a_bus_refers_to_its_name_and_its_policies_are_put(engine: Engine, account: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}
    resources = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "central"}},
        "Admit": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": "organization",
                "Statement": {**statement, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1"}}},
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "take",
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": {"source": ["aws.cloudwatch"]},
                "Targets": [{"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:{account}:q"}],
            },
        },
    }
    made(engine, account, resources)
    events = engine.client(account, REGION, "events")
    policy = json.loads(events.describe_event_bus(Name="central")["Policy"])
    assert [s["Sid"] for s in policy["Statement"]] == ["organization"]
    assert policy["Statement"][0]["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-a1"}
    rule = events.describe_rule(Name="take", EventBusName="central")
    assert json.loads(rule["EventPattern"]) == {"source": ["aws.cloudwatch"]}
    drop(engine, account)
    assert [bus["Name"] for bus in events.list_event_buses()["EventBuses"]] == ["default"]


def test_an_update_of_a_rule_removes_the_targets_that_are_gone(engine: Engine, account: str) -> None:
    def rule(*targets: str) -> dict[str, Any]:
        listed = [{"Id": name, "Arn": f"arn:aws:sqs:{REGION}:{account}:{name}"} for name in targets]
        properties = {"Name": "r", "EventPattern": {"source": ["x"]}, "Targets": listed}
        return {"Rule": {"Type": "AWS::Events::Rule", "Properties": properties}}

    made(engine, account, rule("a", "b"))
    change(engine, account, rule("b", "c"))
    targets = engine.client(account, REGION, "events").list_targets_by_rule(Rule="r")["Targets"]
    assert sorted(target["Id"] for target in targets) == ["b", "c"]


def test_a_topic_keeps_its_key_policy_and_subscriptions(engine: Engine, account: str) -> None:
    resources = {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": "notices", "KmsMasterKeyId": "alias/aws/sns"},
        },
        "Mail": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "a@example.com"},
        },
        "Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": PRINCIPAL},
        },
    }
    made(engine, account, resources)
    sns = engine.client(account, REGION, "sns")
    arn = f"arn:aws:sns:{REGION}:{account}:notices"
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert attributes["KmsMasterKeyId"] == "alias/aws/sns"
    assert json.loads(attributes["Policy"]) == PRINCIPAL
    (mail,) = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    assert mail["Endpoint"] == "a@example.com"


def test_a_queue_keeps_encryption_retention_redrive_and_policy(engine: Engine, account: str) -> None:
    resources = {
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": "1209600"}},
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": "work",
                "SqsManagedSseEnabled": "true",
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                    "maxReceiveCount": 3,
                },
            },
        },
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Fn::GetAtt": ["Queue", "QueueUrl"]}], "PolicyDocument": PRINCIPAL},
        },
    }
    made(engine, account, resources)
    sqs = engine.client(account, REGION, "sqs")
    url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["SqsManagedSseEnabled"] == "true"
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 3
    assert json.loads(attributes["Policy"]) == PRINCIPAL
    drop(engine, account)
    assert "QueueUrls" not in sqs.list_queues()


def bucket(name: str, days: int) -> dict[str, Any]:
    block = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    lifecycle = {"Id": "expire", "Status": "Enabled", "Prefix": "x/", "ExpirationInDays": days}
    abort = {"Id": "abort", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}
    by_default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    properties = {
        "BucketName": name,
        "PublicAccessBlockConfiguration": block,
        "VersioningConfiguration": {"Status": "Enabled"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [by_default]},
        "LifecycleConfiguration": {"Rules": [lifecycle, abort]},
    }
    return {"Type": "AWS::S3::Bucket", "Properties": properties}


def test_a_bucket_keeps_every_setting_and_its_policy(engine: Engine, account: str) -> None:
    name = f"archive-{account}"
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": PRINCIPAL},
    }
    made(engine, account, {"Bucket": bucket(name, 90), "Policy": policy})
    s3 = engine.client(account, REGION, "s3")
    assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"]
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    ownership = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]) == PRINCIPAL
    change(engine, account, {"Bucket": bucket(name, 30), "Policy": policy})
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rules[0]["Expiration"] == {"Days": 30}
    drop(engine, account)
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket=name)


def test_a_bucket_name_in_use_by_another_account_fails(
    engine: Engine, account: str, fresh_account: Callable[[], str]
) -> None:
    name = f"taken-{account}"
    engine.client(fresh_account(), "us-east-1", "s3").create_bucket(Bucket=name)
    stack = deploy(engine, account, "test", template({"Bucket": bucket(name, 1)}))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"{name} already exists" in reasons(engine, account, "test")


def machine(account: str, **more: object) -> dict[str, Any]:
    properties = {"StateMachineName": "m", "RoleArn": f"arn:aws:iam::{account}:role/r", **more}
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}


def test_a_state_machine_really_runs_with_its_substitutions(engine: Engine, account: str) -> None:
    text = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Word}", "End": True}}})
    group = f"arn:aws:logs:{REGION}:{account}:log-group:x:*"
    logging = {
        "Level": "ALL",
        "IncludeExecutionData": False,
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": group}}],
    }
    more = {"LoggingConfiguration": logging, "TracingConfiguration": {"Enabled": True}}
    resource = machine(account, DefinitionString=text, DefinitionSubstitutions={"Word": 'a "b"'}, **more)
    made(engine, account, {"Machine": resource})
    states = engine.client(account, REGION, "stepfunctions")
    arn = f"arn:aws:states:{REGION}:{account}:stateMachine:m"
    found = states.describe_state_machine(stateMachineArn=arn)
    assert found["loggingConfiguration"]["level"] == "ALL"
    assert found["tracingConfiguration"] == {"enabled": True}
    assert json.loads(found["definition"])["States"]["A"]["Result"] == 'a "b"'
    change(
        engine, account, {"Machine": machine(account, Definition=json.loads(text.replace("${Word}", "x")))}
    )
    found = states.describe_state_machine(stateMachineArn=arn)
    assert json.loads(found["definition"])["States"]["A"]["Result"] == "x"
    drop(engine, account)
    assert states.list_state_machines()["stateMachines"] == []


def test_a_definition_with_an_unknown_substitution_fails(engine: Engine, account: str) -> None:
    deploy(engine, account, "test", template({"M": machine(account, DefinitionString='{"a": "${Lost}"}')}))
    assert "${Lost}" in reasons(engine, account, "test")


def schedule(expression: str) -> dict[str, Any]:
    target = {"Arn": "arn:aws:sqs:eu-west-1:123456789012:q", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
    properties = {
        "Name": "sweep",
        "GroupName": {"Ref": "Group"},
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {**target, "Input": '{"full": true}'},
    }
    return {
        "Role": role("scheduler.amazonaws.com"),
        "Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "g"}},
        "Sweep": {"Type": "AWS::Scheduler::Schedule", "Properties": properties},
    }


def test_a_schedule_lives_in_its_group(engine: Engine, account: str) -> None:
    made(engine, account, schedule("rate(5 minutes)"))
    change(engine, account, schedule("rate(1 hour)"))
    scheduler = engine.client(account, REGION, "scheduler")
    assert scheduler.get_schedule(Name="sweep", GroupName="g")["ScheduleExpression"] == "rate(1 hour)"
    drop(engine, account)
    assert [g["Name"] for g in scheduler.list_schedule_groups()["ScheduleGroups"]] == ["default"]


def function(bucket_name: str, **more: object) -> dict[str, Any]:
    properties = {
        "FunctionName": "f",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Handler": "app.handler",
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Code": {"S3Bucket": bucket_name, "S3Key": "f.zip"},
        "Environment": {"Variables": {"TABLE": "t", "ON": True}},
        "TracingConfig": {"Mode": "Active"},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/x/f"},
        "Timeout": 30,
        **more,
    }
    permission = {"FunctionName": {"Ref": "F"}, "Action": "lambda:InvokeFunction"}
    return {
        "Role": role("lambda.amazonaws.com"),
        "F": {"Type": "AWS::Lambda::Function", "Properties": properties},
        "Permit": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {**permission, "Principal": "events.amazonaws.com"},
        },
        "Invoke": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": 0},
        },
    }


def test_a_function_keeps_what_its_properties_say(engine: Engine, account: str) -> None:
    name = f"code-{account}"
    s3 = engine.client(account, "us-east-1", "s3")
    s3.create_bucket(Bucket=name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1")
    s3.put_object(Bucket=name, Key="f.zip", Body=packed.getvalue())
    made(engine, account, function(name))
    lambda_ = engine.client(account, REGION, "lambda")
    found = lambda_.get_function_configuration(FunctionName="f")
    assert found["Architectures"] == ["arm64"]
    assert found["Environment"]["Variables"] == {"TABLE": "t", "ON": "true"}
    assert found["TracingConfig"] == {"Mode": "Active"}
    assert found["LoggingConfig"]["LogFormat"] == "JSON"
    assert "events.amazonaws.com" in lambda_.get_policy(FunctionName="f")["Policy"]
    assert lambda_.get_function_event_invoke_config(FunctionName="f")["MaximumRetryAttempts"] == 0
    change(engine, account, function(name, Timeout=60, ReservedConcurrentExecutions=2))
    assert lambda_.get_function_configuration(FunctionName="f")["Timeout"] == 60
    assert lambda_.get_function_concurrency(FunctionName="f")["ReservedConcurrentExecutions"] == 2
    drop(engine, account)
    assert lambda_.list_functions()["Functions"] == []


def test_glue_and_athena_keep_their_shapes(engine: Engine, account: str) -> None:
    columns = [{"Name": "srcaddr", "Type": "string"}]
    table = {
        "Name": "records",
        "PartitionKeys": [{"Name": "year", "Type": "string"}],
        "Parameters": {"projection.enabled": True},
        "StorageDescriptor": {"Columns": columns, "Location": "s3://b/p/"},
    }
    configuration = {"EnforceWorkGroupConfiguration": True, "BytesScannedCutoffPerQuery": 10_000_000}
    resources = {
        "Database": {
            "Type": "AWS::Glue::Database",
            "Properties": {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseInput": {"Name": "d"}},
        },
        "Table": {
            "Type": "AWS::Glue::Table",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": {"Ref": "Database"},
                "TableInput": table,
            },
        },
        "Group": {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {"Name": "w", "WorkGroupConfiguration": configuration},
        },
    }
    made(engine, account, resources)
    glue = engine.client(account, REGION, "glue")
    found = glue.get_table(DatabaseName="d", Name="records")["Table"]
    assert found["Parameters"]["projection.enabled"] == "true"
    assert found["StorageDescriptor"]["Columns"] == columns
    group = engine.client(account, REGION, "athena").get_work_group(WorkGroup="w")["WorkGroup"]
    assert group["Configuration"]["EnforceWorkGroupConfiguration"] is True


def test_a_key_keeps_its_policy_and_rotation(engine: Engine, account: str) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}],
    }
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy, "EnableKeyRotation": True}},
        "Alias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/archive", "TargetKeyId": {"Ref": "Key"}},
        },
    }
    shown = made(engine, account, resources, Outputs={"Arn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}})
    kms = engine.client(account, REGION, "kms")
    assert json.loads(kms.get_key_policy(KeyId=shown["Arn"], PolicyName="default")["Policy"]) == policy
    assert kms.get_key_rotation_status(KeyId=shown["Arn"])["KeyRotationEnabled"]
    assert kms.describe_key(KeyId="alias/archive")["KeyMetadata"]["Arn"] == shown["Arn"]


def test_a_log_group_keeps_its_retention(engine: Engine, account: str) -> None:
    group = {"LogGroupName": "/x/f", "RetentionInDays": "30", "Tags": [{"Key": "a", "Value": "b"}]}
    made(engine, account, {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": group}})
    (found,) = engine.client(account, REGION, "logs").describe_log_groups()["logGroups"]
    assert found["retentionInDays"] == 30


def table(**more: object) -> dict[str, Any]:
    properties = {
        "TableName": "leases",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "DeletionProtectionEnabled": True,
        **more,
    }
    return {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}


def test_a_table_keeps_expiry_recovery_encryption_and_protection(engine: Engine, account: str) -> None:
    made(engine, account, table())
    dynamodb = engine.client(account, REGION, "dynamodb")
    found = dynamodb.describe_table(TableName="leases")["Table"]
    assert found["DeletionProtectionEnabled"]
    assert found["SSEDescription"]["Status"] == "ENABLED"
    ttl = dynamodb.describe_time_to_live(TableName="leases")["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    backups = dynamodb.describe_continuous_backups(TableName="leases")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    engine.client(account, REGION, "cloudformation").delete_stack(StackName="test")
    assert described(engine, account, "test")["StackStatus"] == "DELETE_FAILED"
    change_protection = dynamodb.update_table
    change_protection(TableName="leases", DeletionProtectionEnabled=False)
    drop(engine, account)
    assert dynamodb.list_tables()["TableNames"] == []


def test_a_role_changes_in_place_and_leaves_nothing_behind(engine: Engine, account: str) -> None:
    def named(action: str) -> dict[str, Any]:
        inline = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
        }
        resource = role("lambda.amazonaws.com")
        resource["Properties"] |= {
            "RoleName": "worker",
            "Path": "/natrec/",
            "Policies": [{"PolicyName": action.split(":", maxsplit=1)[0], "PolicyDocument": inline}],
        }
        return {"Role": resource}

    arn = {"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}}
    shown = made(engine, account, named("ec2:DescribeNatGateways"), Outputs=arn)
    assert shown["Arn"] == f"arn:aws:iam::{account}:role/natrec/worker"
    iam = engine.client(account, REGION, "iam")
    before = iam.get_role(RoleName="worker")["Role"]["RoleId"]
    change(engine, account, named("sqs:SendMessage"), Outputs=arn)
    assert iam.get_role(RoleName="worker")["Role"]["RoleId"] == before
    assert iam.list_role_policies(RoleName="worker")["PolicyNames"] == ["sqs"]
    drop(engine, account)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="worker")
