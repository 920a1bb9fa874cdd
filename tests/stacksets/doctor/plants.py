"""Misconfigurations: each is planted through AWS's API in a running sandbox, and undone."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orgconfig.models import OrgConfig
from scripts.sandbox.remote import ask_at
from scripts.stories.places import Organization
from stacksets.administration import Administrator
from stacksets.bundling import Platform, bundle
from stacksets.doctor.checks import Result
from stacksets.doctor.examining import examine
from stacksets.doctor.registry import CHECKS
from stacksets.inspection.installation import Installation
from stacksets.inspection.targets import covered
from stacksets.steps import Clients

TYPE = "SERVICE_CONTROL_POLICY"
WORKER = "natrec-worker-eu-west-1"
OPT_IN = "eu-south-1"


@dataclass
class World:
    """A sandbox of one member in two regions, and natrec in it."""

    organization: Organization
    config: OrgConfig

    def client(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - services come by name
        if account == self.organization.line["management_account"]:
            return self.organization.management(service, region)
        return self.organization.client(account, region, service)

    def hub(self, service: str) -> Any:  # noqa: ANN401 - as above
        return self.organization.hub(service)

    def archive(self, service: str) -> Any:  # noqa: ANN401 - as above
        return self.organization.archive(service)

    def spoke(self, service: str) -> Any:  # noqa: ANN401 - as above
        return self.client(self.member, "eu-west-1", service)

    @property
    def member(self) -> str:
        return str(self.organization.line["accounts"][0])

    @cached_property
    def ou(self) -> str:
        organizations = self.organization.management("organizations")
        return str(organizations.list_parents(ChildId=self.member)["Parents"][0]["Id"])

    def changed(self, **sections: Any) -> OrgConfig:  # noqa: ANN401 - parts of a config
        return OrgConfig.model_validate({**self.config.document(), **sections})

    def examine(
        self,
        config: OrgConfig | None = None,
        clients: Clients | None = None,
        who: Administrator | None = None,
    ) -> dict[str, list[Result]]:
        """What is not well, by the names of the checks."""
        config = config or self.config
        who = who or Administrator(self.organization.line["management_account"], "SELF")
        known = covered(config, self.client(who.account, "eu-west-1", "organizations"))
        installation = Installation(config, clients or self.client, bundle(Platform.LOCAL).key, who, known)
        found: dict[str, list[Result]] = {}
        for each in examine(installation, CHECKS, installation.targets):
            if not each.verdict.ok:
                found.setdefault(each.check, []).append(each)
        return found


Plant = Callable[[World], AbstractContextManager[None]]


@contextmanager
def scp(world: World, statement: dict[str, Any]) -> Iterator[None]:
    organizations = world.organization.management("organizations")
    content = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*", **statement}]}
    )
    made = organizations.create_policy(Name="guardrails", Description="", Type=TYPE, Content=content)
    policy = made["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=world.ou)
    yield
    organizations.detach_policy(PolicyId=policy, TargetId=world.ou)
    organizations.delete_policy(PolicyId=policy)


@contextmanager
def rcp(world: World) -> Iterator[None]:
    organizations = world.organization.management("organizations")
    root, kind = organizations.list_roots()["Roots"][0]["Id"], "RESOURCE_CONTROL_POLICY"
    statement = {"Sid": "OnlyUs", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    condition = {
        "StringNotEqualsIfExists": {
            "aws:PrincipalOrgID": organizations.describe_organization()["Organization"]["Id"]
        }
    }
    content = json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Condition": condition}})
    organizations.enable_policy_type(RootId=root, PolicyType=kind)
    made = organizations.create_policy(Name="perimeter", Description="", Type=kind, Content=content)
    policy = made["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=root)
    yield
    organizations.detach_policy(PolicyId=policy, TargetId=root)
    organizations.delete_policy(PolicyId=policy)
    organizations.disable_policy_type(RootId=root, PolicyType=kind)


def _scp(*actions: str) -> Plant:
    return lambda world: scp(world, {"Action": list(actions)})


def exempts_others_only(world: World) -> AbstractContextManager[None]:
    """The dry run of the access role passes; the worker's call would not."""
    exempt = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrganizationAccountAccessRole"}}
    return scp(world, {"Action": "ec2:DeleteFlowLogs", "Condition": exempt})


def hangs_on_what_nobody_knows(world: World) -> AbstractContextManager[None]:
    perimeter = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    return scp(world, {"NotAction": "iam:*", "Condition": perimeter})


@contextmanager
def worker_gone(world: World) -> Iterator[None]:
    iam = world.spoke("iam")
    role = iam.get_role(RoleName=WORKER)["Role"]
    document = iam.get_role_policy(RoleName=WORKER, PolicyName="worker")["PolicyDocument"]
    iam.delete_role_policy(RoleName=WORKER, PolicyName="worker")
    iam.delete_role(RoleName=WORKER)
    yield
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=WORKER, Path=role["Path"], AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=WORKER, PolicyName="worker", PolicyDocument=json.dumps(document))


@contextmanager
def worker_trusts_another(world: World) -> Iterator[None]:
    iam = world.spoke("iam")
    trust = iam.get_role(RoleName=WORKER)["Role"]["AssumeRolePolicyDocument"]
    other = json.loads(json.dumps(trust).replace("natrec-hub-close-recording", "natrec-hub-other"))
    iam.update_assume_role_policy(RoleName=WORKER, PolicyDocument=json.dumps(other))
    yield
    iam.update_assume_role_policy(RoleName=WORKER, PolicyDocument=json.dumps(trust))


@contextmanager
def worker_bounded(world: World) -> Iterator[None]:
    iam = world.spoke("iam")
    document = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
    }
    made = iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=WORKER, PermissionsBoundary=made)
    yield
    iam.delete_role_permissions_boundary(RoleName=WORKER)
    iam.delete_policy(PolicyArn=made)


def _bucket_policy(
    change: Callable[[list[dict[str, Any]]], object],
) -> Plant:
    @contextmanager
    def planted(world: World) -> Iterator[None]:
        s3, bucket = world.archive("s3"), world.organization.bucket
        before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
        policy = json.loads(before)
        change(policy["Statement"])
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        yield
        s3.put_bucket_policy(Bucket=bucket, Policy=before)

    return planted


def _without(sid: str) -> Callable[[list[dict[str, Any]]], object]:
    def change(statements: list[dict[str, Any]]) -> None:
        statements[:] = [each for each in statements if each["Sid"] != sid]

    return change


def _key(world: World) -> str:
    rules = world.archive("s3").get_bucket_encryption(Bucket=world.organization.bucket)
    rule = rules["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    return str(rule["KMSMasterKeyID"])


@contextmanager
def key_disabled(world: World) -> Iterator[None]:
    world.archive("kms").disable_key(KeyId=_key(world).rpartition("/")[2])
    yield
    world.archive("kms").enable_key(KeyId=_key(world).rpartition("/")[2])


@contextmanager
def hub_key_disabled(world: World) -> Iterator[None]:
    table = world.hub("dynamodb").describe_table(TableName="natrec")["Table"]
    key = table["SSEDescription"]["KMSMasterKeyArn"].rpartition("/")[2]
    world.hub("kms").disable_key(KeyId=key)
    yield
    world.hub("kms").enable_key(KeyId=key)


@contextmanager
def key_refuses_delivery(world: World) -> Iterator[None]:
    kms, key = world.archive("kms"), _key(world)
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    policy = json.loads(before)
    _without("LogDeliveryOfThisOrganization")(policy["Statement"])
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    yield
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)


@contextmanager
def bus_policy_gone(world: World) -> Iterator[None]:
    events = world.hub("events")
    before = events.describe_event_bus(Name="natrec")["Policy"]
    events.remove_permission(EventBusName="natrec", RemoveAllPermissions=True)
    yield
    events.put_permission(EventBusName="natrec", Policy=before)


@contextmanager
def forwarding_off(world: World) -> Iterator[None]:
    world.spoke("events").disable_rule(Name="natrec-forward")
    yield
    world.spoke("events").enable_rule(Name="natrec-forward")


@contextmanager
def forwarding_elsewhere(world: World) -> Iterator[None]:
    events = world.spoke("events")
    [target] = events.list_targets_by_rule(Rule="natrec-forward")["Targets"]
    events.put_targets(Rule="natrec-forward", Targets=[{**target, "Arn": f"{target['Arn']}-old"}])
    yield
    events.put_targets(Rule="natrec-forward", Targets=[target])


@contextmanager
def onset_rule_off(world: World) -> Iterator[None]:
    world.hub("events").disable_rule(Name="natrec-onset", EventBusName="natrec")
    yield
    world.hub("events").enable_rule(Name="natrec-onset", EventBusName="natrec")


@contextmanager
def letter_undelivered(world: World) -> Iterator[None]:
    sqs = world.spoke("sqs")
    url = sqs.get_queue_url(QueueName="natrec-forward-dead-letters")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    yield
    sqs.purge_queue(QueueUrl=url)


@contextmanager
def subscription_unconfirmed(world: World) -> Iterator[None]:
    sns = world.hub("sns")
    topic = f"arn:aws:sns:eu-west-1:{world.organization.line['hub']['account']}:natrec-notices"
    made = sns.subscribe(
        TopicArn=topic, Protocol="email", Endpoint="team@example.invalid", ReturnSubscriptionArn=True
    )
    yield
    sns.unsubscribe(SubscriptionArn=made["SubscriptionArn"])


@contextmanager
def policy_older(world: World) -> Iterator[None]:
    table, key = world.hub("dynamodb"), {"pk": {"S": "POLICY"}, "sk": {"S": "CURRENT"}}
    version = table.get_item(TableName="natrec", Key=key)["Item"]["version"]

    def put(value: dict[str, str]) -> None:
        table.update_item(
            TableName="natrec",
            Key=key,
            UpdateExpression="SET version = :version",
            ExpressionAttributeValues={":version": value},
        )

    put({"S": "000000000000"})
    yield
    put(version)


@contextmanager
def stack_set_changed(world: World) -> Iterator[None]:
    client = world.organization.management("cloudformation", "eu-west-1")
    before = client.describe_stack_set(StackSetName="natrec-spoke")["StackSet"]["TemplateBody"]

    def put(text: str) -> None:
        started = client.update_stack_set(
            StackSetName="natrec-spoke", TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        asked = {"StackSetName": "natrec-spoke", "OperationId": started["OperationId"]}
        while client.describe_stack_set_operation(**asked)["StackSetOperation"]["Status"] in (
            "RUNNING",
            "QUEUED",
        ):
            pass

    put(before.replace("TreatMissingData: notBreaching", "TreatMissingData: missing"))
    yield
    put(before)


@contextmanager
def archive_stack_changed(world: World) -> Iterator[None]:
    client = world.archive("cloudformation")
    before = client.get_template(StackName="natrec-archive", TemplateStage="Original")["TemplateBody"]

    def put(text: str) -> None:
        client.update_stack(StackName="natrec-archive", TemplateBody=text)
        client.get_waiter("stack_update_complete").wait(
            StackName="natrec-archive", WaiterConfig={"Delay": 0.1}
        )

    put(before.replace("ExpirationInDays: !Ref RetentionDays", "ExpirationInDays: 30"))
    yield
    put(before)


def _quota(world: World, value: float) -> None:
    asked = {"account": world.member, "region": "eu-west-1", "code": "L-2FF78D7B", "value": value}
    ask_at(str(world.organization.line["endpoint"]), "quota", asked)


@contextmanager
def alarms_quota_used_up(world: World) -> Iterator[None]:
    _quota(world, 4)
    yield
    _quota(world, 5000)


@contextmanager
def alarm_deleted(world: World) -> Iterator[None]:
    cloudwatch, name = world.spoke("cloudwatch"), "natrec-standard-upload-zonal"
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[name])
    yield
    put = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    cloudwatch.put_metric_alarm(**{key: value for key, value in alarm.items() if key in put})


@contextmanager
def alarm_changed(world: World) -> Iterator[None]:
    cloudwatch, name = world.spoke("cloudwatch"), "natrec-standard-upload-zonal"
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    put = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    given = {key: value for key, value in alarm.items() if key in put}
    cloudwatch.put_metric_alarm(**{**given, "Threshold": 1.0})
    yield
    cloudwatch.put_metric_alarm(**given)


@contextmanager
def function_deleted(world: World) -> Iterator[None]:
    client, name = world.hub("lambda"), "natrec-tell"
    known = client.get_function_configuration(FunctionName=name)
    artifacts = world.config.names.artifacts_bucket(world.organization.line["hub"]["account"], "eu-west-1")
    client.delete_function(FunctionName=name)
    yield
    kept = ("FunctionName", "Description", "Runtime", "Architectures", "Handler", "Role", "Timeout")
    client.create_function(
        **{each: known[each] for each in kept},
        MemorySize=known["MemorySize"],
        Environment={"Variables": known["Environment"]["Variables"]},
        Code={"S3Bucket": artifacts, "S3Key": bundle(Platform.LOCAL).key},
    )


@contextmanager
def machine_deleted(world: World) -> Iterator[None]:
    client = world.hub("stepfunctions")
    [arn] = [
        each["stateMachineArn"]
        for each in client.list_state_machines()["stateMachines"]
        if each["name"] == world.config.names.state_machine
    ]
    known = client.describe_state_machine(stateMachineArn=arn)
    client.delete_state_machine(stateMachineArn=arn)
    yield
    client.create_state_machine(name=known["name"], definition=known["definition"], roleArn=known["roleArn"])


@contextmanager
def topic_deleted(world: World) -> Iterator[None]:
    client, topic = world.hub("sns"), f"arn:aws:sns:eu-west-1:{world.organization.line['hub']['account']}"
    subscribed = client.list_subscriptions_by_topic(TopicArn=f"{topic}:natrec-notices")["Subscriptions"]
    client.delete_topic(TopicArn=f"{topic}:natrec-notices")
    yield
    client.create_topic(Name="natrec-notices")
    for each in subscribed:
        client.subscribe(
            TopicArn=f"{topic}:natrec-notices", Protocol=each["Protocol"], Endpoint=each["Endpoint"]
        )


@contextmanager
def worker_trusts_everybody(world: World) -> Iterator[None]:
    iam = world.spoke("iam")
    trust = iam.get_role(RoleName=WORKER)["Role"]["AssumeRolePolicyDocument"]
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    open_to_all = {**trust, "Statement": [*trust["Statement"], anybody]}
    iam.update_assume_role_policy(RoleName=WORKER, PolicyDocument=json.dumps(open_to_all))
    yield
    iam.update_assume_role_policy(RoleName=WORKER, PolicyDocument=json.dumps(trust))


@contextmanager
def trusted_access_off(world: World) -> Iterator[None]:
    client = world.organization.management("organizations")
    principal = "member.org.stacksets.cloudformation.amazonaws.com"
    client.disable_aws_service_access(ServicePrincipal=principal)
    yield
    client.enable_aws_service_access(ServicePrincipal=principal)


@contextmanager
def delegation_gone(world: World) -> Iterator[None]:
    client, hub = world.organization.management("organizations"), world.organization.line["hub"]["account"]
    principal = "member.org.stacksets.cloudformation.amazonaws.com"
    client.deregister_delegated_administrator(AccountId=hub, ServicePrincipal=principal)
    yield
    client.register_delegated_administrator(AccountId=hub, ServicePrincipal=principal)


PLANTED: list[tuple[str, Plant, set[str], str]] = [
    ("an SCP denies deleting", _scp("ec2:DeleteFlowLogs"), {"delete flow logs"}, "guardrails"),
    ("an SCP denies creating", _scp("ec2:CreateFlowLogs"), {"create flow logs"}, "guardrails"),
    (
        "an SCP denies arming the failsafe",
        _scp("scheduler:*"),
        {"create flow logs", "delete flow logs"},
        "scheduler:",
    ),
    ("an SCP exempts others only", exempts_others_only, {"delete flow logs"}, "natrec-worker-"),
    (
        "an SCP hangs on what nobody knows",
        hangs_on_what_nobody_knows,
        {"create flow logs", "delete flow logs"},
        "cannot be judged",
    ),
    ("the worker role is gone", worker_gone, {"worker role"}, "there is no role"),
    ("the worker role trusts another", worker_trusts_another, {"worker role"}, "natrec-hub-close-recording"),
    ("the worker role trusts everybody", worker_trusts_everybody, {"worker role"}, "more than"),
    ("a boundary is too narrow", worker_bounded, {"worker role"}, "ec2:CreateFlowLogs"),
    (
        "the bucket refuses delivery",
        _bucket_policy(_without("LogDeliveryWrites")),
        {"archive bucket"},
        "write records",
    ),
    (
        "the bucket is open without TLS",
        _bucket_policy(_without("TlsOnly")),
        {"archive bucket"},
        "without TLS",
    ),
    ("an RCP keeps log delivery out", rcp, {"archive bucket"}, "perimeter"),
    ("the key is disabled", key_disabled, {"archive key"}, "Disabled"),
    (
        "the hub's key is disabled",
        hub_key_disabled,
        # what lies in the table cannot be asked
        {"hub key", "policy", "known accounts", "reached spokes"},
        "the hub answers no alarm",
    ),
    ("the key refuses delivery", key_refuses_delivery, {"archive key"}, "log delivery"),
    ("the bus has no policy", bus_policy_gone, {"bus policy"}, "does not admit"),
    ("forwarding is off", forwarding_off, {"forward rule"}, "disabled"),
    ("forwarding leads elsewhere", forwarding_elsewhere, {"forward rule"}, "natrec-old"),
    ("the hub's onset rule is off", onset_rule_off, {"hub rules"}, "natrec-onset"),
    ("an event was not delivered", letter_undelivered, {"forward dead letters"}, "1 event was"),
    ("a subscription is unconfirmed", subscription_unconfirmed, {"subscriptions"}, "team@example.invalid"),
    ("a function was deleted", function_deleted, {"hub parts"}, "function natrec-tell"),
    ("a state machine was deleted", machine_deleted, {"hub parts"}, "state machine natrec-"),
    ("the topic was deleted", topic_deleted, {"hub parts", "subscriptions"}, "topic natrec-notices"),
    ("the policy in force is older", policy_older, {"policy"}, "000000000000"),
    ("the stack set was changed", stack_set_changed, {"stack set"}, "changed by hand"),
    ("the archive's stack was changed", archive_stack_changed, {"archive stack"}, "template differs"),
    ("no alarm is left of the quota", alarms_quota_used_up, {"alarms quota"}, "all 4 alarms"),
    ("an alarm was deleted", alarm_deleted, {"alarms"}, "natrec-standard-upload-zonal"),
    ("an alarm was changed", alarm_changed, {"alarms"}, "natrec-standard-upload-zonal"),
    ("the hub may not read the organization", delegation_gone, {"delegated administrator"}, "no delegated"),
]
