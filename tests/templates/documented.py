"""What AWS documents and no linter knows, spelled as AWS spells it."""

# CloudWatch User Guide, "Alarm events and EventBridge".
ALARM_DETAIL_TYPES = {
    "CloudWatch Alarm State Change",
    "CloudWatch Alarm Contributor State Change",
    "CloudWatch Alarm Configuration Change",
}
ALARM_STATES = {"OK", "ALARM", "INSUFFICIENT_DATA"}

# EventBridge User Guide, "AWS service events delivered via AWS CloudTrail".
TRAIL_DETAIL_TYPES = {"AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"}
# Organizations User Guide, "Logging API calls with AWS CloudTrail for AWS Organizations"; its API reference.
ORGANIZATION_EVENTS = {
    "AccountDepartedOrganization",
    "AccountJoinedOrganization",
    "CloseAccountResult",
    "CreateAccountResult",
    "CreateOrganizationalUnit",
    "DeleteOrganizationalUnit",
    "MoveAccount",
    "RemoveAccountFromOrganization",
}

# Namespace and metric to its sets of dimensions: VPC User Guide, "NAT gateway metrics and dimensions";
# SQS Developer Guide, "Available CloudWatch metrics"; Step Functions Developer Guide, "Monitoring metrics".
_GATEWAY = [{"NatGatewayId"}, {"NatGatewayId", "AvailabilityZone"}]
METRICS: dict[tuple[str, str], list[set[str]]] = {
    ("AWS/NATGateway", "BytesInFromSource"): _GATEWAY,
    ("AWS/NATGateway", "BytesInFromDestination"): _GATEWAY,
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): [{"QueueName"}],
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): [{"QueueName"}],
    ("AWS/States", "ExecutionsSucceeded"): [{"StateMachineArn"}],
    ("AWS/States", "ExecutionsFailed"): [{"StateMachineArn"}],
    ("AWS/States", "ExecutionsTimedOut"): [{"StateMachineArn"}],
    ("AWS/States", "ExecutionsAborted"): [{"StateMachineArn"}],
}
