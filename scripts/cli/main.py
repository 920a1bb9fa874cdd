"""The entry point of the command line."""

import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from scripts.cli import errors
from scripts.cli.options import examples
from scripts.cli.verbs import VERBS

_DEBUG, _JSON = "--debug", "--json"


def application() -> typer.Typer:
    """The command line with all its verbs."""
    app = typer.Typer(
        name="natrec",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=examples("natrec init", "natrec check -c natrec.yaml", "natrec VERB --help"),
    )

    @app.callback()
    def natrec(
        *,
        debug: Annotated[
            bool, typer.Option(_DEBUG, help="Show tracebacks; may follow the verb too.")
        ] = False,
    ) -> None:
        """Record VPC Flow Logs of NAT gateways only while their traffic is abnormal."""

    for verb in VERBS:
        verb.register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one verb; whatever happens, people see words and the caller an exit code."""
    debug = _DEBUG in arguments
    words = [word for word in arguments if word != _DEBUG]
    command = typer.main.get_command(application())
    return errors.guarded(
        lambda: command.main(words, prog_name="natrec", standalone_mode=False),
        debug=debug,
        as_json=_JSON in words,
    )


def main() -> NoReturn:
    """Run the verb that the command line names, and exit."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
