"""A running sandbox: the engine, an organization in it, natrec deployed into that, and traffic on demand."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orgconfig.models import OrgConfig
from scripts.sandbox.engine import control, mail, server, slack
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.organization import REGIONS, Organization, build
from scripts.sandbox.settings import sandbox_config
from scripts.sandbox.traffic import Traffic
from scripts.sandbox.webhooks import make_secrets
from stacksets.bundling import Platform, bundle
from stacksets.deployment import Deployment
from stacksets.loading import Loaded, dump_config, load

Say = Callable[[str], None]
POLL = 0.05  # the sandbox's operations take fractions of a second


@dataclass(frozen=True)
class World:
    """A running sandbox; `stop()` ends it.

    Attributes:
        engine: AWS.
        organization: Its accounts, OUs and gateways.
        config: The config in force.
        config_file: The same as a file, to edit and apply.
        mail: Folder of caught mail, one file per message.
        slack: File of caught Slack messages, one per line.
        traffic: Makes traffic.
        outputs: The hub stack's outputs; empty when natrec is not deployed.

    """

    engine: Engine
    organization: Organization
    config: OrgConfig
    config_file: Path
    mail: Path
    slack: Path
    traffic: Traffic
    outputs: Mapping[str, str] = field(default_factory=dict)

    def line(self) -> dict[str, object]:
        """What a user of the sandbox needs to know of it."""
        place, hub = self.organization, self.config.organization.hub
        return {
            "endpoint": self.engine.endpoint,
            "management_account": place.management,
            "hub": {"account": hub.account, "region": hub.region},
            "archive": {"account": place.archive, "bucket": self.config.organization.archive.bucket},
            "accounts": [member.account for member in place.members],
            "regions": list(place.regions),
            "gateways": [
                {"account": each.account, "region": each.region, "id": each.id} for each in place.gateways
            ],
            "config": str(self.config_file),
            "mail": str(self.mail),
            "slack": str(self.slack),
        }

    def stop(self) -> None:
        """Stop everything the sandbox started, and remove what it wrote."""
        self.engine.stop()


def up(
    *,
    accounts: int = 4,
    port: int = 0,
    given: OrgConfig | None = None,
    bare: bool = False,
    say: Say = lambda _: None,
) -> World:
    """Start a sandbox.

    Args:
        accounts: How many member accounts with gateways.
        port: Where the endpoint listens; 0 takes a free port.
        given: A config whose rules shall hold.
        bare: Leave natrec out: accounts, OUs and gateways only.
        say: Where progress is told.

    Raises:
        OSError: The port is taken.
        NatrecError: The deployment failed.

    """
    say("starting AWS on this machine")
    engine = server.start(port)
    try:
        say(f"building an organization of {accounts} member accounts in {', '.join(REGIONS)}")
        organization = build(engine, accounts, REGIONS)
        config_file = engine.workdir / "natrec.yaml"
        loaded = load(_write(config_file, dump_config(sandbox_config(organization, given))))
        stand_in, hub = slack.start(engine), loaded.config.organization.hub
        make_secrets(engine.client(hub.account, hub.region, "secretsmanager"), loaded.config, stand_in)
        world = World(
            engine=engine,
            organization=organization,
            config=loaded.config,
            config_file=config_file,
            mail=engine.workdir / mail.FOLDER,
            slack=stand_in.file,
            traffic=Traffic(engine),
            outputs={} if bare else _deploy(engine, loaded, say),
        )
        control.serve("traffic", lambda asked: _flow(world.traffic, asked))
    except BaseException:
        engine.stop()
        raise
    return world


def _deploy(engine: Engine, loaded: Loaded, say: Say) -> dict[str, str]:
    say("building the functions' zip")
    zipped = bundle(Platform.LOCAL)
    deployment = Deployment(loaded.config, engine.client, zipped, say, time.sleep, POLL, origin=loaded.origin)
    return deployment.apply()


def _flow(traffic: Traffic, asked: dict[str, Any]) -> dict[str, object]:
    run = traffic.start(
        asked["account"],
        asked["region"],
        asked["gateway"],
        asked["mbps"],
        asked["seconds"],
        asked["direction"],
    )
    return {"start": run.meter.start.isoformat(), "end": run.meter.end.isoformat()}


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
