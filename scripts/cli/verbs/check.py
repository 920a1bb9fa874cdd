"""`natrec check`: is the config valid?"""

from collections.abc import Sequence

import typer

from orgconfig.errors import ConfigError, NatrecError, Problem
from scripts.cli import output
from scripts.cli.errors import FAILED
from scripts.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, examples


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog=examples("natrec check", "natrec check -c acme.yaml --json"))(check)


def check(*, config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> int:
    """Say everything that is wrong with a config, line by line."""
    from stacksets.loading import load_config  # noqa: PLC0415 - slow to import

    try:
        loaded = load_config(config)
    except ConfigError as problem:
        return _refuse(problem.problems, problem.lines(), as_json=as_json)
    except NatrecError as problem:
        if not as_json:
            raise
        return _refuse([Problem(0, "", f"{problem.what}. {problem.next}")], [], as_json=True)
    if as_json:
        output.result_json({"ok": True, "errors": []})
    else:
        counts = (("region", loaded.targets.regions), ("tier", loaded.tiers), ("override", loaded.overrides))
        summary = ", ".join(f"{len(items)} {noun}{'' if len(items) == 1 else 's'}" for noun, items in counts)
        output.result(f"{config}: valid ({summary})")
    return 0


def _refuse(problems: Sequence[Problem], lines: list[str], *, as_json: bool) -> int:
    """Problems are the result of this verb, so they go to stdout."""
    if as_json:
        errors = [{"line": each.line, "field": each.field, "message": each.message} for each in problems]
        output.result_json({"ok": False, "errors": errors})
    else:
        output.result("\n".join(lines))
        output.say(f"natrec: not valid, {len(lines)} problem{'' if len(lines) == 1 else 's'}")
    return FAILED
