"""An onset that was not recorded: kept once a day for each gateway and reason, and counted."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.domain.alarms import Transition
from hub.domain.refusals import Refusal
from hub.domain.wording import iso


@dataclass(frozen=True)
class RefusedOnset:
    """One refusal.

    Attributes:
        onset: What was refused.
        refusal: Why.
        at: When.

    """

    onset: Transition
    refusal: Refusal
    at: datetime

    @property
    def id(self) -> str:
        """`ref-<UTC day>-<hash of gateway and reason>`: the same for all that are counted together."""
        named = self.onset.gateway if self.onset.gateway.is_named else self.onset.alarm
        subject = f"{named} {self.refusal.reason}"
        digest = hashlib.sha256(subject.encode()).hexdigest()[:8]
        return f"ref-{self.at.astimezone(UTC):%Y%m%d}-{digest}"

    def as_document(self) -> dict[str, object]:
        """In the shape of a recording; `text` says what would change the answer."""
        return {
            "id": self.id,
            "account": self.onset.gateway.account,
            "region": self.onset.gateway.region,
            "gateway": self.onset.gateway.gateway,
            "tier": None,
            "alarms": [self.onset.alarm],
            "state": "refused",
            "reason": self.refusal.reason,
            "text": self.refusal.text,
            "until": iso(self.refusal.until),
            "onset_at": iso(self.onset.at),
            "opened_at": None,
            "closed_at": None,
            "flow_logs": [],
            "delivered_bytes": None,
            "report": None,
        }
