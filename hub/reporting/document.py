"""The report as JSON: what `report.json` and `natrec report --json` say."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hub.domain.wording import iso
from hub.reporting.advice import advice
from hub.reporting.completeness import gaps
from hub.reporting.cost import cost
from hub.reporting.findings import DIRECTIONS, Findings, Talker
from hub.reporting.headline import headline
from hub.reporting.names import Named
from hub.reporting.verdicts import verdict, verdicts
from orgconfig.prices import Prices

Document = dict[str, Any]


def report_document(
    found: Findings,
    prices: Prices,
    *,
    names: Mapping[str, Named] | None = None,
    recording: Mapping[str, Any] | None = None,
    zone: str | None = None,
    unnamed: str | None = None,
) -> Document:
    """The report.

    Args:
        found: What the query found.
        prices: Of the gateway's region.
        names: Who holds which address of the VPC.
        recording: The recording it belongs to, as commands show it; None for records without one.
        zone: The availability zone of the gateway, where it stands in one.
        unnamed: Why nobody could be named, where somebody should have been.

    """
    holders = names or {}
    upload, download = (found.total(direction) for direction in DIRECTIONS)
    suspects = verdicts(found, recording)
    return {
        "recording": dict(recording) if recording else None,
        "headline": headline(found, holders, recording),
        "window": {"start": moment(found.began), "end": moment(found.ended)},
        "records": found.records,
        "bytes": {"upload": upload, "download": download},
        "suspects": suspects,
        "suspicion": verdict(suspects, recording),
        "talkers": [_talker(each, found, holders) for each in found.talkers],
        "minutes": [
            {"minute": moment(each.at), "upload": each.upload, "download": each.download}
            for each in found.minutes
        ],
        "slots": {
            "seconds": found.step,
            "bytes": [
                {"at": moment(each.at), "upload": each.upload, "download": each.download}
                for each in found.slots
            ],
        },
        "cost": cost(found, prices, recording),
        "advice": [
            {"kind": each.kind, "text": each.text, "saves_usd": each.saves_usd, "saving": each.saving}
            for each in advice(found, holders, prices, zone)
        ],
        "incomplete": list(gaps(found, recording, unnamed)),
    }


def moment(seconds: int | None) -> str | None:
    """Seconds since 1970 as ISO 8601, UTC."""
    return None if seconds is None else iso(datetime.fromtimestamp(seconds, UTC))


def _talker(talker: Talker, found: Findings, names: Mapping[str, Named]) -> Document:
    holder = names.get(talker.client)
    return {
        "client": talker.client,
        "client_name": str(holder) if holder else None,
        "owner": holder.owner if holder else None,
        "remote": talker.remote,
        "remote_service": talker.service,
        "port": talker.port,
        "protocol": talker.protocol,
        "direction": talker.direction,
        "bytes": talker.bytes,
        "packets": talker.packets,
        "share": round(found.share(talker), 6),
    }
