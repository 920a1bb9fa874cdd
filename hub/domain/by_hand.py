"""What people start themselves: admitted as an alarm's onset is, ended by time or by whoever stops it."""

from dataclasses import dataclass
from datetime import timedelta

# Stands among a gateway's alarms like one. No alarm of CloudWatch is taken under this name, so nothing that
# happens there ends it.
MANUAL = "manual"


@dataclass(frozen=True)
class ByHand:
    """Who asked for a recording, and for what.

    Attributes:
        by: ARN of the caller, as the caller says; CloudTrail knows who called StartExecution.
        duration: How long it shall last; None leaves that to the policy.
        over_quota: Why neither quota nor cooldown shall refuse it; None when they may.

    """

    by: str
    duration: timedelta | None = None
    over_quota: str | None = None
