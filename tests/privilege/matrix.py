"""The matrix as files: every case of an installation with what was said of it."""

from collections.abc import Sequence

from scripts.environment import ROOT
from tests.privilege.attempts import Attempt, told

_HOME = ROOT / ".cache" / "privilege"


def lines(attempts: Sequence[Attempt], verdicts: Sequence[str]) -> list[str]:
    """A line for each: the verdict, who, what, which action on which resource."""
    return [f"{verdict:5} {told(each)}" for each, verdict in zip(attempts, verdicts, strict=True)]


def kept(name: str, of: str, cases: Sequence[str]) -> str:
    """Keep the cases where people find them; the file's name from the project's root."""
    _HOME.mkdir(parents=True, exist_ok=True)
    file = _HOME / f"{name.replace(' ', '-').replace(chr(39), '')}-{of}.txt"
    file.write_text("\n".join(cases) + "\n", encoding="utf-8")
    return file.relative_to(ROOT).as_posix()
