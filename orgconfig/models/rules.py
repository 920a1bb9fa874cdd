"""What the parts of a config must not say against each other.

Works on the document as written and passes over whatever is malformed, so that a mistake elsewhere
never hides one of these.
"""

from collections.abc import Iterator, Mapping, Sequence

from orgconfig import units
from orgconfig.models.recording import Recording

Path = tuple[str | int, ...]
Section = Mapping[object, object]
Violation = tuple[Path, str]
_DEFAULTS: dict[object, object] = dict(Recording().model_dump(mode="json").items())


def violations(document: Mapping[object, object]) -> Iterator[Violation]:
    """Where the parts disagree, and what is allowed there."""
    tiers, recording = document.get("tiers"), _mapping(document.get("recording"))
    sections = [(("recording",), recording), *_changes(document)]
    for path, section in sections:
        if isinstance(tiers, Mapping) and tiers:
            yield from _unknown_tier(path, section, tiers)
        yield from _outlives_its_limit(path, section, recording)


def _mapping(value: object) -> Section:
    return value if isinstance(value, Mapping) else {}


def _changes(document: Section) -> Iterator[tuple[Path, Section]]:
    overrides = document.get("overrides")
    if isinstance(overrides, Sequence) and not isinstance(overrides, str):
        for at, override in enumerate(overrides):
            yield ("overrides", at, "set"), _mapping(_mapping(override).get("set"))


def _unknown_tier(path: Path, section: Section, tiers: Section) -> Iterator[Violation]:
    tier = section.get("tier", _DEFAULTS["tier"] if path == ("recording",) else None)
    if isinstance(tier, str) and tier not in tiers:
        yield (*path, "tier"), f"must be one of the tiers: {', '.join(map(str, tiers))}; this is `{tier}`"


def _seconds(text: object) -> int | None:
    try:
        return units.parse_duration(text)
    except units.UnitError:
        return None


def _outlives_its_limit(path: Path, section: Section, recording: Section) -> Iterator[Violation]:
    """The duration against the limit, each from the override, else from `recording`, else the default."""
    in_force: dict[object, object] = {**_DEFAULTS, **recording, **section}
    limit, longest = _seconds(in_force["hard_limit"]), _seconds(in_force["max_duration"])
    given = [field for field in ("max_duration", "hard_limit") if field in section]
    if given and limit is not None and longest is not None and longest > limit:
        spans = (
            f"max_duration ({units.format_duration(longest)}), hard_limit ({units.format_duration(limit)})"
        )
        yield (*path, given[-1]), f"hard_limit must be at least max_duration; in force here: {spans}"
