"""What ships in the functions' zip, by which licence: `stacksets/README.md` has what the zip really holds."""

import re
import zipfile
from email.message import Message
from email.parser import HeaderParser
from functools import cache
from pathlib import Path

from stacksets.bundling import PACKAGES, Platform, bundle

README = Path("stacksets/README.md").read_text(encoding="utf-8")
SECTION = README.partition("## What ships\n")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| ([\w.-]+) \| (\d[\w.]*) \| ([^|]+) \|$", re.MULTILINE)
# They ask for their own text to come along, and for nothing else.
PERMISSIVE = {"MIT", "BSD License", "BSD-3-Clause", "PSF-2.0", "Apache-2.0"}


@cache
def inside() -> tuple[str, ...]:
    with zipfile.ZipFile(bundle(Platform.LAMBDA).path) as shipped:
        return tuple(shipped.namelist())


@cache
def distributions() -> dict[str, Message]:
    """What each distribution in the zip says of itself, by its folder."""
    with zipfile.ZipFile(bundle(Platform.LAMBDA).path) as shipped:
        return {
            name.partition("/")[0]: HeaderParser().parsestr(shipped.read(name).decode())
            for name in inside()
            if name.endswith(".dist-info/METADATA")
        }


def licence(said: Message) -> str:
    """An SPDX expression, else its own word, else the first classifier (Core metadata specifications)."""
    classifiers = [each for each in said.get_all("Classifier", []) if each.startswith("License")]
    words = (
        said["License-Expression"],
        said["License"],
        *(each.rpartition(":: ")[2] for each in classifiers),
    )
    return next(filter(None, words), "nothing said")


def test_the_table_of_what_ships_is_what_the_zip_holds() -> None:
    found = sorted(
        (str(said["Name"]), str(said["Version"]), licence(said)) for said in distributions().values()
    )
    rows = [f"| {name} | {version} | {words} |" for name, version, words in found]
    assert sorted(ROW.findall(SECTION)) == found, "\n".join(["The table should be:", *rows])


def test_every_licence_is_permissive_and_its_text_comes_along() -> None:
    for folder, said in distributions().items():
        assert licence(said) in PERMISSIVE, folder
        texts = [name for name in inside() if name.startswith(f"{folder}/") and "licen" in name.lower()]
        assert texts, folder


def test_nothing_is_inside_that_no_distribution_brings() -> None:
    tops = {name.partition("/")[0].removesuffix(".py") for name in inside()}
    brought = {str(said["Name"]).lower().replace("-", "_") for said in distributions().values()}
    old = {"slack"}  # slack_sdk brings its name of old, too
    assert tops == {*PACKAGES, *distributions(), *brought, *old}
