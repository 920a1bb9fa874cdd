"""Config to CloudFormation: the same text for the same config, whoever renders it."""

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orgconfig.compiling import compile_policy
from orgconfig.models import OrgConfig
from orgconfig.origin import Origin
from stacksets.contexts import (
    SWEEP_MINUTES,
    ArchiveContext,
    DashboardContext,
    HubContext,
    ManagementContext,
    SpokeContext,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = (ROOT / "hub" / "templates", ROOT / "spoke" / "templates")
STATE_MACHINE = TEMPLATES[0] / "recording.asl.json"
SWEEP_MACHINE = TEMPLATES[0] / "sweep.asl.json"


@cache
def environment() -> Environment:
    """Jinja whose marks CloudFormation does not use, so `{{resolve:...}}` and `${...}` stay what they are."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        line_statement_prefix="#%",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - CloudFormation, not HTML
    )
    # Jinja's own filter escapes for HTML; JSON as it is, is YAML.
    made.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    return made


def render_spoke(config: OrgConfig) -> str:
    """The template of every member account and region."""
    return _render("spoke.yaml.j2", SpokeContext.of(config))


def render_archive(config: OrgConfig) -> str:
    """The template of the archive."""
    return _render("archive.yaml.j2", ArchiveContext.of(config))


def render_management(config: OrgConfig) -> str:
    """The template of the management account, for the region where Organizations lives."""
    return _render("management.yaml.j2", ManagementContext.of(config))


def render_hub(config: OrgConfig, sweep_minutes: int = SWEEP_MINUTES) -> str:
    """The template of the hub."""
    parts = (render_state_machine(), render_sweep_machine(), render_dashboard(config))
    return _render("hub.yaml.j2", HubContext.of(config, *parts, sweep_minutes))


def render_dashboard(config: OrgConfig) -> str:
    """The dashboard's body on one line, with what CloudFormation knows still open."""
    body = json.loads(_render("dashboard.json.j2", DashboardContext.of(config)))
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def render_state_machine() -> str:
    """The state machine, with the substitutions that the hub's stack makes still open."""
    return STATE_MACHINE.read_text(encoding="utf-8")


def render_sweep_machine() -> str:
    """The state machine of a sweep, in the same way."""
    return SWEEP_MACHINE.read_text(encoding="utf-8")


def render_all(config: OrgConfig, origin: Origin | None = None) -> dict[str, str]:
    """Everything that a config becomes: the text of each file by its name."""
    policy = json.dumps(compile_policy(config, origin), indent=2, ensure_ascii=False)
    return {
        "hub.yaml": render_hub(config),
        "spoke.yaml": render_spoke(config),
        "archive.yaml": render_archive(config),
        "management.yaml": render_management(config),
        "recording.asl.json": render_state_machine(),
        "sweep.asl.json": render_sweep_machine(),
        "policy.json": f"{policy}\n",
    }


def _render(template: str, context: "DataclassInstance") -> str:
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    return environment().get_template(template).render(values)
