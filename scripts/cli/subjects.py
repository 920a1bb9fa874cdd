"""Whose policy is asked for, as a command line or AWS says it."""

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from scripts.cli.options import checked

if TYPE_CHECKING:
    from orgconfig.members import Members
    from orgconfig.subjects import Subject


def tag(text: str) -> tuple[str, str]:
    """A tag of the gateway, as in `team=data-platform`."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise typer.BadParameter(
            f"must be KEY=VALUE, as in team=data-platform; this is `{text}`", param_hint="--tag"
        )
    return key, value


def path(text: str) -> tuple[str, ...]:
    """The path of OUs; its root may be left out, for every OU's id names it.

    Organizations API reference, "OrganizationalUnit": `ou-`, the root's id without `r-`, `-`, the rest.
    """
    from orgconfig.models import kinds  # noqa: PLC0415 - slow to import

    parts = tuple(text.strip("/").split("/"))
    for at, each in enumerate(parts):
        checked("--ou", kinds.OuOrRootId, each)
        if at and each.startswith("r-"):
            raise typer.BadParameter(f"must begin with the root; this is `{text}`", param_hint="--ou")
    return parts if parts[0].startswith("r-") else (f"r-{parts[0].split('-')[1]}", *parts)


def found(given: "Subject", role: str) -> "tuple[Subject, Members]":
    """The subject as AWS knows it, where its OUs are not given, and what is known of its organization."""
    from orgconfig.members import Members  # noqa: PLC0415 - slow to import

    if given.path:
        return given, Members.of_path(given.account, given.path)
    from scripts.cli.accounts import own_session  # noqa: PLC0415 - slow to import
    from stacksets.lookups import Lookups  # noqa: PLC0415 - slow to import

    lookups = Lookups(own_session(given.region), role)
    members = lookups.members(given.account, given.region)
    known = lookups.tags(given.account, given.region, given.gateway) if given.gateway else {}
    subject = replace(given, path=members.path(given.account), tags={**known, **given.tags})
    return subject, members
