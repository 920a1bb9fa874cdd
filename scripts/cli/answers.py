"""Answers of whoever runs a verb: typed on a terminal, or a line through a pipe."""

import sys

import typer

from scripts.cli import output


def answered(question: str) -> str | None:
    """One line; None where nobody is there, for what would be read has ended.

    Args:
        question: Shown on stderr: stdout is for the result.

    """
    if not sys.stdin:  # closed before we began
        return None
    if sys.stdin.isatty():
        return str(typer.prompt(question, err=True)).strip()
    output.say(question)
    line = sys.stdin.readline()
    return line.strip() if line else None


def agreed(question: str) -> bool | None:
    """Whether the answer is yes; None where nobody is there."""
    if sys.stdin and sys.stdin.isatty():
        return bool(typer.confirm(question, err=True))
    answer = answered(f"{question} [y/N]")
    return None if answer is None else answer.lower() in ("y", "yes")
