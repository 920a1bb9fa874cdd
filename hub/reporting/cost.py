"""What the traffic and its recording cost: as recorded, and for the whole spike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from hub.domain.wording import size
from hub.reporting.findings import DIRECTIONS, Findings
from orgconfig.prices import GB, Prices

# What a record of our format weighs before compression; billed are uncompressed bytes.
_RECORD_BYTES = 230


@dataclass(frozen=True)
class Whole:
    """The NAT processing of a whole spike.

    Attributes:
        usd: In US dollars.
        by: The gateway's own metrics, or the records' rate.
        basis: The same in words, with the times or the reason.

    """

    usd: float
    by: Literal["metrics", "records"]
    basis: str


def cost(found: Findings, prices: Prices, recording: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """In US dollars.

    Args:
        found: What was recorded.
        prices: Of the gateway's region.
        recording: The recording, as commands show it.

    Returns:
        `nat_processing_usd` and `recording_usd` of what was recorded; `spike_usd`, the NAT processing of the
        whole spike; `spike_by`: `metrics` where the gateway's own were read, from the rise of the traffic to
        its recovery, `records` where the recorded rate is taken for the time from the alarm to its end; and
        `spike_basis`, which of the two and why, in words. All three are None where no alarm or no time is
        known. `prices`: whose they are and what is assumed of the region, in words.

    """
    facts = recording or {}
    recorded = sum(map(found.total, DIRECTIONS)) / GB * prices.nat_gb
    whole = _counted(facts, prices) or _extrapolated(found, facts, recorded)
    delivered = found.records * _RECORD_BYTES / GB * (prices.vended_gb + prices.parquet_gb)
    return {
        "nat_processing_usd": round(recorded, 6),
        "spike_usd": None if whole is None else round(whole.usd, 6),
        "spike_by": None if whole is None else whole.by,
        "spike_basis": None if whole is None else whole.basis,
        "recording_usd": round(delivered, 9),
        "prices": prices.basis,
    }


def _counted(recording: Mapping[str, Any], prices: Prices) -> Whole | None:
    counted = recording.get("spike")
    if not counted:
        return None
    amount = counted["upload"] + counted["download"]
    start, end = (datetime.fromisoformat(counted[each]) for each in ("start", "end"))
    basis = (
        f"{size(amount)} from {start:%H:%M} to {end:%H:%M} UTC, by the gateway's own metrics in CloudWatch"
    )
    return Whole(amount / GB * prices.nat_gb, "metrics", basis)


def _extrapolated(found: Findings, recording: Mapping[str, Any], recorded: float) -> Whole | None:
    onset, end = recording.get("onset_at"), recording.get("recovered_at") or recording.get("closed_at")
    if not onset or not end or found.began is None or found.ended is None:
        return None
    lasted = (datetime.fromisoformat(end) - datetime.fromisoformat(onset)).total_seconds()
    # What was recorded did cost that much, also where it goes on after the spike.
    usd = max(recorded, recorded * lasted / max(60, found.ended - found.began))
    why = recording.get("spike_problem") or "the gateway's metrics were not read"
    return Whole(usd, "records", f"extrapolated from the records over the time of the alarm ({why})")
