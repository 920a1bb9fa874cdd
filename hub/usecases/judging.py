"""Whether an onset is admitted now: the order of the questions, for whoever asks."""

from collections.abc import Mapping
from datetime import datetime

from hub.domain.admission import GatewayItem, refuse_by_rule, refuse_by_usage, refuse_early
from hub.domain.alarms import Transition
from hub.domain.gateways import Gateway
from hub.domain.quotas import CounterKey, Limit, limits
from hub.domain.refusals import Refusal
from hub.domain.terms import Terms
from hub.ports import Organization, Rules


def placed(rules: Rules, organization: Organization, account: str) -> Rules:
    """The rules with this account in its place: one newer than the last look is looked up at once."""
    return rules if rules.knows(account) else rules.placed(account, organization.place(account))


def refuse_unvisited(
    rules: Rules, onset: Transition, item: GatewayItem, usage: Mapping[CounterKey, int], now: datetime
) -> Refusal | None:
    """What is known before anybody visits the gateway's account."""
    place = onset.gateway
    return rules.refusal(place) or refuse_early(onset, _terms(rules, onset, {}), item, usage, now)


def refuse_visited(
    rules: Rules,
    onset: Transition,
    gateway: Gateway,
    usage: Mapping[CounterKey, int],
    *,
    now: datetime,
    namespace: str,
) -> tuple[Terms, tuple[Limit, ...]] | Refusal:
    """What the gateway's own tags add: its terms with the limits to pass, or why it is refused."""
    terms = _terms(rules, onset, gateway.tags)
    wanted = limits(onset.gateway, terms, now)
    refused = (
        rules.mute(onset.gateway, gateway.tags, now)
        or refuse_by_rule(onset, terms, namespace)
        or refuse_by_usage(wanted, usage)
    )
    return refused or (terms, wanted)


def _terms(rules: Rules, onset: Transition, tags: Mapping[str, str]) -> Terms:
    terms = rules.terms(onset.gateway, tags)
    return terms.waived() if onset.is_over_quota else terms
