"""Errors that people cause and can mend; everything else is a bug.

NatrecError
  ConfigError   the config cannot be used; carries every problem found
"""

from collections.abc import Sequence
from dataclasses import dataclass


class NatrecError(Exception):
    """Something expected went wrong.

    Attributes:
        what: What went wrong, in one sentence.
        where: The file and line, or the account and region; empty when nowhere in particular.
        next: What to do about it; empty when `what` says it.

    """

    def __init__(self, what: str, where: str = "", next: str = "") -> None:  # noqa: A002
        super().__init__(what)
        self.what = what
        self.where = where
        self.next = next

    def __str__(self) -> str:
        return "\n".join(filter(None, [f"{self.where}: {self.what}" if self.where else self.what, self.next]))


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a config.

    Attributes:
        line: In the file, from 1; 0 when there is no file.
        field: The dotted path, as in `overrides[1].set.tier`; empty for the file as a whole.
        message: What is wrong and what is allowed.

    """

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class ConfigError(NatrecError):
    """A config cannot be used.

    Attributes:
        file: The file's name as it was given.
        problems: All of them, by line.

    """

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(
            f"{count} {noun} in the config\n" + "\n".join(self.lines()),
            where=file,
            next="Mend the config, then run `natrec check`.",
        )

    def lines(self) -> list[str]:
        """Each problem as `file:line: field: message`, or without the line where there is none."""
        return [
            f"{self.file}:{each.line}: {each}" if each.line else f"{self.file}: {each}"
            for each in self.problems
        ]
