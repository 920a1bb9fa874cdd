"""Who is told of a notice, and by which channel."""

from dataclasses import dataclass
from typing import Literal

Channel = Literal["mail", "slack", "chat"]


@dataclass(frozen=True)
class Destination:
    """Who is told.

    Attributes:
        channel: How.
        name: `central` or `routes` for mail, the secret's name for Slack, `central` for chat.
        routes: For mail to routes: their ids, which subscriptions filter for.

    """

    channel: Channel
    name: str
    routes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.channel}:{self.name}"
