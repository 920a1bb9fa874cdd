"""Where in a file each value of a config stands."""

from collections.abc import Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Origin:
    """The file that a config was read from.

    Attributes:
        file: Its name without folders: whoever reads it in a refusal knows no folder of ours.
        lines: The line of each value's key, or of the list item; from 1.

    """

    file: str
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of the value at `path`; 0 when it is not in the file."""
        return self.lines.get(path, 0)


def dotted(path: Path) -> str:
    """A path as people write it: `overrides[1].set.tier`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
