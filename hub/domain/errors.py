"""Faults, as one tree; a refusal is a value and not here.

    Fault
    ├── Transient             try again: throttled, a conflict, a timeout
    ├── EventRejected         the event cannot be understood
    ├── PolicyBroken          the policy in the table cannot be understood
    ├── Busy                  a channel takes no notice now
    ├── Unacceptable          a channel will never take this notice
    └── RecordingFault        this recording cannot go on
        ├── SpokeUnreachable  the worker role cannot be assumed
        ├── UnknownGateway    the gateway is not there
        ├── UnsupportedGateway  it is there, but nothing of it can be recorded
        ├── FlowLogsRefused   AWS refused to create the flow logs
        └── FlowLogsRemain    flow logs are still there after deleting them

The class names are part of the state machine: its Retry and Catch name them.
"""


class Fault(Exception):  # noqa: N818 - the names are the state machine's, without a suffix
    """Anything that keeps natrec from doing what it was asked."""


class Transient(Fault):
    """The same call may succeed in a moment."""


class EventRejected(Fault):
    """The event is not one that natrec understands; nothing was touched."""


class PolicyBroken(Fault):
    """The policy in the table is not one; nothing replaces the last good one."""


class Busy(Fault):
    """A channel takes no notice now; `seconds` is how long it asked to be left alone, if it did."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class Unacceptable(Fault):
    """A channel will never take this notice, however often it is tried."""


class RecordingFault(Fault):
    """This recording cannot go on; the message is told to the team."""


class SpokeUnreachable(RecordingFault):
    """The worker role of the spoke cannot be assumed."""


class UnknownGateway(RecordingFault):
    """The account and region of the event have no such gateway."""


class UnsupportedGateway(RecordingFault):
    """The gateway has nothing that a flow log could be attached to."""


class FlowLogsRefused(RecordingFault):
    """AWS refused every flow log of the recording."""


class FlowLogsRemain(RecordingFault):
    """Flow logs were still there after their deletion."""
