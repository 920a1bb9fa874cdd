"""What the traffic and its recording cost: measured where recorded, estimated for the whole spike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.reporting.findings import DIRECTIONS, Findings
from orgconfig.prices import GB, Prices

# What a record of our format weighs before compression; billed are uncompressed bytes.
_RECORD_BYTES = 230


def cost(found: Findings, prices: Prices, recording: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """In US dollars.

    Args:
        found: What was recorded.
        prices: Of the gateway's region.
        recording: The recording, as commands show it.

    Returns:
        `nat_processing_usd` and `recording_usd` of what was recorded; `spike_usd`, an estimate of the NAT
        processing from the alarm to its end, or to the recording's where it did not end, as if every
        minute of it had been like those that were recorded; None where no alarm or no time is known;
        `prices`, whose they are and what is assumed of the region, in words.

    """
    recorded = sum(map(found.total, DIRECTIONS)) / GB * prices.nat_gb
    spike = _spike(found, recording or {}, recorded)
    delivered = found.records * _RECORD_BYTES / GB * (prices.vended_gb + prices.parquet_gb)
    return {
        "nat_processing_usd": round(recorded, 6),
        "spike_usd": None if spike is None else round(spike, 6),
        "recording_usd": round(delivered, 9),
        "prices": prices.basis,
    }


def _spike(found: Findings, recording: Mapping[str, Any], recorded: float) -> float | None:
    onset, end = recording.get("onset_at"), recording.get("recovered_at") or recording.get("closed_at")
    if not onset or not end or found.began is None or found.ended is None:
        return None
    lasted = (datetime.fromisoformat(end) - datetime.fromisoformat(onset)).total_seconds()
    # What was recorded did cost that much, also where it goes on after the spike.
    return max(recorded, recorded * lasted / max(60, found.ended - found.began))
