"""The hub's functions: what each one is given to run with, and which of its adapters' methods it calls.

Its role is rendered from what those methods declare (`hub/adapters/declared.py`). Nothing else is granted.
"""

from hub.adapters.answers import AthenaAnswers
from hub.adapters.browsing import Browser
from hub.adapters.buckets import RecordArchive, ReportBucket
from hub.adapters.declared import On
from hub.adapters.history import TableRecordings
from hub.adapters.ledger import TableLedger
from hub.adapters.membership import TableMembership
from hub.adapters.meter import CloudWatchMeter
from hub.adapters.organization import AwsOrganization
from hub.adapters.outbox import NoticeQueue
from hub.adapters.paid import TablePaid
from hub.adapters.slack import Slack
from hub.adapters.spokes import AwsSpoke, AwsSpokes
from hub.adapters.steps import StepFunctions
from hub.adapters.told import TableTold
from hub.adapters.topics import Topics
from hub.adapters.watching import TableWatch
from hub.adapters.witness import CloudWatchWitness
from stacksets.hub_function import HubFunction

# Whoever ends a recording does all of this.
_CLOSING = (
    TableRecordings.find,
    TableLedger.release,
    AwsSpokes.at,
    AwsSpoke.find_flow_logs,
    AwsSpoke.delete_flow_logs,
    AwsSpoke.disarm_failsafe,
)
FUNCTIONS = (
    HubFunction(
        name="open_recording",
        purpose="Admits or refuses a recording, creates its flow logs, arms the failsafe.",
        timeout=60,
        memory=512,
        uses=(
            *_CLOSING,
            TableLedger.picture,
            TableLedger.admit,
            TableLedger.join,
            TableLedger.rules,
            TableRecordings.note_refusal,
            TableRecordings.save_started,
            TableWatch.wait,
            TableWatch.decline,
            AwsSpoke.describe_gateway,
            AwsSpoke.create_flow_logs,
            AwsSpoke.arm_failsafe,
            AwsOrganization.place,
            StepFunctions.start,
            NoticeQueue.put,
        ),
    ),
    HubFunction(
        name="note_recovery",
        purpose="Notes that an alarm has recovered, or that somebody stops a recording; wakes its wait.",
        timeout=30,
        memory=512,
        uses=(
            TableLedger.note_recovery,
            TableLedger.stop,
            TableRecordings.save_stopped,
            StepFunctions.wake,
        ),
        invoked_by="events",
    ),
    HubFunction(
        name="close_recording",
        purpose="Deletes a recording's flow logs, disarms the failsafe, settles its usage.",
        timeout=120,
        memory=512,
        uses=(
            *_CLOSING,
            TableLedger.rules,
            TableRecordings.save_spike,
            TableRecordings.save_unadmitted,
            AwsSpoke.describe_gateway,
            AwsSpoke.network,
            CloudWatchMeter.counts,
            ReportBucket.write,
        ),
    ),
    HubFunction(
        name="write_report",
        purpose="Writes the report of a recording, and charges what was delivered.",
        timeout=120,
        memory=1024,
        uses=(
            TableRecordings.find,
            TableRecordings.save_delivery,
            TablePaid.prices,
            RecordArchive.measure,
            AthenaAnswers.rows,
            ReportBucket.read,
            ReportBucket.write,
        ),
    ),
    HubFunction(
        name="tell_started",
        purpose="Looks around in the account of a recording that has begun, and sends its first notice.",
        timeout=45,
        memory=512,
        uses=(
            TableLedger.rules,
            TableRecordings.find,
            TableRecordings.save_suspicion,
            AwsSpokes.at,
            AwsSpoke.describe_gateway,
            AwsSpoke.network,
            CloudWatchWitness.evidence,
            ReportBucket.write,
            NoticeQueue.put,
        ),
    ),
    HubFunction(
        name="tell",
        purpose="Writes a notice, and puts it on its way.",
        timeout=30,
        memory=512,
        uses=(
            TableLedger.rules,
            TableRecordings.find,
            NoticeQueue.put,
        ),
    ),
    HubFunction(
        name="tell_digest",
        purpose="Tells of the day before, where the config wants a digest.",
        timeout=120,
        memory=512,
        uses=(
            TableLedger.rules,
            TableWatch.outages,
            Browser.day,
            NoticeQueue.put,
        ),
        invoked_by="events",
    ),
    HubFunction(
        name="deliver_notice",
        purpose="Brings a notice to whoever is told, once.",
        timeout=30,
        memory=512,
        uses=(
            TableTold.knows,
            TableTold.note,
            Topics.send,
            Slack.send,
            NoticeQueue.rest,
            NoticeQueue.bury,
        ),
        invoked_by="queue",
    ),
    HubFunction(
        name="sweep_plan",
        purpose="Shares a sweep out into batches.",
        timeout=60,
        memory=512,
        uses=(
            TableLedger.rules,
            TableLedger.usage,
            TableWatch.gateways,
            TableWatch.outages,
        ),
        machine="sweep",
    ),
    HubFunction(
        name="sweep_batch",
        purpose="Visits targets: closes what was lost, deletes what nobody wants, offers what was missed.",
        timeout=840,
        memory=1024,
        uses=(
            *_CLOSING,
            AwsOrganization.place,
            AwsSpoke.describe_gateway,
            AwsSpoke.list_flow_logs,
            AwsSpoke.contributors,
            AwsSpoke.firing,
            AwsSpoke.has_failsafe,
            AwsSpoke.arm_failsafe,
            StepFunctions.running,
            StepFunctions.is_running,
            StepFunctions.start,
            StepFunctions.wake,
            TableLedger.rules,
            TableLedger.leases,
            TableLedger.picture,
            TableLedger.join,
            TableLedger.note_recovery,
            TableRecordings.save_undelivered,
            TableWatch.gateways,
            TableWatch.drop,
            TableWatch.outages,
            TableWatch.begin_outage,
            TableWatch.end_outage,
            NoticeQueue.put,
        ),
        machine="sweep",
    ),
    HubFunction(
        name="sweep_summary",
        purpose="Adds a sweep up, as one line of metrics.",
        timeout=30,
        memory=256,
        machine="sweep",
    ),
    HubFunction(
        name="refresh_members",
        purpose="Reads which accounts the organization has, and below which OUs.",
        timeout=300,
        memory=512,
        uses=(
            TableMembership.store,
            TableMembership.vouch,
            AwsOrganization.roster,
            StepFunctions.start,
        ),
        invoked_by="events",
        starts="sweep",
    ),
)


def of_workers(what: On) -> tuple[str, ...]:
    """The actions that some function calls in a spoke, as its worker, on one kind of thing."""
    return tuple(sorted({action for function in FUNCTIONS for action in function.on(what)}))
