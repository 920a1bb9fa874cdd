"""Everything that stands in an organization's accounts, by kind and name: to compare before and after."""

from collections.abc import Callable, Iterator
from typing import Any

from scripts.stories.places import Organization

Found = tuple[str, str, str, str]
REGIONS = ("eu-west-1", "us-east-1")


def _pages(client: Any, call: str, member: str, **asked: object) -> list[Any]:  # noqa: ANN401 - a client
    return [each for page in client.get_paginator(call).paginate(**asked) for each in page.get(member, [])]


def _rules(client: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    for bus in client.list_event_buses()["EventBuses"]:
        yield f"bus {bus['Name']}"
        for rule in client.list_rules(EventBusName=bus["Name"])["Rules"]:
            yield f"rule {bus['Name']} {rule['Name']}"


def _keys(client: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    for key in _pages(client, "list_keys", "Keys"):
        found = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        # AWS's own keys come by themselves, and nobody can delete them.
        managed = found["Description"].startswith("Default master key that protects")
        if found["KeyState"] != "PendingDeletion" and not managed:
            yield f"{key['KeyId']} {found['Description']}"


# Every kind that natrec makes, and how it is listed in one account and region.
REGIONAL: dict[str, Callable[[Any], Iterator[str] | list[str]]] = {
    "cloudformation": lambda c: [each["StackName"] for each in _pages(c, "describe_stacks", "Stacks")],
    "cloudwatch": lambda c: [each["AlarmName"] for each in _pages(c, "describe_alarms", "MetricAlarms")],
    "events": _rules,
    "scheduler": lambda c: [
        *(f"group {each['Name']}" for each in _pages(c, "list_schedule_groups", "ScheduleGroups")),
        *(f"schedule {each['Name']}" for each in _pages(c, "list_schedules", "Schedules")),
    ],
    "dynamodb": lambda c: _pages(c, "list_tables", "TableNames"),
    "sns": lambda c: [
        *(each["TopicArn"] for each in _pages(c, "list_topics", "Topics")),
        *(each["SubscriptionArn"] for each in _pages(c, "list_subscriptions", "Subscriptions")),
    ],
    "sqs": lambda c: c.list_queues().get("QueueUrls", []),
    "lambda": lambda c: [each["FunctionName"] for each in _pages(c, "list_functions", "Functions")],
    "logs": lambda c: [each["logGroupName"] for each in _pages(c, "describe_log_groups", "logGroups")],
    "stepfunctions": lambda c: [each["name"] for each in _pages(c, "list_state_machines", "stateMachines")],
    "ec2": lambda c: [each["FlowLogId"] for each in _pages(c, "describe_flow_logs", "FlowLogs")],
    "secretsmanager": lambda c: [each["Name"] for each in _pages(c, "list_secrets", "SecretList")],
    "kms": _keys,
}


def inventory(organization: Organization) -> set[Found]:
    """Everything: account, region, kind and name."""
    line = organization.line
    accounts = {
        line["management_account"],
        line["hub"]["account"],
        line["archive"]["account"],
        *line["accounts"],
    }
    found: set[Found] = set()
    for account in accounts:

        def ask(region: str, service: str, account: str = account) -> Any:  # noqa: ANN401 - services come by name
            if account == line["management_account"]:
                return organization.management(service, region)
            return organization.client(account, region, service)

        roles = _pages(ask("us-east-1", "iam"), "list_roles", "Roles")
        found |= {(account, "", "iam", each["RoleName"]) for each in roles}
        found |= {
            (account, "", "s3", each["Name"]) for each in ask("us-east-1", "s3").list_buckets()["Buckets"]
        }
        for region in REGIONS:
            for service, names in REGIONAL.items():
                found |= {(account, region, service, name) for name in names(ask(region, service))}
    cloudformation = organization.management("cloudformation", REGIONS[0])
    if cloudformation.describe_organizations_access()["Status"] == "ENABLED":  # else there can be none
        for each in cloudformation.list_stack_sets(Status="ACTIVE")["Summaries"]:
            found.add((line["management_account"], REGIONS[0], "stack set", each["StackSetName"]))
    return found
