"""The failsafe of a recording: a schedule in the spoke itself that deletes its flow logs without the hub."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from hub.adapters.declared import calls
from hub.adapters.faults import code_of, told_as
from hub.domain.errors import RecordingFault

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient


@dataclass(frozen=True)
class Failsafes:
    """The failsafes of one spoke.

    Attributes:
        client: EventBridge Scheduler there.
        partition: `aws`, `aws-us-gov` or `aws-cn`.
        group: The schedules' group.
        role: ARN of the role that deletes.
        place: Account and region, for messages.

    """

    client: "EventBridgeSchedulerClient"
    partition: str
    group: str
    role: str
    place: str

    @calls("failsafes", "scheduler:CreateSchedule")
    @calls("failsafe's role", "iam:PassRole")
    def arm(self, recording: str, flow_logs: tuple[str, ...], at: datetime) -> None:
        """Schedule the deletion once (EventBridge Scheduler User Guide, "Universal targets")."""
        with told_as(RecordingFault, f"arming the failsafe in {self.place}"):
            try:
                self.client.create_schedule(
                    Name=recording,
                    GroupName=self.group,
                    ClientToken=recording,
                    Description="Deletes this recording's flow logs should the hub be unable to.",
                    ScheduleExpression=f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
                    FlexibleTimeWindow={"Mode": "OFF"},
                    ActionAfterCompletion="DELETE",
                    Target={
                        "Arn": f"arn:{self.partition}:scheduler:::aws-sdk:ec2:deleteFlowLogs",
                        "RoleArn": self.role,
                        "Input": json.dumps({"FlowLogIds": list(flow_logs)}),
                    },
                )
            except ClientError as error:
                if code_of(error) != "ConflictException":
                    raise

    @calls("failsafes", "scheduler:DeleteSchedule")
    def disarm(self, recording: str) -> None:
        """Remove the schedule; one that is gone already is no failure."""
        with told_as(RecordingFault, f"removing the failsafe in {self.place}"):
            try:
                self.client.delete_schedule(Name=recording, GroupName=self.group)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise

    @calls("failsafes", "scheduler:GetSchedule")
    def armed(self, recording: str) -> bool:
        """Whether the schedule is there."""
        with told_as(RecordingFault, f"looking for the failsafe in {self.place}"):
            try:
                self.client.get_schedule(Name=recording, GroupName=self.group)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                return False
        return True
