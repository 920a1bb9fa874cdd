"""What a config costs a month before anything is recorded: so much whatever happens, and so much per gateway.

How many gateways there are is not known when a plan is made, so alarms are told per gateway. What recordings
cost comes on top. What KMS is asked is left out: DynamoDB asks once in five minutes for a role that sweeps,
some 17,000 times a month, which is 5 cents (aws.amazon.com/kms/pricing) if it is not within what KMS gives.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from orgconfig.models import OrgConfig
from orgconfig.names import DIRECTIONS
from orgconfig.prices import HOURS_A_MONTH, Prices, basis_of, prices_of
from stacksets.contexts import FULL_SWEEP_MINUTES, REFRESH_MINUTES, SWEEP_MINUTES

# Alarms about the hub itself: five of one metric, one of two, two of three (`hub.yaml.j2`).
HUB_ALARM_METRICS = 5 * 1 + 2 + 2 * 3
# Metrics that every sweep sends, and that come when something is recorded (`domain/measures.py`).
HUB_METRICS, RECORDING_METRICS = 5, 11
# A sweep's states that every run passes, and those of each batch (`sweep.asl.json`).
SWEEP_STATES, BATCH_STATES = 5, 1
TARGETS_A_BATCH = 500
# GB-seconds of one run, and of one target in a full sweep: measured (`./scripts/bench sweep`).
RUN_GB_SECONDS, TARGET_GB_SECONDS = 0.5, 0.11
_CENT = 2
_USED = {
    "alarm_metric",
    "custom_metric",
    "dashboard",
    "insights_metric",
    "kms_key",
    "lambda_gb_second",
    "lambda_request",
    "state_transition",
}


@dataclass(frozen=True)
class Cost:
    """A month's cost in US dollars.

    Attributes:
        what: Of what.
        usd: Whatever happens.
        usd_per_gateway: For each gateway that there is.

    """

    what: str
    usd: float = 0
    usd_per_gateway: float = 0

    def document(self) -> dict[str, float]:
        """As JSON shows it."""
        return {
            "monthly_usd": round(self.usd, _CENT),
            "monthly_usd_per_gateway": round(self.usd_per_gateway, _CENT),
        }

    def __str__(self) -> str:
        fixed = f"${self.usd:.2f}" if self.usd or not self.usd_per_gateway else ""
        gateway = f"${self.usd_per_gateway:.2f} for each gateway" if self.usd_per_gateway else ""
        return f"{' and '.join(filter(None, [fixed, gateway]))} a month"


# What a step costs that makes nothing for which AWS charges by the month.
FREE = Cost("nothing").document()


def costs(config: OrgConfig, targets: int) -> tuple[Cost, ...]:
    """The parts of an installation that cost something, in the order in which they are deployed.

    Args:
        config: The organization's config.
        targets: How many accounts and regions are covered.

    """
    names, archive = config.names, config.organization.archive
    prices = prices_of(config.organization.hub.region, config.prices.given())
    records = Cost(f"stack {names.archive_stack}", prices.kms_key if archive.kms == "managed" else 0)
    key = prices.kms_key if archive.keyed else 0
    alarms = HUB_ALARM_METRICS * prices.alarm_metric
    alarms += prices.dashboard + HUB_METRICS * prices.custom_metric
    hub = Cost(f"stack {names.hub_stack}", alarms + key + sweeps(prices, targets) + refreshes(prices))
    per_gateway = len(config.tiers) * len(DIRECTIONS) * prices.insights_metric
    return records, hub, Cost(f"stack set {names.spoke_stack_set}", usd_per_gateway=per_gateway)


def basis(config: OrgConfig) -> str:
    """Whose prices these costs are made of, following "prices of"; what is assumed is said."""
    regions = [config.organization.hub.region, *config.targets.regions]
    return basis_of(regions, _USED & config.prices.given().keys())


def total(parts: Iterable[Cost]) -> Cost:
    """All of them together."""
    found = list(parts)
    fixed, per_gateway = sum(each.usd for each in found), sum(each.usd_per_gateway for each in found)
    return Cost("everything", fixed, per_gateway)


def sweeps(prices: Prices, targets: int, target_gb_seconds: float = TARGET_GB_SECONDS) -> float:
    """The quick sweep costs by its runs, for it visits what is open only; the full one by its targets too.

    Args:
        prices: Of the hub's region.
        targets: How many accounts and regions are covered.
        target_gb_seconds: Of Lambda, for one of them in a full sweep.

    """
    batches = max(1, -(-targets // TARGETS_A_BATCH))
    quick = _run(prices, 0, RUN_GB_SECONDS) * _runs(SWEEP_MINUTES)
    full = _run(prices, batches, RUN_GB_SECONDS + targets * target_gb_seconds) * _runs(FULL_SWEEP_MINUTES)
    return quick + full


def refreshes(prices: Prices) -> float:
    """Of a month in which the hub reads the organization."""
    return _runs(REFRESH_MINUTES) * (prices.lambda_request + prices.lambda_gb_second * RUN_GB_SECONDS)


def _run(prices: Prices, batches: int, gb_seconds: float) -> float:
    transitions = (SWEEP_STATES + batches * BATCH_STATES) * prices.state_transition
    return transitions + (2 + batches) * prices.lambda_request + gb_seconds * prices.lambda_gb_second


def _runs(minutes: int) -> float:
    return HOURS_A_MONTH * 60 / minutes
