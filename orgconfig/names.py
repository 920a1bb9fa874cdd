"""Every name and tag that two parts of natrec must agree on; no literal of them stands elsewhere.

A role's name carries its region, because IAM is global and a stack set is regional: the same name
in a second region fails. Hub roles and spoke roles differ, for the hub account may be a target too.
"""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["upload", "download"]
Availability = Literal["zonal", "regional"]

DIRECTIONS: tuple[Direction, ...] = ("upload", "download")
AVAILABILITIES: tuple[Availability, ...] = ("zonal", "regional")


@dataclass(frozen=True)
class Names:
    """The names of one installation.

    Attributes:
        namespace: The config's `namespace`, `natrec` by default.
        role_path: The IAM path of every role, `/natrec/` by default; begins and ends with a slash.

    """

    namespace: str
    role_path: str = "/"

    # The hub.

    @property
    def bus(self) -> str:
        """The hub's event bus."""
        return self.namespace

    @property
    def table(self) -> str:
        """The hub's DynamoDB table."""
        return self.namespace

    @property
    def state_machine(self) -> str:
        """The state machine of one recording."""
        return f"{self.namespace}-recording"

    @property
    def sweep_machine(self) -> str:
        """The state machine of one sweep."""
        return f"{self.namespace}-sweep"

    @property
    def topic(self) -> str:
        """The SNS topic of the central team's notices."""
        return f"{self.namespace}-notices"

    @property
    def hub_stack(self) -> str:
        """The hub's CloudFormation stack."""
        return f"{self.namespace}-hub"

    @property
    def archive_stack(self) -> str:
        """The archive's CloudFormation stack."""
        return f"{self.namespace}-archive"

    @property
    def management_stack(self) -> str:
        """The stack in the management account."""
        return f"{self.namespace}-management"

    @property
    def spoke_stack_set(self) -> str:
        """The stack set that places the spoke in every target."""
        return f"{self.namespace}-spoke"

    @property
    def spoke_stack(self) -> str:
        """The same in the management account, as a plain stack."""
        return f"{self.namespace}-spoke"

    @property
    def dead_letters(self) -> str:
        """The hub's queue of events that no target took."""
        return f"{self.namespace}-dead-letters"

    @property
    def notices_queue(self) -> str:
        """The hub's queue of notices on their way."""
        return f"{self.namespace}-notices.fifo"

    @property
    def dead_notices(self) -> str:
        """The hub's queue of notices that no channel took."""
        return f"{self.namespace}-dead-notices.fifo"

    @property
    def routes_topic(self) -> str:
        """The topic of notices to whoever has a route."""
        return f"{self.namespace}-notices-routes"

    @property
    def chat_topic(self) -> str:
        """The topic that Amazon Q Developer in chat applications may be given."""
        return f"{self.namespace}-notices-chat"

    def rule(self, name: str) -> str:
        """A rule of the hub, as in `onset`, `recovery` and `quick-sweep`."""
        return f"{self.namespace}-{name}"

    @property
    def dashboard(self) -> str:
        """The hub's dashboard in CloudWatch."""
        return self.namespace

    def hub_alarm(self, name: str) -> str:
        """An alarm about the hub itself; the forwarding rule passes it over."""
        return f"{self.namespace}-hub-{name}"

    def function(self, name: str) -> str:
        """A hub function; `name` is its handler module's, as in `open_recording`."""
        return f"{self.namespace}-{name.replace('_', '-')}"

    def hub_role(self, name: str) -> str:
        """The role of a hub function or service; at most 64 characters."""
        return f"{self.namespace}-hub-{name.replace('_', '-')}"

    @property
    def hub_key(self) -> str:
        """How the hub's key is described; keys have no names."""
        return f"History, notices, reports and logs of {self.namespace}"

    @property
    def archive_key(self) -> str:
        """How the archive's key is described."""
        return f"Flow log records of {self.namespace}"

    def reports_bucket(self, account: str, region: str) -> str:
        """The hub's bucket of reports."""
        return f"{self.namespace}-reports-{account}-{region}"

    def artifacts_bucket(self, account: str, region: str) -> str:
        """The hub's bucket of Lambda zips and templates; made before the hub stack."""
        return f"{self.namespace}-artifacts-{account}-{region}"

    # What asks the archive who talked.

    @property
    def database(self) -> str:
        """The database in Glue, whose names know no hyphens; no two namespaces share one.

        Athena User Guide, "Name databases, tables, and columns".
        """
        return self.namespace.replace("-", "_")

    @property
    def records_table(self) -> str:
        """The table over the archive, in that database."""
        return "flow_log_records"

    @property
    def work_group(self) -> str:
        """The Athena workgroup that reports are asked through."""
        return f"{self.namespace}-reports"

    @property
    def answers_prefix(self) -> str:
        """Where Athena leaves its answers, in the bucket of reports; ends with a slash."""
        return "answers/"

    @property
    def reports_prefix(self) -> str:
        """Where the reports lie in that bucket, a folder for each recording; ends with a slash."""
        return "recordings/"

    # Each spoke.

    @property
    def forward_rule(self) -> str:
        """The rule on the default bus that forwards alarm events to the hub."""
        return f"{self.namespace}-forward"

    @property
    def forward_dead_letters(self) -> str:
        """The spoke's queue of events that could not be forwarded."""
        return f"{self.namespace}-forward-dead-letters"

    @property
    def schedule_group(self) -> str:
        """The spoke's group of failsafe schedules."""
        return self.namespace

    def worker_role(self, region: str) -> str:
        """The role the hub assumes in a spoke."""
        return f"{self.namespace}-worker-{region}"

    def forwarder_role(self, region: str) -> str:
        """The role EventBridge uses to forward events."""
        return f"{self.namespace}-forwarder-{region}"

    def failsafe_role(self, region: str) -> str:
        """The role EventBridge Scheduler uses to delete a flow log by itself."""
        return f"{self.namespace}-failsafe-{region}"

    def alarm(self, tier: str, direction: Direction, availability: Availability) -> str:
        """A fleet alarm."""
        return f"{self.namespace}-{tier}-{direction}-{availability}"

    @property
    def custom_alarm_prefix(self) -> str:
        """How a user's own alarm is named when it shall start recordings."""
        return f"{self.namespace}-custom-"

    # The management account.

    @property
    def accounts_rule(self) -> str:
        """The two rules on accounts that come, move and go: one forwards to the hub, one takes them there."""
        return f"{self.namespace}-accounts"

    @property
    def accounts_dead_letters(self) -> str:
        """The management account's queue of events that could not be forwarded."""
        return f"{self.namespace}-accounts-dead-letters"

    @property
    def accounts_forwarder_role(self) -> str:
        """The role EventBridge uses there; the hub's bus admits it among the other forwarders."""
        return self.forwarder_role("accounts")

    # The archive.

    @property
    def record_prefix(self) -> str:
        """Where flow log records lie in the archive bucket; ends with a slash."""
        return f"{self.namespace}/"

    def role_arn(self, partition: str, account: str, role: str) -> str:
        """The ARN of one of the roles above."""
        return f"arn:{partition}:iam::{account}:role{self.role_path}{role}"

    # Tags.

    @property
    def recording_tag(self) -> str:
        """On flow logs: the id of the recording they belong to."""
        return f"{self.namespace}:recording"

    @property
    def hub_tag(self) -> str:
        """On flow logs: the hub account that made them."""
        return f"{self.namespace}:hub"

    @property
    def expires_tag(self) -> str:
        """On flow logs: when they should be gone, ISO 8601."""
        return f"{self.namespace}:expires"

    @property
    def record_tag(self) -> str:
        """On a gateway: `never` opts it out."""
        return f"{self.namespace}:record"

    @property
    def tier_tag(self) -> str:
        """On a gateway: the tier its owner wants."""
        return f"{self.namespace}:tier"
