"""A report in a few lines, for a notice."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.domain.recordings import Summary
from hub.domain.wording import size, usd

_TOLD = 3  # talkers

Document = Mapping[str, Any]


def gist(document: Document) -> Summary:
    """What a notice says of a report."""
    first = next(iter(document["advice"]), None)
    return Summary(
        headline=document["headline"],
        talkers=tuple(_talkers(document)),
        cost=_cost(document["cost"]),
        advice=_advice(first) if first else None,
        gaps=tuple(document["incomplete"]),
        suspicion=document["suspicion"],
        bytes=sum(document["bytes"].values()),
        nat_usd=document["cost"]["nat_processing_usd"],
        recording_usd=document["cost"]["recording_usd"],
    )


def _talkers(document: Document) -> Iterator[str]:
    main = max(("upload", "download"), key=lambda each: document["bytes"][each])
    way = "to" if main == "upload" else "from"
    found = [each for each in document["talkers"] if each["direction"] == main]
    for each in found[:_TOLD]:
        far = " ".join(filter(None, (each["remote_service"], each["remote"]))) or "an unknown remote"
        port = "" if each["port"] is None else f", port {each['port']}"
        client = each["client_name"] or each["client"]
        yield f"{each['share']:.0%}, {size(each['bytes'])}: {client} {way} {far}{port}"


_BY = {"metrics": "by the gateway's metrics", "records": "extrapolated from the records"}


def _cost(cost: Mapping[str, Any]) -> str:
    nat, records = usd(cost["nat_processing_usd"]), usd(cost["recording_usd"])
    spike = None if cost["spike_usd"] is None else f"{usd(cost['spike_usd'])} for the whole spike"
    whole = f" recorded, {spike}, {_BY[cost['spike_by']]}" if spike else ""
    return f"{nat} of NAT processing{whole}; its recording cost {records}"


def _advice(advice: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (advice["text"], advice["saving"])))
