"""What delivers notices; apart, for nothing else of the hub needs Slack's client."""

from dataclasses import dataclass
from functools import cache, cached_property

from hub.adapters.clock import SystemClock
from hub.adapters.outbox import NoticeQueue
from hub.adapters.sessions import Sessions
from hub.adapters.slack import Slack
from hub.adapters.told import TableTold
from hub.adapters.topics import Topics
from hub.ports import Clock
from hub.settings import Settings
from hub.usecases.deliver import Deliver


@dataclass(frozen=True)
class DeliveringHub:
    """The one use case of the function that delivers."""

    settings: Settings
    clock: Clock

    @cached_property
    def deliver(self) -> Deliver:
        """A delivery's turn has come."""
        settings = self.settings
        sessions = Sessions(
            partition=settings.partition, region=settings.region, names=settings.names, clock=self.clock
        )
        arns = {
            "mail:central": settings.topic_arn,
            "mail:routes": settings.routes_topic_arn,
            "chat:central": settings.chat_topic_arn,
        }
        topics = Topics(sessions, arns)
        return Deliver(
            told=TableTold(sessions.hub("dynamodb"), settings.table),
            posts={"mail": topics, "chat": topics, "slack": Slack(sessions, self.clock)},
            letters=NoticeQueue(sessions, settings.notices_url, settings.dead_notices_url),
            clock=self.clock,
        )


@cache
def hub() -> DeliveringHub:
    """The hub of this container."""
    return DeliveringHub(Settings.from_environment(), SystemClock())
