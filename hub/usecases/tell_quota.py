"""A quota is used up: whoever wants to know is told, once for each quota and period."""

from dataclasses import dataclass, field

from hub.domain.gateways import GatewayRef
from hub.domain.quotas import next_period
from hub.domain.refusals import Refusal
from hub.notices.others import quota
from hub.ports import Clock, Notices, Rules


@dataclass(frozen=True)
class TellQuota:
    """Tell of a refusal's quota.

    Attributes:
        known: What this container has told already: of a storm's thousand refusals few need to be queued, and
            of those that are, one is delivered.

    """

    notices: Notices
    clock: Clock
    known: set[str] = field(default_factory=set)

    def __call__(self, refused: Refusal, gateway: GatewayRef, rules: Rules) -> None:
        """Tell, where a quota is why.

        Raises:
            Transient: The notice could not be queued; the refusal is safe to repeat.

        """
        limit = refused.quota
        if limit is None:
            return
        notice = quota(
            limit,
            limit.limit,
            next_period(limit.counter),
            gateway,
            rules.account_name(gateway.account),
            now=self.clock.now(),
            raise_where=limit.where.strip(" ()"),
        )
        if notice.about not in self.known:
            self.notices.publish(notice)
            self.known.add(notice.about)
