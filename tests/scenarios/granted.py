"""What is granted and was not seen in the story of `test_access.py`: why it is needed all the same."""

_LAMBDA = "Lambda does it with the function's role, and not by a call on the wire here"
_MACHINE = "Step Functions logs and traces with its role, without a call on the wire"
_ATHENA = "Athena reads and writes with the rights of whoever asks it"
_KMS = "S3, SNS and SQS ask KMS in the caller's name"
_BUS = "EventBridge delivers with the role, without a call on the wire here"
_DELIVERY = "EC2 asks CloudWatch Logs in the caller's name"
_GIVEN_UP = "only where an event fails for good"

# For every role that is granted it.
UNSEEN = {
    "logs:CreateLogStream": _LAMBDA,
    "logs:PutLogEvents": _LAMBDA,
    "xray:PutTelemetryRecords": _LAMBDA,
    "xray:PutTraceSegments": _LAMBDA,
    "xray:GetSamplingRules": _MACHINE,
    "xray:GetSamplingTargets": _MACHINE,
    "logs:DescribeLogGroups": _MACHINE,
    "logs:DescribeResourcePolicies": _MACHINE,
    "logs:GetLogDelivery": _MACHINE,
    "logs:ListLogDeliveries": _MACHINE,
    "logs:PutResourcePolicy": _MACHINE,
    "logs:UpdateLogDelivery": _MACHINE,
    "logs:CreateLogDelivery": _DELIVERY,
    "logs:DeleteLogDelivery": _DELIVERY,
    "kms:Decrypt": _KMS,
    "kms:GenerateDataKey": _KMS,
    "events:PutEvents": _BUS,
    "athena:GetDataCatalog": _ATHENA,
    "glue:GetDatabase": _ATHENA,
    "glue:GetTable": _ATHENA,
    "glue:GetPartition": _ATHENA,
    "glue:GetPartitions": _ATHENA,
    "glue:BatchGetPartition": _ATHENA,
}
_PLACING = "of an account so new that the organization was not read since"
# For one role only.
UNSEEN_OF = {
    ("hub/StateMachineRole", "athena:StopQueryExecution"): "when an execution is stopped while it asks",
    ("hub/StateMachineRole", "s3:GetBucketLocation"): _ATHENA,
    ("hub/StateMachineRole", "s3:ListBucket"): _ATHENA,
    ("hub/StateMachineRole", "s3:GetObject"): _ATHENA,
    ("hub/StateMachineRole", "s3:PutObject"): _ATHENA,
    ("hub/StateMachineRole", "s3:AbortMultipartUpload"): _ATHENA,
    ("hub/StateMachineRole", "s3:ListBucketMultipartUploads"): _ATHENA,
    ("hub/StateMachineRole", "s3:ListMultipartUploadParts"): _ATHENA,
    ("hub/StateMachineRole", "sqs:SendMessage"): "keeps an event that it cannot read",
    ("hub/DeliverNoticeRole", "sqs:ReceiveMessage"): _LAMBDA,
    ("hub/DeliverNoticeRole", "sqs:DeleteMessage"): _LAMBDA,
    ("hub/DeliverNoticeRole", "sqs:GetQueueAttributes"): _LAMBDA,
    ("hub/DeliverNoticeRole", "sqs:ChangeMessageVisibility"): "only while a channel is away",
    ("hub/DeliverNoticeRole", "sqs:SendMessage"): "only when a channel refuses for good",
    ("hub/NoteRecoveryRole", "sqs:SendMessage"): _GIVEN_UP,
    ("hub/RefreshMembersRole", "sqs:SendMessage"): _GIVEN_UP,
    ("hub/OpenRecordingRole", "dynamodb:ConditionCheckItem"): "only with a quota of bytes",
    ("hub/OpenRecordingRole", "dynamodb:GetItem"): "only when an execution is tried again",
    ("hub/OpenRecordingRole", "organizations:DescribeAccount"): _PLACING,
    ("hub/OpenRecordingRole", "organizations:ListParents"): _PLACING,
    ("hub/OpenRecordingRole", "states:StartExecution"): "only when it takes over an expired lease",
    ("hub/CloseRecordingRole", "dynamodb:PutItem"): "only for an execution that was never admitted",
    ("hub/SweepBatchRole", "dynamodb:DeleteItem"): "only when a spoke that was out of reach is back",
    ("hub/SweepBatchRole", "dynamodb:UpdateItem"): "only when something is closed or noted",
    ("hub/SweepBatchRole", "organizations:DescribeAccount"): _PLACING,
    ("hub/SweepBatchRole", "organizations:ListParents"): _PLACING,
    ("hub/SweepBatchRole", "sqs:SendMessage"): "only when something is found",
    ("hub/SweepBatchRole", "states:DescribeExecution"): "only of an execution that is not listed as running",
    ("hub/SweepBatchRole", "states:SendTaskSuccess"): "only when a recovery was lost",
    ("hub/SweepBatchRole", "states:StartExecution"): "only when an onset is offered, or a recording was lost",
    ("hub/RefreshMembersRole", "dynamodb:UpdateItem"): "only when the organization has changed",
    ("hub/RefreshMembersRole", "states:StartExecution"): "only when the organization has changed",
    ("spoke/WorkerRole", "scheduler:GetSchedule"): "only while a full sweep finds something open",
}
