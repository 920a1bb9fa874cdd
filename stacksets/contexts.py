"""What each template is rendered from: one frozen object per template, made from the config alone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from hub.adapters.declared import On
from hub.settings import Settings
from orgconfig.models import OrgConfig
from orgconfig.names import Names
from orgconfig.prices import GB
from orgconfig.record_format import record_columns
from spoke.alarms import FleetAlarm, fleet_alarms
from stacksets import parameters
from stacksets.functions import FUNCTIONS, of_workers
from stacksets.hub_function import HubFunction
from stacksets.parameters import Parameter
from stacksets.recipients import Subscription, routed, secret_arns

# Which hub functions act in member accounts.
WORKER_CALLERS = tuple(function.name for function in FUNCTIONS if function.on("workers"))
# Whose roles list the archive, and whose reads it: Athena reads as whoever asks it, here the state machine.
ARCHIVE_LISTERS = tuple(function.name for function in FUNCTIONS if function.on("archive"))
ARCHIVE_READER = "recording"

# How long S3 keeps versions that were overwritten or deleted.
NONCURRENT_DAYS = 7
LOG_DAYS = 90
# Longer than an execution can be redriven: 14 days (Step Functions API reference, RedriveExecution).
ANSWER_DAYS = 15
# What one query may read, half a dollar's worth; a recording's partitions hold those of its neighbours too.
SCAN_LIMIT = 100 * GB
SWEEP_MINUTES = 5
# From how much of a quota somebody is woken.
QUOTA_PERCENT = 80
# The alarms about the hub itself, as its dashboard shows them.
HUB_ALARMS = (
    "overdue",
    "no-sweep",
    "sweeps",
    "executions",
    "quota",
    "dead-letters",
    "dead-notices",
    "notices-wait",
)
FULL_SWEEP_MINUTES = 60
REFRESH_MINUTES = 15

# What changes where accounts are (Organizations User Guide, "Logging API calls with AWS CloudTrail"). Of
# accounts that were invited, or left by themselves, only the two membership events tell.
ACCOUNT_EVENTS = (
    "AccountDepartedOrganization",
    "AccountJoinedOrganization",
    "CloseAccountResult",
    "CreateAccountResult",
    "CreateOrganizationalUnit",
    "DeleteOrganizationalUnit",
    "MoveAccount",
    "RemoveAccountFromOrganization",
)

# The indexes of the table, as the hub's adapter asks for them.
HISTORY_INDEX = "history"
OPEN_INDEX = "open"

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"

# For Fn::Sub: the templates know no partition, no region and no account of their own.
PARTITION = "${AWS::Partition}"
HUB_ACCOUNT = "${HubAccount}"
ROLE_PATH = "${RolePath}"
HUB_BUS = f"arn:{PARTITION}:events:${{HubRegion}}:{HUB_ACCOUNT}:event-bus/"


@dataclass(frozen=True)
class SpokeContext:
    """What `spoke.yaml` depends on; ARNs are texts for Fn::Sub, `on` tells what workers call on something."""

    names: Names
    parameters: tuple[Parameter, ...]
    alarms: tuple[FleetAlarm, ...]
    hub_bus: str
    worker_callers: tuple[str, ...]
    on: Callable[[On], tuple[str, ...]] = of_workers

    @classmethod
    def of(cls, config: OrgConfig) -> Self:
        """The spoke that this config asks for, the same in every target."""
        names = _names(config)
        return cls(
            names=names,
            parameters=parameters.of_spoke(config),
            alarms=tuple(fleet_alarms(config.tiers, names)),
            hub_bus=f"{HUB_BUS}{names.bus}",
            worker_callers=tuple(map(names.hub_role, WORKER_CALLERS)),
        )


@dataclass(frozen=True)
class ManagementContext:
    """What `management.yaml` depends on; `hub_bus` is a text for Fn::Sub."""

    names: Names
    parameters: tuple[Parameter, ...]
    hub_bus: str
    account_events: tuple[str, ...]

    @classmethod
    def of(cls, config: OrgConfig) -> Self:
        """The stack of the management account that this config asks for."""
        names = _names(config)
        return cls(
            names=names,
            parameters=parameters.of_management(config),
            hub_bus=f"{HUB_BUS}{names.bus}",
            account_events=ACCOUNT_EVENTS,
        )


@dataclass(frozen=True)
class ArchiveContext:
    """What `archive.yaml` depends on; `kms` is `managed`, `none` or a key's ARN, the ARNs for Fn::Sub."""

    names: Names
    parameters: tuple[Parameter, ...]
    kms: str
    noncurrent_days: int
    reader_arn: str
    lister_arns: tuple[str, ...]

    @classmethod
    def of(cls, config: OrgConfig) -> Self:
        """The archive that this config asks for."""
        names = _names(config)
        return cls(
            names=names,
            parameters=parameters.of_archive(config),
            kms=config.organization.archive.kms,
            noncurrent_days=NONCURRENT_DAYS,
            reader_arn=_role_of_hub(names, ARCHIVE_READER),
            lister_arns=tuple(_role_of_hub(names, each) for each in (ARCHIVE_READER, *ARCHIVE_LISTERS)),
        )


@dataclass(frozen=True)
class DashboardContext:
    """What `dashboard.json` depends on; ARNs are texts for Fn::Sub."""

    names: Names
    alarms: tuple[str, ...]
    recording_arn: str
    sweep_arn: str
    quota_percent: int = QUOTA_PERCENT

    @classmethod
    def of(cls, config: OrgConfig) -> Self:
        """The dashboard of this config's hub."""
        names = _names(config)
        machines = f"arn:{PARTITION}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:"
        return cls(names, HUB_ALARMS, f"{machines}{names.state_machine}", f"{machines}{names.sweep_machine}")


@dataclass(frozen=True)
class HubContext:
    """What `hub.yaml` depends on.

    Attributes:
        names: Every name; the path of roles is a parameter.
        parameters: What may be given another value, beside where the functions' zip lies.
        functions: Every function of the hub.
        machine_functions: Those that the state machine of a recording calls.
        sweep_functions: Those that the state machine of a sweep calls.
        variables: Their environment: each variable with its value in YAML.
        emails: Who is subscribed to the topic.
        routed: Who is subscribed to the topic of routes.
        chat: Whether there is a topic for Amazon Q Developer.
        secrets: The ARNs of the secrets that hold webhooks.
        digest_hour: When the digest is sent, UTC; None for never.
        keyed: Whether notices and reports get a key of their own; they do when the archive has one.
        archive_keys: Which keys may encrypt it, in YAML.
        record_columns: The columns of a record and their types, as Glue names both.
        state_machine: The definition of a recording's state machine, as JSON.
        sweep_machine: That of a sweep's.
        dashboard: The body of the dashboard as JSON, for Fn::Sub.
        sweep_rate: How often the quick sweep comes, as EventBridge writes it.
        full_sweep_rate: How often the full one does.
        refresh_rate: How often the hub reads the organization, in the same way.
        quota_percent: From how much of a quota somebody is woken.
        history_index: The table's index of all recordings.
        open_index: The table's index of what the sweep watches.
        answer_days: How long Athena's answers are kept, where reports are not kept for less.
        scan_limit: How many bytes one query may read.
        noncurrent_days: How long S3 keeps what was overwritten.
        log_days: How long logs are kept.
        runtime: Lambda's runtime.
        architecture: Lambda's processor.

    """

    names: Names
    parameters: tuple[Parameter, ...]
    functions: tuple[HubFunction, ...]
    machine_functions: tuple[HubFunction, ...]
    sweep_functions: tuple[HubFunction, ...]
    variables: Mapping[str, str]
    emails: tuple[Subscription, ...]
    routed: tuple[Subscription, ...]
    chat: bool
    secrets: tuple[str, ...]
    digest_hour: int | None
    keyed: bool
    archive_keys: str
    record_columns: tuple[tuple[str, str], ...]
    state_machine: str
    sweep_machine: str
    dashboard: str
    sweep_rate: str
    full_sweep_rate: str
    refresh_rate: str
    quota_percent: int = QUOTA_PERCENT
    history_index: str = HISTORY_INDEX
    open_index: str = OPEN_INDEX
    answer_days: int = ANSWER_DAYS
    scan_limit: int = SCAN_LIMIT
    noncurrent_days: int = NONCURRENT_DAYS
    log_days: int = LOG_DAYS
    runtime: str = RUNTIME
    architecture: str = ARCHITECTURE

    @classmethod
    def of(
        cls,
        config: OrgConfig,
        state_machine: str,
        sweep_machine: str,
        dashboard: str,
        sweep_minutes: int = SWEEP_MINUTES,
    ) -> Self:
        """The hub that this config asks for."""
        archive = config.organization.archive
        return cls(
            names=_names(config),
            parameters=parameters.of_hub(config),
            functions=FUNCTIONS,
            machine_functions=_called_by("recording"),
            sweep_functions=_called_by("sweep"),
            variables=_variables(config),
            emails=tuple(map(Subscription, dict.fromkeys(config.notify.email))),
            routed=routed(config.notify),
            chat=config.notify.chat,
            secrets=secret_arns(config.notify),
            digest_hour=config.notify.digest_hour,
            keyed=archive.keyed,
            archive_keys=_archive_keys(archive.kms),
            record_columns=record_columns(),
            state_machine=state_machine,
            sweep_machine=sweep_machine,
            dashboard=dashboard,
            sweep_rate=_rate(sweep_minutes),
            full_sweep_rate=_rate(FULL_SWEEP_MINUTES),
            refresh_rate=_rate(REFRESH_MINUTES),
        )


def _called_by(machine: str) -> tuple[HubFunction, ...]:
    return tuple(each for each in FUNCTIONS if each.invoked_by == "states" and each.machine == machine)


def _names(config: OrgConfig) -> Names:
    return Names(config.namespace, ROLE_PATH)


def _role_of_hub(names: Names, function: str) -> str:
    return names.role_arn(PARTITION, HUB_ACCOUNT, names.hub_role(function))


def _rate(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    amount, unit = (minutes, "minute") if rest else (hours, "hour")
    return f"rate({amount} {unit if amount == 1 else f'{unit}s'})"


def _variables(config: OrgConfig) -> dict[str, str]:
    """One variable per field of the functions' settings; a field without a value here is a KeyError."""
    values = {
        "namespace": json.dumps(config.namespace),
        "partition": "!Ref AWS::Partition",
        "account": "!Ref AWS::AccountId",
        "region": "!Ref AWS::Region",
        "role_path": "!Ref RolePath",
        "table": "!Ref Table",
        "topic_arn": "!Ref Topic",
        "routes_topic_arn": "!Ref RoutesTopic",
        "chat_topic_arn": "!Ref ChatTopic" if config.notify.chat else '""',
        "notices_url": "!Ref Notices",
        "dead_notices_url": "!Ref DeadNotices",
        "reports_bucket": "!Ref ReportsBucket",
        "archive_bucket": "!Ref ArchiveBucket",
    }
    return {Settings.variable(field): values[field] for field in Settings.fields()}


def _archive_keys(kms: str) -> str:
    """A key that natrec made in another account has an ARN that is not known before it exists."""
    if kms.startswith("arn:"):
        return json.dumps(kms)
    return f'!Sub "arn:{PARTITION}:kms:${{AWS::Region}}:${{ArchiveAccount}}:key/*"'
