"""Each kind in each channel, as it is read: `pytest tests/hub/notices --snapshot-update`."""

import json

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from hub.domain.notices import KINDS, Kind
from hub.notices import blocks, chat, workflow
from hub.notices.mail import letter
from hub.notices.samples import sample


class _Text(SingleFileSnapshotExtension):
    """One file per document."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


class _Json(_Text):
    file_extension = "json"


def _document(found: object) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_mail(kind: Kind, snapshot: SnapshotAssertion) -> None:
    subject, text = letter(sample(kind))
    assert f"Subject: {subject}\n\n{text}" == snapshot(extension_class=_Text)


@pytest.mark.parametrize("kind", KINDS)
def test_slack(kind: Kind, snapshot: SnapshotAssertion) -> None:
    assert _document(blocks.message(sample(kind))) == snapshot(extension_class=_Json)


@pytest.mark.parametrize("kind", KINDS)
def test_workflow(kind: Kind, snapshot: SnapshotAssertion) -> None:
    assert _document(workflow.variables(sample(kind))) == snapshot(extension_class=_Json)


@pytest.mark.parametrize("kind", KINDS)
def test_chat(kind: Kind, snapshot: SnapshotAssertion) -> None:
    assert _document(chat.message(sample(kind))) == snapshot(extension_class=_Json)
