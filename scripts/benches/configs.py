"""A config for benches: quick, and limited by nothing but how much may be recorded at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from scripts.stories.places import Document

EXAMPLE = Path(__file__).parents[2] / "orgconfig" / "example.yaml"


def unlimited(active: int) -> Document:
    """The example, with so many recordings at once in the organization; 0 is any number."""
    document: Document = yaml.safe_load(EXAMPLE.read_text())
    tier = {"threshold": "100 MB", "period": "1m", "datapoints": "1 of 1"}
    times = {"max_duration": "1h", "hard_limit": "1h", "cooldown": "2s", "delivery_wait": "1s"}
    account = {"active": 0, "max_per": {"day": 0}}
    return {
        **document,
        "tiers": {"standard": tier},
        "recording": {"tier": "standard", **times, "max_per": {"day": 0, "month": 0}},
        "quotas": {
            "account": account,
            "organization": {**account, "active": active, "delivered": {"month": "0"}},
        },
        "overrides": [],
    }


@contextmanager
def written(document: Document) -> Iterator[str]:
    """The config as a file, for as long as it is needed."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "natrec.yaml"
        file.write_text(yaml.safe_dump(document))
        yield str(file)
