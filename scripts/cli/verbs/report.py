"""`natrec report`: who caused the traffic, from record files, on this machine."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.cli import output
from scripts.cli.options import DEFAULT_CONFIG, AsJson, examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.reporting.findings import Findings
    from scripts.reading.files import Files

Sources = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE...", help="Directories, globs in quotes, files, or s3://BUCKET/PREFIX."),
]
Gateways = Annotated[
    list[str] | None,
    typer.Option(
        "--gateway-ip", metavar="IP", help="Of the gateway with this address only; may be repeated."
    ),
]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one page too.")
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="How records without a header are built: '${version} ${srcaddr} ...'.",
    ),
]
Region = Annotated[
    str | None, typer.Option("--region", metavar="R", help="Whose prices; found in the files' names.")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "-c",
        "--config",
        metavar="FILE",
        help=f"Whose `prices` hold, as in the hub; {DEFAULT_CONFIG} where it is there.",
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="At most so much memory, as in 512MB, 240MB at the least; then the disk.",
    ),
]
ReverseNames = Annotated[
    bool,
    typer.Option("--reverse-names", help="Ask DNS who the remotes are that belong to no AWS service."),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        epilog=examples(
            "natrec report ./records --html report.html",
            "natrec report ./records -c natrec.yaml --html report.html",
            "natrec report 's3://acme-natrec-archive/natrec/' --gateway-ip 10.0.100.5 --json",
        )
    )(report)


def report(
    *,
    sources: Sources,
    gateways: Gateways = None,
    html: Html = None,
    record_format: Format = None,
    region: Region = None,
    config: Config = None,
    memory: Memory = None,
    reverse_names: ReverseNames = False,
    as_json: AsJson = False,
) -> None:
    """Tell who talked with whom through NAT gateways, from flow log records in any format."""
    from hub.reporting.document import report_document  # noqa: PLC0415 - slow to import
    from orgconfig.prices import prices_of  # noqa: PLC0415 - with its siblings
    from scripts.cli.reports import as_text  # noqa: PLC0415 - with its siblings
    from scripts.reading.downloads import fetched  # noqa: PLC0415 - slow to import
    from scripts.reading.files import find, region_of  # noqa: PLC0415 - with its siblings

    paid = _paid(config)
    with fetched(sources, output.say) as local:
        files = find(local, record_format)
        found = _ask(files, tuple(gateways or ()), _limit(memory))
        document = report_document(found, prices_of(region or region_of(files), paid))
    if reverse_names:
        from scripts.reading.reverse import with_remote_names  # noqa: PLC0415 - with its siblings

        document = with_remote_names(document)
    if html:
        from hub.reporting.page import page  # noqa: PLC0415 - slow to import

        html.write_text(page(document), encoding="utf-8")
        output.say(f"wrote {html}")
    if as_json:
        output.result_json(document)
    else:
        output.result(as_text(document))


def _paid(config: Path | None) -> "Mapping[str, float]":
    """What a config says is paid; records can be read without any."""
    chosen = config or DEFAULT_CONFIG
    if config is None and not chosen.exists():
        return {}
    from stacksets.loading import load  # noqa: PLC0415 - slow to import

    return load(chosen).config.prices.given()


def _ask(files: "Files", gateways: tuple[str, ...], memory: int | None) -> "Findings":
    from scripts.reading.engine import ask  # noqa: PLC0415 - slow to import

    if not sys.stderr.isatty():
        return ask(files, gateways=gateways, memory=memory)
    from rich.progress import Progress  # noqa: PLC0415 - slow to import, and nobody watches a pipe

    with Progress(console=output.console(), transient=True) as bars:
        bar = bars.add_task("reading records", total=1.0)
        return ask(
            files,
            gateways=gateways,
            memory=memory,
            progress=lambda part: bars.update(bar, completed=part),
        )


def _limit(memory: str | None) -> int | None:
    from orgconfig.units import UnitError, parse_size  # noqa: PLC0415 - with its siblings

    if memory is None:
        return None
    try:
        return parse_size(memory)
    except UnitError as problem:
        raise typer.BadParameter(str(problem), param_hint="--memory") from None
