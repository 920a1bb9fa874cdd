"""Policies and subjects, for tests that name only what they are about."""

import json
from collections.abc import Mapping

from orgconfig.compiling import compile_policy
from orgconfig.models import OrgConfig
from orgconfig.policy import Policy, read_policy
from orgconfig.subjects import Subject
from tests.orgconfig.documents import Document, config

ACCOUNT = "444444444444"
ROOT, WORKLOADS, PAYMENTS = "r-ab12", "ou-ab12-workloads", "ou-ab12-payments"
GATEWAY = "nat-0123456789abcdef0"
TIERS = {"standard": {"threshold": "1 GB"}, "heavy": {"threshold": "20 GB"}, "light": {"threshold": "1 MB"}}


def policy(**fields: object) -> Policy:
    """A policy with the tiers standard, heavy and light."""
    document = config(**{"tiers": TIERS, **fields})
    return read_policy(json.dumps(compile_policy(OrgConfig.model_validate(document))))


def override(change: Document, **match: object) -> Document:
    return {"match": match, "set": change}


def subject(
    account: str = ACCOUNT,
    region: str = "eu-west-1",
    path: tuple[str, ...] = (ROOT, WORKLOADS, PAYMENTS),
    gateway: str | None = GATEWAY,
    tags: Mapping[str, str] | None = None,
) -> Subject:
    return Subject(account, region, path, gateway, tags or {})
