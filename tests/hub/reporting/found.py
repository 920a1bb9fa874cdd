"""What a query found, each argument with a default: a test names only what it is about."""

from hub.reporting.findings import Direction, Findings, Minute, Talker

GB = 10**9
BEGAN = 1_795_414_200  # 2026-11-23 06:10 UTC
QUARTER = 15 * 60


def talker(
    amount: int = GB,
    *,
    client: str = "10.0.1.5",
    remote: str | None = "203.0.113.5",
    service: str | None = None,
    direction: Direction = "download",
    port: int | None = 443,
) -> Talker:
    return Talker(direction, client, remote, port, 6, service, amount, amount // 1400)


def found(*talkers: Talker, seconds: int = QUARTER, **known: object) -> Findings:
    """Talkers that are all there were, over so many seconds."""
    totals: dict[Direction, int] = {"upload": 0, "download": 0}
    for each in talkers:
        totals[each.direction] += each.bytes
    facts = {
        "talkers": talkers,
        "totals": totals,
        "minutes": (Minute(BEGAN, totals["upload"], totals["download"]),) if talkers else (),
        "records": 4 * len(talkers),
        "began": BEGAN if talkers else None,
        "ended": BEGAN + seconds if talkers else None,
    }
    return Findings(**(facts | known))  # type: ignore[arg-type]
