"""The one place where an exception becomes words and an exit code.

0: done, or nothing to do. 1: refused or failed. 2: usage. 130: interrupted.
"""

import os
import sys
import traceback
from collections.abc import Callable

import typer

from orgconfig.errors import ConfigError, NatrecError
from scripts.cli import output

FAILED = 1
INTERRUPTED = 130
_HINT = "Run it again with --debug for the traceback."


class ReportedError(Exception):
    """A verb failed and its result says so already; its cause is still to be told on stderr."""


def guarded(run: Callable[[], object], *, debug: bool, as_json: bool = False) -> int:
    """Run a verb.

    Args:
        run: Parses and does it. Returns an exit code, or anything else for 0.
        debug: Print the traceback of whatever went wrong.
        as_json: Print what went wrong as the JSON document that was asked for, too.

    Returns:
        The exit code.

    """
    try:
        code = run()
    except (KeyboardInterrupt, typer.Abort):
        if as_json:
            output.result_json(document(NatrecError("interrupted", next="Run it again: it continues.")))
        return INTERRUPTED
    except typer.TyperException as problem:
        return _usage(problem)
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except Exception as problem:  # noqa: BLE001 - the last resort: people see words, not a traceback
        if debug:
            traceback.print_exc()
        cause = problem.__cause__ if isinstance(problem, ReportedError) else None
        if as_json and cause is None:
            output.result_json(document(problem))
        output.say(f"natrec: {_words(cause or problem, debug=debug)}")
        return FAILED
    return code if isinstance(code, int) else 0


def document(problem: Exception) -> dict[str, object]:
    """What went wrong as JSON shows it; a config's problems one by one, as `natrec check` has them."""
    if not isinstance(problem, NatrecError):
        what, *advice = _words(problem, debug=False).split("\n")
        return {"error": {"what": what, "where": "", "next": " ".join(advice)}}
    found: dict[str, object] = {"what": problem.what, "where": problem.where, "next": problem.next}
    if isinstance(problem, ConfigError):
        found["problems"] = [
            {"line": each.line, "field": each.field, "message": each.message} for each in problem.problems
        ]
    return {"error": found}


def _words(problem: BaseException, *, debug: bool) -> str:
    if isinstance(problem, NatrecError):
        return str(problem)
    hint = [] if debug else [_HINT]
    if type(problem).__module__.startswith("botocore"):
        advice = (
            "Check credentials (AWS_PROFILE), permissions and AWS_ENDPOINT_URL, and whether the account has "
            "enabled the region."
        )
        return "\n".join([f"AWS: {problem}", advice, *hint])
    return "\n".join([f"this is a bug in natrec: {type(problem).__name__}: {problem}", *hint])


def _usage(problem: typer.TyperException) -> int:
    context = getattr(problem, "ctx", None)
    command = context.command_path if context else "natrec"
    output.say(f"{command}: {problem.format_message()}\nTry: {command} --help")
    return problem.exit_code


def _forget_stdout() -> None:
    """Whoever read our output is gone; Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
