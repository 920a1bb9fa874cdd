"""What a hub's history says of a month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orgconfig.models import OrgConfig
from orgconfig.prices import GB, prices_of
from stacksets.spending import Usage

if TYPE_CHECKING:
    from hub.domain.recordings import Recording

MONTH_SECONDS = 30.4 * 86_400


@dataclass(frozen=True)
class Seen:
    """What was recorded in a span of time.

    Attributes:
        recordings: How many.
        recorded: Gigabytes of traffic in their reports.
        records: Gigabytes of records that this made, before compression.
        gateways: How many gateways were recorded.

    """

    recordings: int
    recorded: float
    records: float
    gateways: int


def seen(config: OrgConfig, found: Iterable["Recording"]) -> Seen:
    """Add recordings up; what recording cost was counted by its records, and tells how many there were."""
    listed: Sequence[Recording] = [each for each in found if each.has_recorded]
    told = [(each.gateway.region, each.summary) for each in listed if each.summary]
    paid = config.prices.given()
    records = 0.0
    for region, summary in told:
        prices = prices_of(region, paid)
        records += summary.recording_usd / ((prices.vended_gb + prices.parquet_gb) or 1)
    recorded = sum(summary.bytes for _, summary in told) / GB
    return Seen(len(listed), recorded, records, len({each.gateway for each in listed}))


def measured(usage: Usage, history: Seen, seconds: float, span: str) -> Usage:
    """The same month with the history's recordings in place of expected ones."""
    months = seconds / MONTH_SECONDS
    ratio = 1000 * history.records / history.recorded if history.recorded else usage.mb_per_gb
    said = (
        f"the history of {span}: {history.recordings} recordings of {history.recorded:,.1f} GB in all, "
        f"{ratio:.1f} MB of records for each GB"
    )
    return replace(
        usage,
        recordings=history.recordings / months,
        recorded=history.recorded / months,
        mb_per_gb=ratio,
        said=said,
    )
