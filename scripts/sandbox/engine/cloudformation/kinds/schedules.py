"""EventBridge Scheduler: schedules and their groups."""

from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties


class ScheduleGroup(Kind):
    """AWS::Scheduler::ScheduleGroup."""

    type = "AWS::Scheduler::ScheduleGroup"
    name_property = "Name"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the group."""
        made = place.call("scheduler", "create_schedule_group", **properties)
        return Made(properties["Name"], {"Arn": made["ScheduleGroupArn"], "State": "ACTIVE"})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """Only tags can differ."""
        arn = place.arn("scheduler", f"schedule-group/{ref}")
        place.call("scheduler", "tag_resource", ResourceArn=arn, Tags=properties.get("Tags", []))
        return Made(ref, {"Arn": arn, "State": "ACTIVE"})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the group with its schedules."""
        place.client("scheduler").delete_schedule_group(Name=ref)


class Schedule(Kind):
    """AWS::Scheduler::Schedule."""

    type = "AWS::Scheduler::Schedule"
    name_property = "Name"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the schedule."""
        arn = place.call("scheduler", "create_schedule", **properties)["ScheduleArn"]
        return Made(properties["Name"], {"Arn": arn})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """UpdateSchedule replaces all fields."""
        return Made(ref, {"Arn": place.call("scheduler", "update_schedule", **properties)["ScheduleArn"]})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Delete the schedule."""
        group = properties.get("GroupName", "default")
        place.client("scheduler").delete_schedule(Name=ref, GroupName=group)
