"""Every template of every kind of config, rendered once."""

import functools

import pytest

from orgconfig.models import OrgConfig
from scripts.checks.templates import RENDER
from scripts.checks.variants import variants
from tests.templates.reading import Template

VARIANTS = variants()


@functools.cache
def rendered(kind: str, variant: str) -> Template:
    """One template of one config."""
    return Template(RENDER[kind](VARIANTS[variant]))


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def config(variant: str) -> OrgConfig:
    return VARIANTS[variant]


@pytest.fixture(params=RENDER)
def template(request: pytest.FixtureRequest, variant: str) -> Template:
    """Every template of every variant."""
    return rendered(request.param, variant)


@pytest.fixture
def hub(variant: str) -> Template:
    return rendered("hub", variant)


@pytest.fixture
def spoke(variant: str) -> Template:
    return rendered("spoke", variant)


@pytest.fixture
def archive(variant: str) -> Template:
    return rendered("archive", variant)


@pytest.fixture
def management(variant: str) -> Template:
    return rendered("management", variant)
