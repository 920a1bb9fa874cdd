"""What the hub measures arrives in CloudWatch, and what must wake someone does."""

from typing import Any

from hub.domain import measures
from scripts.stories.places import Gateway, Organization, eventually
from scripts.stories.sweeps import sweep_runs
from tests.scenarios.vocabulary import alarm_fires, alarm_recovers, closed, opened

OF_A_STORY = (
    measures.OPENED,
    measures.ONSET_TO_FLOW_LOG,
    measures.CLOSED,
    measures.DELIVERED,
    measures.NOTICES,
)
OF_A_SWEEP = (measures.OPEN, measures.OVERDUE, measures.FINDINGS, measures.PROBLEMS, measures.UNREACHABLE)


def listed(organization: Organization, namespace: str) -> set[str]:
    pages = organization.hub("cloudwatch").get_paginator("list_metrics").paginate(Namespace=namespace)
    return {each["MetricName"] for page in pages for each in page["Metrics"]}


def test_a_story_is_measured_and_every_line_of_metrics_is_well_formed(
    organization: Organization, gateway: Gateway
) -> None:
    alarm_fires(on=gateway)
    opened(on=gateway)
    alarm_recovers(on=gateway)
    closed(on=gateway)
    sweep_runs(organization)
    wanted = {each.name for each in (*OF_A_STORY, *OF_A_SWEEP)}
    namespace = organization.names.namespace
    eventually(lambda: wanted <= listed(organization, namespace), 60)
    assert listed(organization, namespace) <= {each.name for each in measures.METRICS}
    assert "EMFValidationErrors" not in listed(organization, "AWS/Logs")


def test_a_dead_letter_raises_its_alarm(organization: Organization) -> None:
    cloudwatch, sqs = organization.hub("cloudwatch"), organization.hub("sqs")
    url = sqs.get_queue_url(QueueName=organization.names.dead_letters)["QueueUrl"]
    name = organization.names.hub_alarm("dead-letters")

    def alarm() -> dict[str, Any]:
        found: dict[str, Any] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        return found

    sent = sqs.send_message(QueueUrl=url, MessageBody='{"nobody": "took it"}')
    assert sent["MessageId"]
    try:
        eventually(lambda: alarm()["StateValue"] == "ALARM")
    finally:
        sqs.purge_queue(QueueUrl=url)
    assert alarm()["AlarmActions"] == [
        each["TopicArn"]
        for each in organization.hub("sns").list_topics()["Topics"]
        if each["TopicArn"].endswith(":natrec-notices")
    ]
