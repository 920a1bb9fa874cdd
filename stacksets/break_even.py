"""From where on natrec is cheaper than flow logs that are always on; in one sentence, and as a curve."""

from dataclasses import dataclass, replace

from orgconfig.models import OrgConfig
from stacksets.spending import Kind, Usage, bill, total

NATREC: tuple[Kind, ...] = ("fixed", "gateways", "recordings", "archive")


@dataclass(frozen=True)
class Comparison:
    """A month of both.

    Attributes:
        natrec_usd: What natrec costs.
        always_on_usd: What logs that are always on cost.
        traffic: Gigabytes a month from which on natrec is cheaper, recording as much as it does here.
        recordings: How many recordings a month cost as much as logs that are always on; None: not even none.

    """

    natrec_usd: float
    always_on_usd: float
    traffic: float
    recordings: int | None

    @property
    def sentence(self) -> str:
        """The break-even."""
        always = f"flow logs that are always on ${self.always_on_usd:,.2f}"
        costs = f"natrec costs ${self.natrec_usd:,.2f} a month, {always}"
        line = f"natrec is cheaper from {self.traffic:,.0f} GB of traffic a month on"
        if self.recordings is None:
            return f"{costs}: {line}."
        return f"{costs}: {line}, and here up to {self.recordings:,} recordings a month."


def compare(config: OrgConfig, usage: Usage) -> Comparison:
    """Both, and where they meet; all lines are linear in traffic, and almost so in recordings."""
    items = bill(config, usage)
    natrec, always = total(items, *NATREC), total(items, "always_on")
    one = total(bill(config, replace(usage, traffic=1.0)), "always_on")
    none = total(bill(config, replace(usage, recordings=0, recorded=0.0)), *NATREC)
    each = (natrec - none) / usage.recordings if usage.recordings else 0.0
    room = int((always - none) / each) if each and always >= none else None
    return Comparison(natrec, always, natrec / one, room)
