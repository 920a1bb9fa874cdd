"""What the config of `natrec init` becomes, for reviewers: `pytest tests/templates --snapshot-update`."""

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from scripts.checks.variants import example, loaded_example
from stacksets.rendering import render_all


class _Yaml(SingleFileSnapshotExtension):
    """One file per document."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


class _Json(_Yaml):
    file_extension = "json"


@pytest.mark.parametrize("name", ["hub", "spoke", "archive", "management"])
def test_example(name: str, snapshot: SnapshotAssertion) -> None:
    assert render_all(example())[f"{name}.yaml"] == snapshot(extension_class=_Yaml)


def test_example_policy(snapshot: SnapshotAssertion) -> None:
    loaded = loaded_example()
    assert render_all(loaded.config, loaded.origin)["policy.json"] == snapshot(extension_class=_Json)


def test_the_same_config_becomes_the_same_text() -> None:
    assert render_all(example()) == render_all(example())
