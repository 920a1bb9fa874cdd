"""Which fields a config's file says, and on which lines: what the policy tells about where a value is set.

Kept compact, for thousands of overrides share one DynamoDB item: an override's own fields are named only
where they stand on another line than the override.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from orgconfig.origin import Origin, Path, dotted

if TYPE_CHECKING:
    from pydantic import BaseModel

    from orgconfig.models import OrgConfig

_SECTIONS = ("targets", "tiers", "recording", "quotas", "tags")


def written(config: "OrgConfig", origin: Origin | None) -> dict[str, int]:
    """The line of each field that was written, by its dotted path; 0 where lines are not known."""

    def line(path: Path) -> int:
        return origin.line(path) if origin else 0

    lines = {dotted(path): line(path) for path in _fields(config, ()) if path[0] in _SECTIONS and path[1:]}
    for at, override in enumerate(config.overrides):
        entry: Path = ("overrides", at)
        lines[dotted(entry)] = line(entry)
        for field in override.change.model_fields_set:
            changed = (*entry, "set", field)
            if line(changed) != line(entry):
                lines[dotted(changed)] = line(changed)
    items = [("mute", at) for at in range(len(config.mute))]
    routes = [("notify", "routes", at) for at in range(len(config.notify.routes))]
    return lines | {dotted(path): line(path) for path in (*items, *routes)}


def _fields(model: "BaseModel", path: Path) -> Iterator[Path]:
    """The fields of a model that were given, those of its parts too."""
    for name in type(model).model_fields:
        if name in model.model_fields_set:
            yield (*path, name)
            value = getattr(model, name)
            if isinstance(value, Mapping):
                for key, part in value.items():
                    yield (*path, name, key)
                    yield from _fields(part, (*path, name, key))
            elif hasattr(value, "model_fields_set"):
                yield from _fields(value, (*path, name))
