"""Why an onset is not recorded: a closed set of reasons, each with a sentence a person can act on."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from hub.domain.quotas import Limit

Reason = Literal[
    "disabled",
    "opted_out",
    "other_tier",
    "muted",
    "recovered",
    "already_recording",
    "cooling_down",
    "gateway_quota",
    "account_quota",
    "account_active",
    "organization_quota",
    "organization_active",
    "organization_bytes",
    "unknown_gateway",
    "unsupported_gateway",
    "not_a_member",
    "spoke_unreachable",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

# What room, time or reach may change while the alarm is still in ALARM; the sweep offers such an onset again.
_PASSING: frozenset[Reason] = frozenset(
    {
        "muted",
        "cooling_down",
        "gateway_quota",
        "account_quota",
        "account_active",
        "organization_quota",
        "organization_active",
        "organization_bytes",
        "spoke_unreachable",
    }
)


@dataclass(frozen=True)
class Refusal:
    """An answer, not a failure.

    Attributes:
        reason: One of the closed set.
        text: A sentence: which limit or rule, its value, and what would change the answer.
        until: When the same onset would be admitted, if that is known.
        quota: What is exhausted, where that is why: the same for whoever is refused by it.

    """

    reason: Reason
    text: str
    until: datetime | None = None
    quota: "Limit | None" = None

    @property
    def may_pass(self) -> bool:
        """Whether the same onset may be admitted later, with neither policy nor gateway changed.

        A mute rule of CloudWatch does not tell its end; a window of the config does.
        """
        return self.reason in _PASSING and (self.reason != "muted" or self.until is not None)
