"""What natrec costs in a month, line by line, against flow logs that are always on for the same gateways."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from orgconfig.models import OrgConfig
from orgconfig.names import DIRECTIONS
from orgconfig.prices import GB, HOURS_A_MONTH, Prices, prices_of, source_of
from stacksets import costs

Kind = Literal["fixed", "gateways", "recordings", "archive", "always_on"]

# A recording passes 11 states (hub/README.md); its functions' time is what the sandbox measures, rounded up.
STATES, REQUESTS, GB_SECONDS = 11, 8, 15.0
# Suspects and the measure of the spike: the busiest hundreds in both directions, twice.
METRICS_READ = 1_000
# Athena charges for ten megabytes at least (aws.amazon.com/athena/pricing).
SCANNED_GB = 0.01
# A recording's metrics come in two hours: of its opening and of its report.
HOURS_OF_METRICS = 2
# A record is 230 bytes before compression; four legs of a conversation that moves some 45 kB in a minute.
RECORDS_MB_PER_GB = 20.0
PARQUET_SHARE = 0.2  # of the same records as text
SPIKE_OVER_THRESHOLD = 2
_DAYS_A_MONTH = 30.4


@dataclass(frozen=True)
class Item:
    """One line of the bill.

    Attributes:
        kind: Fixed, by gateway, by recording, for the archive, or of logs that are always on.
        what: For people.
        quantity: How much of it in a month.
        unit: Of what.
        price_usd: For one of it.
        source: Where the price is written, and of when.

    """

    kind: Kind
    what: str
    quantity: float
    unit: str
    price_usd: float
    source: str

    @property
    def usd(self) -> float:
        """What it costs a month."""
        return self.quantity * self.price_usd

    def document(self) -> dict[str, object]:
        """As JSON shows it."""
        return {**asdict(self), "usd": round(self.usd, 4)}


@dataclass(frozen=True)
class Usage:
    """A month.

    Attributes:
        gateways: How many there are.
        recordings: How many are made.
        traffic: Gigabytes through all gateways.
        recorded: Gigabytes of it while a recording was open.
        targets: Accounts times regions.
        mb_per_gb: Megabytes of records that a gigabyte of traffic makes.
        said: Where the numbers come from, for people.

    """

    gateways: int
    recordings: float
    traffic: float
    recorded: float
    targets: int
    mb_per_gb: float = RECORDS_MB_PER_GB
    said: str = ""


def expected(config: OrgConfig, gateways: int, recordings: float, traffic: float) -> Usage:
    """A month before anything is deployed: recordings of full length, at twice the tier's threshold."""
    rule = config.recording
    longest = (
        rule.hard_limit if isinstance(rule.max_duration, str) else min(rule.max_duration, rule.hard_limit)
    )
    name = rule.tier if rule.tier in config.tiers else next(iter(config.tiers))
    tier = config.tiers[name]
    each = SPIKE_OVER_THRESHOLD * tier.threshold * longest / tier.period / GB
    minutes = f"recordings of {longest / 60:.0f} minutes"
    said = f"{minutes} at twice the threshold of tier {name}, {each:.0f} GB each"
    recorded = min(traffic, recordings * each)
    return Usage(gateways, recordings, traffic, recorded, gateways, said=said)


def bill(config: OrgConfig, usage: Usage) -> tuple[Item, ...]:
    """Every line: natrec's, then those of logs that are always on."""
    prices = prices_of(config.organization.hub.region, config.prices.given())
    return (
        *_fixed(config, prices, usage),
        *_recordings(prices, usage),
        *_records("archive", prices, usage.recorded, usage, _months(config)),
        *_records("always_on", prices, usage.traffic, usage, _months(config)),
    )


def total(items: Iterable[Item], *kinds: Kind) -> float:
    """Those of some kinds together."""
    return sum(each.usd for each in items if each.kind in kinds)


def _months(config: OrgConfig) -> float:
    return config.organization.archive.retention / 86_400 / _DAYS_A_MONTH


def _line(kind: Kind, what: str, amount: tuple[float, str], price: str, prices: Prices) -> Item:
    return Item(kind, what, *amount, float(getattr(prices, price)), source_of(price))


def _fixed(config: OrgConfig, prices: Prices, usage: Usage) -> Iterable[Item]:
    archive = config.organization.archive
    keys = (archive.kms == "managed") + archive.keyed
    yield _line("fixed", "alarms about the hub", (costs.HUB_ALARM_METRICS, "metrics"), "alarm_metric", prices)
    yield _line("fixed", "the hub's dashboard", (1, "dashboards"), "dashboard", prices)
    yield _line("fixed", "what every sweep measures", (costs.HUB_METRICS, "metrics"), "custom_metric", prices)
    yield _line("fixed", "keys of the hub and the archive", (keys, "keys"), "kms_key", prices)
    sweeps = costs.sweeps(prices, usage.targets) + costs.refreshes(prices)
    where = f"{source_of('state_transition')}; {source_of('lambda_gb_second')}"
    yield Item("fixed", f"sweeps of {usage.targets:,} targets", 1, "months", sweeps, where)
    metrics = usage.gateways * len(DIRECTIONS)
    for name in config.tiers:
        what = f"fleet alarms of tier {name}"
        yield _line("gateways", what, (metrics, "metrics analysed"), "insights_metric", prices)


def _recordings(prices: Prices, usage: Usage) -> Iterable[Item]:
    times = usage.recordings
    sent = costs.RECORDING_METRICS * min(1.0, times * HOURS_OF_METRICS / HOURS_A_MONTH)
    lines = (
        ("states of recordings", times * STATES, "transitions", "state_transition"),
        ("functions of recordings", times * REQUESTS, "requests", "lambda_request"),
        ("functions of recordings", times * GB_SECONDS, "GB-seconds", "lambda_gb_second"),
        ("questions to Athena", times * SCANNED_GB / 1000, "TB read", "scan_tb"),
        ("suspects and the spike's measure", times * METRICS_READ, "metrics read", "metric_read"),
        ("what recordings measure", sent, "metrics", "custom_metric"),
    )
    return (_line("recordings", what, (amount, unit), price, prices) for what, amount, unit, price in lines)


def _records(kind: Kind, prices: Prices, traffic: float, usage: Usage, months: float) -> Iterable[Item]:
    """Delivery is paid by uncompressed bytes; what is kept, by those of its parquet for as long as it is."""
    records = traffic * usage.mb_per_gb / 1000
    yield _line(kind, f"delivery of records of {traffic:,.0f} GB", (records, "GB"), "vended_gb", prices)
    yield _line(kind, "made into parquet", (records, "GB"), "parquet_gb", prices)
    kept = records * PARQUET_SHARE * months
    yield _line(kind, f"kept for {months:.0f} months", (kept, "GB-months"), "storage_gb", prices)
