"""The compiled policy: what the hub needs of the config at run time, as one JSON document.

Durations are whole seconds, sizes whole bytes, 0 is unlimited, `until_recovery` stays a word. The
version is a hash of the content, so an unchanged config is an unchanged policy. The document holds
names of secrets, never a secret. One that contradicts itself is refused here, so that the hub never
takes it in the place of a good one.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import ValidationError, field_validator, model_validator

from orgconfig.compiling import FORMAT, compile_policy
from orgconfig.errors import NatrecError
from orgconfig.names import Names
from orgconfig.policy_parts import (
    Archive,
    Hub,
    MuteWindow,
    NotifyPolicy,
    OverridePolicy,
    Part,
    Quotas,
    RecordingPolicy,
    TagsPolicy,
    TargetsPolicy,
    TierPolicy,
    Where,
)

__all__ = ["Policy", "PolicyError", "RecordingPolicy", "compile_policy", "read_policy"]


class PolicyError(NatrecError):
    """A policy document cannot be used."""


class Policy(Part):
    """What the hub knows of the config."""

    format: int
    version: str
    namespace: str
    role_path: str
    organization: str
    management_account: str
    hub: Hub
    archive: Archive
    tiers: Mapping[str, TierPolicy]
    recording: RecordingPolicy
    quotas: Quotas
    overrides: tuple[OverridePolicy, ...]
    tags: TagsPolicy
    mute: tuple[MuteWindow, ...]
    notify: NotifyPolicy
    targets: TargetsPolicy
    prices: Mapping[str, float] = {}
    where: Where = Where()

    @field_validator("format", mode="after")
    @classmethod
    def _known(cls, number: int) -> int:
        if number != FORMAT:
            raise ValueError(
                f"this natrec reads format {FORMAT} of the policy, not {number}: deploy both anew"
            )
        return number

    @model_validator(mode="after")
    def _tiers_exist(self) -> Self:
        named = [("recording", self.recording.tier)]
        named += [
            (f"overrides[{at}]", each.change.tier)
            for at, each in enumerate(self.overrides)
            if each.change.tier
        ]
        for where, tier in named:
            if tier not in self.tiers:
                raise ValueError(
                    f"{where} names tier `{tier}`, which does not exist; there are {', '.join(self.tiers)}"
                )
        return self

    @property
    def names(self) -> Names:
        """Every name of this installation."""
        return Names(self.namespace, self.role_path)


def read_policy(document: str | bytes) -> Policy:
    """Read a policy document.

    Raises:
        PolicyError: It is no policy, of another format, or it contradicts itself; every reason is told.

    """
    try:
        return Policy.model_validate_json(document)
    except ValidationError as problem:
        found = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}".removeprefix(": ")
            for each in problem.errors(include_url=False, include_input=False)
        ]
        raise PolicyError(
            f"the policy cannot be used: {'; '.join(found)}", next="Run `natrec check`, then `natrec apply`."
        ) from problem
