"""Where reports are, in the history: they move when the hub goes, and the table stays."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def relink(client: "DynamoDBClient", table: str, before: str, after: str) -> int:
    """Let recordings name where their reports are now; safe to repeat.

    Args:
        client: DynamoDB of the hub.
        table: The hub's table.
        before: What their URLs began with.
        after: What they begin with now.

    Returns:
        How many there were.

    """
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="begins_with(#report, :before)",
        ProjectionExpression="pk, sk, #report",
        ExpressionAttributeNames={"#report": "report"},
        ExpressionAttributeValues={":before": {"S": before}},
    )
    count = 0
    for page in pages:
        for item in page["Items"]:
            client.update_item(
                TableName=table,
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET #report = :url",
                ExpressionAttributeNames={"#report": "report"},
                ExpressionAttributeValues={":url": {"S": after + item["report"]["S"].removeprefix(before)}},
            )
            count += 1
    return count
