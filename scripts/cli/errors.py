"""The one place where an exception becomes words and an exit code.

0: done, or nothing to do. 1: refused or failed. 2: usage. 130: interrupted.
"""

import os
import sys
import traceback
from collections.abc import Callable

import typer

from orgconfig.errors import NatrecError
from scripts.cli import output

FAILED = 1
INTERRUPTED = 130
_HINT = "Run it again with --debug for the traceback."


def guarded(run: Callable[[], object], *, debug: bool) -> int:
    """Run a verb.

    Args:
        run: Parses and does it. Returns an exit code, or anything else for 0.
        debug: Print the traceback of whatever went wrong.

    Returns:
        The exit code.

    """
    try:
        code = run()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except typer.TyperException as problem:
        return _usage(problem)
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except Exception as problem:  # noqa: BLE001 - the last resort: people see words, not a traceback
        if debug:
            traceback.print_exc()
        output.say(f"natrec: {_words(problem, debug=debug)}")
        return FAILED
    return code if isinstance(code, int) else 0


def _words(problem: Exception, *, debug: bool) -> str:
    if isinstance(problem, NatrecError):
        return str(problem)
    hint = [] if debug else [_HINT]
    if type(problem).__module__.startswith("botocore"):
        advice = "Check credentials (AWS_PROFILE), permissions and AWS_ENDPOINT_URL."
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
