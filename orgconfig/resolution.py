"""Which recording policy applies to a gateway, and why.

`recording`, then overrides by OU (deeper wins), account, tag and gateway; of equals the later one. The
owner's own tier tag stands on the level of tags, above the tag overrides: only an override that names the
gateway itself wins over it. Opting out is no level: nothing but `tags.allow_opt_out` takes it back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from orgconfig.policy import Policy, RecordingPolicy
from orgconfig.sources import named, override_source, where
from orgconfig.subjects import Subject

NEVER = "never"

_Layer = dict[str, tuple[Any, str]]  # field -> its value, and where that is set


@dataclass(frozen=True)
class Resolved:
    """The policy of one gateway.

    Attributes:
        recording: Every field.
        sources: Where each field of `recording` is set.
        opted_out: Its owner wants it never recorded, and the config lets owners decide.
        notes: What was passed over, in sentences.

    """

    recording: RecordingPolicy
    sources: Mapping[str, str]
    opted_out: bool
    notes: tuple[str, ...]


class Resolver:
    """A policy, ready to be asked about any number of gateways: no question looks at every override."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._defaults: _Layer = {
            field: (value, where(policy, f"recording.{field}"))
            for field, value in structs.asdict(policy.recording).items()
        }
        self._by_ou: dict[str, _Layer] = {}
        self._by_account: dict[str, _Layer] = {}
        self._by_gateway: dict[str, _Layer] = {}
        self._by_tag: dict[tuple[str, str], list[tuple[int, Mapping[str, str], _Layer]]] = {}
        for at, override in enumerate(policy.overrides):
            match = override.match
            layer = {
                field: (value, override_source(policy, at, field))
                for field, value in override.change.given().items()
            }
            if match.tag:  # found by its first tag; the others are compared then
                first = next(iter(match.tag.items()))
                self._by_tag.setdefault(first, []).append((at, match.tag, layer))
            for found, key in (
                (self._by_ou, match.ou), (self._by_account, match.account), (self._by_gateway, match.gateway),
            ):  # fmt: skip
                if key is not None:
                    found.setdefault(key, {}).update(layer)

    def resolve(self, subject: Subject) -> Resolved:
        """The policy of a gateway; whatever is not known of it matches nothing."""
        chosen = dict(self._defaults)
        for ou in subject.path:
            chosen.update(self._by_ou.get(ou, {}))
        chosen.update(self._by_account.get(subject.account, {}))
        for layer in self._tagged(subject.tags):
            chosen.update(layer)
        chosen.update(self._own_tier(subject.tags))
        chosen.update(self._by_gateway.get(subject.gateway or "", {}))
        recording = RecordingPolicy(**{field: value for field, (value, _) in chosen.items()})
        return Resolved(
            recording=recording,
            sources={field: source for field, (_, source) in chosen.items()},
            opted_out=self._policy.tags.allow_opt_out and self._never(subject.tags),
            notes=tuple(self._notes(subject.tags, recording)) if subject.tags else (),
        )

    def _tagged(self, tags: Mapping[str, str]) -> list[_Layer]:
        found = [
            (at, layer)
            for tag in tags.items()
            for at, wanted, layer in self._by_tag.get(tag, ())
            if wanted.items() <= tags.items()
        ]
        return [layer for _, layer in sorted(found, key=lambda each: each[0])]

    def _own_tier(self, tags: Mapping[str, str]) -> _Layer:
        name = self._policy.names.tier_tag
        tier = _word(tags.get(name))
        if tier not in self._policy.tiers or not self._policy.tags.allow_tier:
            return {}
        return {"tier": (tier, f"tag {name} on the gateway")}

    def _never(self, tags: Mapping[str, str]) -> bool:
        return _word(tags.get(self._policy.names.record_tag)) == NEVER

    def _notes(self, tags: Mapping[str, str], recording: RecordingPolicy) -> Iterator[str]:
        policy, names = self._policy, self._policy.names
        tier, record = tags.get(names.tier_tag), tags.get(names.record_tag)
        if tier is not None and not policy.tags.allow_tier:
            yield f"the tag {names.tier_tag} is not obeyed: {named(policy, 'tags.allow_tier')} is false"
        elif tier is not None and _word(tier) not in policy.tiers:
            yield (
                f"the tag {names.tier_tag} names tier `{tier}`, which does not exist; "
                f"{recording.tier} applies, and there are {', '.join(policy.tiers)}"
            )
        if record is not None and not policy.tags.allow_opt_out:
            yield f"the tag {names.record_tag} is not obeyed: {named(policy, 'tags.allow_opt_out')} is false"
        elif record is not None and not self._never(tags):
            yield f"the tag {names.record_tag} says `{record}`, which means nothing; only `{NEVER}` does"


def resolve(policy: Policy, subject: Subject) -> Resolved:
    """The policy of one gateway; whoever asks about many keeps a `Resolver`."""
    return Resolver(policy).resolve(subject)


def _word(value: str | None) -> str:
    """A tag's value as it is meant: people write Never."""
    return (value or "").strip().lower()
