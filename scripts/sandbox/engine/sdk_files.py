"""The SDK's descriptions of AWS are read once, whichever of this process's sessions asks for them.

botocore keeps them for each session, and moto makes many: where it asks for a service's regions it reads the
whole service, EC2's three times while it is imported.
"""

from collections.abc import Callable
from typing import Any

from botocore.loaders import JSONFileLoader

from scripts.sandbox.engine.seams import replace


def install() -> None:
    """Read each file once; called before moto is imported, for moto reads as it is imported."""
    replace(JSONFileLoader, "load_file", once_for_each_file)


def once_for_each_file(original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Read each file once: clients of one session share what was read too, so nobody changes it."""
    read: dict[str, Any] = {}

    def load_file(loader: Any, file_path: str) -> Any:
        if file_path not in read:
            read[file_path] = original(loader, file_path)
        return read[file_path]

    return load_file
