"""A report in a few lines, for a notice."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.domain.recordings import Summary
from hub.domain.wording import size

_TOLD = 3  # talkers
_CENT = 0.01

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


def _cost(cost: Mapping[str, Any]) -> str:
    nat, records = _usd(cost["nat_processing_usd"]), _usd(cost["recording_usd"])
    return f"{nat} of NAT processing; its recording cost {records}"


def _usd(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= _CENT or not amount else "less than a cent"


def _advice(advice: Mapping[str, Any]) -> str:
    saves = f" It would save ${advice['saves_usd']:,.2f} a month at this rate." if advice["saves_usd"] else ""
    return f"{advice['text']}{saves}"
