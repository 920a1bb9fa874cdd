"""One sandbox for all stories of a test process; each story has a gateway of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scripts.stories.places import Gateway, Organization
from scripts.stories.running import sandbox

# Two a day, so that the third is refused; everything else is quick.
RULES = {
    "tiers": {"standard": {"threshold": "100 MB", "period": "1m", "datapoints": "1 of 1"}},
    "recording": {
        "max_duration": "15s",
        "hard_limit": "1m",
        "cooldown": "2s",
        "delivery_wait": "1s",
        "max_per": {"day": 2, "month": 30},
    },
    "quotas": {
        "account": {"active": 0, "max_per": {"day": 0}},
        "organization": {"active": 0, "max_per": {"day": 0}, "delivered": {"month": "0"}},
    },
    "notify": {
        "email": ["security@example.com"],
        "slack": {"webhook_secret": "natrec/slack"},
        "routes": [
            {
                "match": {"tag": {"team": "payments"}},
                "kinds": ["closed", "failed"],
                "email": ["payments@example.com"],
                "slack": {"webhook_secret": "natrec/slack-payments"},
            }
        ],
    },
}
EXAMPLE = Path(__file__).parents[2] / "orgconfig" / "example.yaml"


@pytest.fixture(scope="session")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    document = {**yaml.safe_load(EXAMPLE.read_text()), **RULES}
    document["overrides"] = []
    document["recording"]["tier"] = "standard"
    config = tmp_path_factory.mktemp("sandbox") / "natrec.yaml"
    config.write_text(yaml.safe_dump(document))
    with sandbox("-c", str(config)) as running:
        yield Organization(running.line)


@pytest.fixture
def gateway(organization: Organization) -> Gateway:
    return organization.gateway()
