"""A folder of records, reported."""

from pathlib import Path
from typing import Any

from hub.reporting.document import report_document
from orgconfig.prices import prices_of
from scripts.reading.engine import ask
from scripts.reading.files import find


def reported(folder: Path, *gateways: str, record_format: str | None = None) -> dict[str, Any]:
    """The report document of everything in it."""
    found = ask(find([str(folder)], record_format), gateways=gateways)
    return report_document(found, prices_of("eu-west-1"))
