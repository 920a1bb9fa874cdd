"""A test notice, sent as every notice is: written by the hub, queued, delivered, and noted when it was."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.adapters.told import TableTold
from scripts.cli.deploying import Ways
from scripts.cli.invoking import invoked
from stacksets.loading import load_config

# A function that starts cold and a Slack that asks for a moment; whoever is busy for longer is told later.
SECONDS = 60.0
_EVERY = 0.5


@dataclass(frozen=True)
class Trial:
    """What became of a test.

    Attributes:
        about: What tells its deliveries apart.
        told: Whether it was delivered, by destination, as in `slack:natrec/slack`.
        function: Whose log says why one was not.

    """

    about: str
    told: dict[str, bool]
    function: str

    @property
    def arrived(self) -> bool:
        """Whether everybody was told."""
        return all(self.told.values())

    def document(self) -> dict[str, Any]:
        """As JSON."""
        deliveries = [{"destination": each, "delivered": done} for each, done in self.told.items()]
        return {"about": self.about, "deliveries": deliveries}

    def as_text(self) -> str:
        """For people."""
        if not self.told:
            return "nobody is told: the config in force names no address and no channel (notify)"
        words = {True: "delivered", False: "not yet; it is tried again and again"}
        lines = [f"{each:<40} {words[done]}" for each, done in self.told.items()]
        if not self.arrived:
            lines.append(f"The log of the hub's function {self.function} says why.")
        elif any(each.startswith("mail:") for each in self.told):
            lines.append(
                "Mail reaches those who have confirmed their subscription; `natrec doctor` knows who."
            )
        return "\n".join(lines)


def trial(config: Path, ways: Ways, pause: Callable[[float], object] | None = None) -> Trial:
    """Send a test and wait until it has arrived.

    Args:
        config: The config; its hub sends.
        ways: Ways into the hub's account.
        pause: Waits some seconds; a test may be faster.

    Raises:
        NatrecError: The hub is not there, or could not send it.

    """
    loaded = load_config(config)
    hub, names, clients = loaded.organization.hub, loaded.names, ways.accounts(loaded)
    answer = invoked(
        clients(hub.account, hub.region, "lambda"),
        names.function("tell"),
        {"kind": "test", "asked_by": "natrec notify --test"},
        doing="send a test",
        advice=f"See the log of its function {names.function('tell')}.",
    )
    told = TableTold(clients(hub.account, hub.region, "dynamodb"), names.table)
    wanted = {f"test#{each}" for each in answer["destinations"]}
    wait = pause or threading.Event().wait
    done = told.destinations(answer["about"])
    for _ in range(int(SECONDS / _EVERY)):
        if wanted <= done:
            break
        wait(_EVERY)
        done = told.destinations(answer["about"])
    found = {each: f"test#{each}" in done for each in answer["destinations"]}
    return Trial(answer["about"], found, names.function("deliver_notice"))
