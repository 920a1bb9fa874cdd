"""A report document as it looks in a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.domain.wording import size, usd

_TOLD = 15  # talkers of each direction
_PROTOCOLS = {6: "TCP", 17: "UDP", 1: "ICMP", 58: "ICMPv6"}

Document = Mapping[str, Any]


def as_text(document: Document) -> str:
    """Headline, totals, talkers of each direction, advice, and what is missing.

    A field of a record may hold anything; what would steer the terminal is shown as a question mark.
    """
    return "\n".join(map(_harmless, _lines(document)))


def _harmless(line: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in line)


def _lines(document: Document) -> Iterator[str]:
    yield document["headline"]
    yield ""
    window, total = document["window"], document["bytes"]
    yield f"  Window    {window['start'] or '-'} to {window['end'] or '-'}, {document['records']:,} records"
    yield f"  Bytes     {size(total['upload'])} up, {size(total['download'])} down"
    cost = document["cost"]
    nat, records = cost["nat_processing_usd"], cost["recording_usd"]
    yield f"  Cost      {usd(nat)} of NAT processing as recorded, {usd(records)} for these records"
    yield "  Spike     not priced as a whole: no metrics are read here, and records begin after it began"
    yield f"  Prices    of {cost['prices']}"
    for direction in sorted(("upload", "download"), key=lambda each: -total[each]):
        yield from _talkers(document, direction)
    if document["advice"]:
        yield ""
        yield "Advice"
        for each in document["advice"]:
            yield f"  - {' '.join(filter(None, (each['text'], each['saving'])))}"
    for gap in document["incomplete"]:
        yield ""
        yield gap


def _talkers(document: Document, direction: str) -> Iterator[str]:
    found = [each for each in document["talkers"] if each["direction"] == direction]
    if not found:
        return
    yield ""
    yield f"{direction.capitalize()}   share       bytes  client, remote, port"
    for each in found[:_TOLD]:
        client = each["client_name"] or each["client"]
        remote = each["remote"] or "?"
        known = each["remote_service"] or each.get("remote_name")
        service = f" ({known})" if known else ""
        protocol = _PROTOCOLS.get(each["protocol"], each["protocol"])
        yield (
            f"  {each['share']:>10.1%} {size(each['bytes']):>11}  {client} - {remote}{service}, "
            f"{protocol} {each['port']}"
        )
    if len(found) > _TOLD:
        yield f"  and {len(found) - _TOLD} more, with --json"
