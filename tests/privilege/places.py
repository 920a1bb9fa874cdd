"""The ARNs of one installation that its roles act on, by what they are."""

from dataclasses import dataclass
from functools import cached_property

from orgconfig.names import Names
from tests.privilege.attempts import Attempt, Keys, Service
from tests.privilege.deployed import MEMBER, Installation

RECORDING = "rec-20261123T061018-0123456789ab"


@dataclass(frozen=True)
class Places:
    """Where things are; `at` tells another region of the member account."""

    installation: Installation

    @cached_property
    def names(self) -> Names:
        return self.installation.config.names

    @property
    def hub_account(self) -> str:
        return self.installation.config.organization.hub.account

    @property
    def region(self) -> str:
        return self.installation.config.organization.hub.region

    def of_hub(self, logical_id: str) -> str:
        """A resource of the hub's stack."""
        return self.installation.stacks["hub"].arn(logical_id)

    def in_hub(self, service: str, rest: str) -> str:
        """Something else in the hub's account and region."""
        return f"arn:aws:{service}:{self.region}:{self.hub_account}:{rest}"

    @property
    def table(self) -> str:
        return self.of_hub("Table")

    @property
    def work_group(self) -> str:
        return self.in_hub("athena", f"workgroup/{self.names.work_group}")

    @property
    def reports(self) -> str:
        """The bucket of reports."""
        return self.of_hub("ReportsBucket")

    @property
    def report(self) -> str:
        return f"{self.reports}/{self.names.reports_prefix}{RECORDING}/report.html"

    @property
    def answer(self) -> str:
        return f"{self.reports}/{self.names.answers_prefix}0123.csv"

    @property
    def archive(self) -> str:
        return f"arn:aws:s3:::{self.installation.config.organization.archive.bucket}"

    @property
    def record(self) -> str:
        return f"{self.archive}/{self.names.record_prefix}AWSLogs/aws-account-id={MEMBER}/x.log.parquet"

    @property
    def archive_key(self) -> str:
        """Natrec's own, or the one that the config names."""
        kms = self.installation.config.organization.archive.kms
        return kms if kms.startswith("arn:") else self.installation.stacks["archive"].arn("ArchiveKey")

    @property
    def hub_key(self) -> str:
        return self.of_hub("HubKey")

    def through(self, service: str) -> Keys:
        """What KMS is told by a service that asks in somebody's name."""
        return {"kms:ViaService": f"{service}.{self.region}.amazonaws.com"}

    @property
    def logs(self) -> Service:
        """CloudWatch Logs, which has a principal for each region."""
        return Service(f"logs.{self.region}.amazonaws.com")

    def logged(self, logical_id: str) -> Keys:
        """What it tells KMS of a log group."""
        return {"kms:EncryptionContext:aws:logs:arn": self.of_hub(logical_id).removesuffix(":*")}

    @property
    def worker(self) -> str:
        return self.installation.role("spoke/WorkerRole")

    def in_member(self, service: str, rest: str, region: str = "") -> str:
        """Something in the member account."""
        return f"arn:aws:{service}:{region or self.region}:{MEMBER}:{rest}"

    def flow_log(self, region: str = "", name: str = "fl-0123456789abcdef0") -> str:
        return self.in_member("ec2", f"vpc-flow-log/{name}", region)

    def schedule(self, region: str = "", group: str = "") -> str:
        return self.in_member(
            "scheduler", f"schedule/{group or self.names.schedule_group}/{RECORDING}", region
        )

    @property
    def tags(self) -> dict[str, str]:
        """Those of a flow log of this hub."""
        return {self.names.hub_tag: self.hub_account, self.names.recording_tag: RECORDING}

    def requested(self) -> Keys:
        return {f"aws:RequestTag/{key}": value for key, value in self.tags.items()}

    def owned(self) -> Keys:
        return {f"aws:ResourceTag/{key}": value for key, value in self.tags.items()}


def without(keys: Keys, *names: str) -> Keys:
    """Condition keys with some left out."""
    return {key: value for key, value in keys.items() if key not in names}


def assumed(at: Places, role: str, service: str, source: str | None, **keys: str | None) -> Attempt:
    """A service takes a role."""
    arn = at.installation.role(role)
    told: Keys = {"aws:SourceArn": source, "aws:SourceAccount": arn.split(":")[4]} if source else {}
    return Attempt("takes its role", Service(service), "sts:AssumeRole", arn, {**told, **keys})
