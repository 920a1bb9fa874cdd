"""Files with flow log records: text with or without a header, gzipped or not, and parquet."""

import gzip
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from orgconfig.errors import NatrecError
from scripts.reading.columns import DEFAULT_FORMAT, Layout, is_header, layout_of

_PARQUET, _GZIP = b"PAR1", b"\x1f\x8b"
_LONGEST = 65536  # bytes of a header
_NAME = re.compile(r"(?:\d{6}-)?\d{12}_vpcflowlogs_([a-z0-9-]+)_fl-")


@dataclass(frozen=True)
class TextFile:
    """One file of text.

    Attributes:
        layout: Its columns in order.
        has_header: Whether its first line names them.
        is_gzipped: Whether it is compressed.

    """

    path: Path
    layout: Layout
    has_header: bool
    is_gzipped: bool


@dataclass(frozen=True)
class Files:
    """Everything that was found."""

    texts: tuple[TextFile, ...]
    parquets: tuple[Path, ...]

    @property
    def size(self) -> int:
        """Their bytes, as they lie there."""
        return sum(each.stat().st_size for each in (*(text.path for text in self.texts), *self.parquets))


def find(sources: Sequence[str], record_format: str | None = None) -> Files:
    """Find the files of directories, globs and paths, and look at the beginning of each.

    Args:
        sources: Directories are searched at any depth.
        record_format: The format of text without a header, as in `${version} ${srcaddr}`; without it such
            text is taken for the default format.

    Raises:
        NatrecError: There is no such file, or one is not made of flow log records.

    """
    given = layout_of(record_format.split()) if record_format else None
    texts, parquets = [], []
    for path in _paths(sources):
        head = _head(path)
        if head.startswith(_PARQUET):
            parquets.append(path)
        elif head:
            texts.append(_text(path, given))
    if not texts and not parquets:
        raise NatrecError("there is no file with records", ", ".join(sources))
    return Files(tuple(texts), tuple(parquets))


def _paths(sources: Iterable[str]) -> list[Path]:
    found: dict[Path, None] = {}
    for source in sources:
        path = Path(source)
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file() and each.name[0] not in "._")
        elif has_magic(source):
            inside = sorted(filter(Path.is_file, map(Path, glob(source, recursive=True))))  # noqa: PTH207 - any path
        else:
            inside = [path]
            if not path.is_file():
                raise NatrecError(
                    "there is no such file or directory",
                    source,
                    "Name files, directories, globs in quotes, or s3://BUCKET/PREFIX.",
                )
        found |= dict.fromkeys(inside)
    return list(found)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as problem:
        raise NatrecError(f"it cannot be read: {problem.strerror}", str(path)) from None


def _text(path: Path, given: Layout | None) -> TextFile:
    gzipped = _head(path).startswith(_GZIP)
    line = _first_line(path, gzipped=gzipped)
    words = line.split()
    if is_header(words):
        layout, has_header = layout_of(words), True
    else:
        layout, has_header = given or Layout(DEFAULT_FORMAT), False
        if len(words) != len(layout.columns):
            what = "the format given with --format" if given else "the default format"
            raise NatrecError(
                f"its first line has {len(words)} fields and no header; {what} has {len(layout.columns)}",
                str(path),
                "Say how its records are built: --format '${version} ${account-id} ...'.",
            )
    layout.check(str(path))
    return TextFile(path, layout, has_header, gzipped)


def _first_line(path: Path, *, gzipped: bool) -> str:
    try:
        with gzip.open(path, "rb") if gzipped else path.open("rb") as file:
            line = file.readline(_LONGEST)
        return line.decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as problem:
        raise NatrecError(
            f"it is no text of flow log records: {problem}", str(path), "Leave it out, or fetch it again."
        ) from None


def region_of(files: Files) -> str | None:
    """The region that the names of the files tell, where it is one (VPC User Guide, "Flow log files")."""
    paths = (*(each.path for each in files.texts), *files.parquets)
    named = {found[1] for path in paths if (found := _NAME.match(path.name))}
    return named.pop() if len(named) == 1 else None
