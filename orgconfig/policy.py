"""The compiled policy: what the hub needs of the config at run time, as one JSON document.

Durations are whole seconds, sizes whole bytes, 0 is unlimited, `until_recovery` stays a word. The
version is a hash of the content, so an unchanged config is an unchanged policy. The document holds
names of secrets, never a secret. One that contradicts itself is refused here, so that the hub never
takes it in the place of a good one.
"""

from collections.abc import Mapping

from msgspec import Struct

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
from orgconfig.reading import ReadingError, read_json

FORMAT = 1

__all__ = ["FORMAT", "Policy", "PolicyError", "RecordingPolicy", "policy_of", "read_policy"]


class PolicyError(NatrecError):
    """A policy document cannot be used."""


class Policy(Part, frozen=True, kw_only=True):
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

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
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

    @property
    def names(self) -> Names:
        """Every name of this installation."""
        return Names(self.namespace, self.role_path)


class _Format(Struct, frozen=True):
    """What is asked of a document before anything else, for the rest may differ with it."""

    format: int

    def __post_init__(self) -> None:
        """Refuse every format but one."""
        if self.format != FORMAT:
            raise ValueError(
                f"this natrec reads format {FORMAT} of the policy, not {self.format}: deploy both anew"
            )


def policy_of(document: str | bytes) -> Policy:
    """The policy of a document.

    Raises:
        ReadingError: It is none; the first reason is told.

    """
    read_json(_Format, document)
    return read_json(Policy, document)


def read_policy(document: str | bytes) -> Policy:
    """The same, for whoever is told what to do about it.

    Raises:
        PolicyError: It is no policy, of another format, or it contradicts itself.

    """
    try:
        return policy_of(document)
    except ReadingError as problem:
        raise PolicyError(
            f"the policy cannot be used: {problem}", next="Run `natrec check`, then `natrec apply`."
        ) from problem
