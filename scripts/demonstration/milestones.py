"""What happens in one recording, and how anyone with access to the accounts can see that it has happened."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orgconfig.names import Names
from scripts.sandbox.organization import Gateway
from scripts.sandbox.world import World


@dataclass(frozen=True)
class Milestone:
    """One thing that must happen.

    Attributes:
        what: In words.
        account: Where.
        region: Where.
        seen: Asks AWS; answers a detail once it has happened, None before.

    """

    what: str
    account: str
    region: str
    seen: Callable[[], str | None]


@dataclass(frozen=True)
class Observer:
    """Looks at one gateway's recording through the AWS API."""

    world: World
    gateway: Gateway

    @property
    def _names(self) -> Names:
        return self.world.config.names

    def _member(self, service: str) -> Any:  # noqa: ANN401 - services come by name
        return self.world.engine.client(self.gateway.account, self.gateway.region, service)

    def _hub(self, service: str) -> Any:  # noqa: ANN401 - as above
        hub = self.world.config.organization.hub
        return self.world.engine.client(hub.account, hub.region, service)

    def milestones(self) -> list[Milestone]:
        """Everything that must happen, in the order in which it usually does."""
        member = (self.gateway.account, self.gateway.region)
        hub = self.world.config.organization.hub
        here, archive = (hub.account, hub.region), self.world.organization.archive
        return [
            Milestone("alarm fires for this gateway", *member, self.alarm),
            Milestone("hub starts an execution", *here, self.execution),
            Milestone("flow log is on", *member, self.flow_log),
            Milestone("failsafe is armed", *member, self.failsafe),
            Milestone("team is told: recording", *here, lambda: self.mail(1)),
            Milestone("first suspect is named", *here, self.suspect),
            Milestone("records reach the archive", archive, hub.region, self.records),
            Milestone("alarm recovers", *member, self.calm),
            Milestone("flow log is deleted", *member, self.silence),
            Milestone("failsafe is removed", *member, self.disarmed),
            Milestone("Athena finds who talked", *here, self.query),
            Milestone("report is written", *here, self.report),
            Milestone("team is told: recorded", *here, lambda: self.mail(2)),
            Milestone("execution ends", *here, self.ended),
        ]

    def _contributors(self) -> list[str]:
        alarm = self._names.alarm("standard", "download", self.gateway.availability)
        found = self._member("cloudwatch").describe_alarm_contributors(AlarmName=alarm)["AlarmContributors"]
        return [alarm for each in found if self.gateway.id in each["ContributorAttributes"].values()]

    def alarm(self) -> str | None:
        """The alarm that lists the gateway as a contributor."""
        return next(iter(self._contributors()), None)

    def calm(self) -> str | None:
        """It lists it no more."""
        return None if self._contributors() or self.execution() is None else "no contributor is left"

    def _executions(self) -> list[dict[str, Any]]:
        machine = self.world.outputs["StateMachineArn"]
        found: list[dict[str, Any]] = self._hub("stepfunctions").list_executions(stateMachineArn=machine)[
            "executions"
        ]
        return found

    def execution(self) -> str | None:
        """The execution of the recording."""
        return next((each["name"] for each in self._executions()), None)

    def ended(self) -> str | None:
        """How the execution ended."""
        return next((each["status"] for each in self._executions() if each["status"] != "RUNNING"), None)

    def _flow_logs(self) -> list[dict[str, Any]]:
        tagged = [{"Name": "tag-key", "Values": [self._names.recording_tag]}]
        found: list[dict[str, Any]] = self._member("ec2").describe_flow_logs(Filter=tagged)["FlowLogs"]
        return found

    def flow_log(self) -> str | None:
        """The flow log with our tag."""
        return next((each["FlowLogId"] for each in self._flow_logs()), None)

    def silence(self) -> str | None:
        """No flow log is left, after there was a recording."""
        return None if self._flow_logs() or not self.recording().get("flow_logs") else "none is left"

    def _schedules(self) -> list[dict[str, Any]]:
        group = self._names.schedule_group
        found: list[dict[str, Any]] = self._member("scheduler").list_schedules(GroupName=group)["Schedules"]
        return found

    def failsafe(self) -> str | None:
        """When the spoke would delete the flow log by itself."""
        for each in self._schedules():
            schedule = self._member("scheduler").get_schedule(
                Name=each["Name"], GroupName=self._names.schedule_group
            )
            when = schedule["ScheduleExpression"].removeprefix("at(").removesuffix(")")
            return f"deletes it at {when} UTC should the hub be gone"
        return None

    def disarmed(self) -> str | None:
        """No failsafe is left, after there was one."""
        return None if self._schedules() or not self.silence() else "not needed any more"

    def records(self) -> str | None:
        """The first object that belongs to this recording."""
        place = self.world.config.organization.archive
        s3 = self.world.engine.client(place.account, self.world.config.organization.hub.region, "s3")
        prefix = f"{self._names.record_prefix}AWSLogs/aws-account-id={self.gateway.account}/"
        found = s3.list_objects_v2(Bucket=place.bucket, Prefix=prefix).get("Contents", [])
        return str(found[0]["Key"]).rsplit("/", 1)[1] if found else None

    def mail(self, number: int) -> str | None:
        """The subject of the n-th mail."""
        letters = self._notices()
        return letters[number - 1].subject if len(letters) >= number else None

    def suspect(self) -> str | None:
        """The first of those whom the first mail suspects."""
        letters = self._notices()
        named = [
            line for letter in letters[:1] for line in letter.text.splitlines() if line.startswith("  i-")
        ]
        return named[0].strip() if named else None

    def _notices(self) -> "list[Letter]":
        """Mail of natrec's own; what CloudWatch writes of an alarm about the hub is none."""
        prefix = f"{self._names.namespace}: "
        return [each for each in letters_of(self.world) if each.subject.startswith(prefix)]

    def query(self) -> str | None:
        """What the query over the archive has read."""
        athena = self._hub("athena")
        for each in athena.list_query_executions(WorkGroup=self._names.work_group)["QueryExecutionIds"]:
            found = athena.get_query_execution(QueryExecutionId=each)["QueryExecution"]
            if found["Status"]["State"] == "SUCCEEDED":
                return f"{found['Statistics']['DataScannedInBytes']:,} bytes read"
        return None

    def report(self) -> str | None:
        """What the report says in one sentence."""
        headline: str | None = self.recording().get("headline")
        return headline

    def recording(self) -> dict[str, Any]:
        """The recording as the execution's own answers tell it, the latest one."""
        for each in self._executions():
            history = self._hub("stepfunctions").get_execution_history(
                executionArn=each["executionArn"], reverseOrder=True
            )
            for event in history["events"]:
                answer = json.loads(event.get("stateExitedEventDetails", {}).get("output", "{}"))
                for step in ("reported", "closed"):
                    if step in answer:
                        found: dict[str, Any] = answer[step]["recording"]
                        return found
        return {}


@dataclass(frozen=True)
class Letter:
    """One caught mail."""

    to: str
    subject: str
    text: str

    @property
    def body(self) -> str:
        """The text without the lines that SNS adds below it."""
        return "\n".join(itertools.takewhile(lambda line: line != "--", self.text.splitlines())).rstrip()


def letters_of(world: World) -> list[Letter]:
    """Every mail that was caught, the oldest first."""
    from email import policy  # noqa: PLC0415 - only here
    from email.parser import BytesParser  # noqa: PLC0415 - only here

    parsed = [
        BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        for path in sorted(world.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    ]
    return [Letter(str(each["To"]), str(each["Subject"]), str(each.get_content())) for each in parsed]
