import json
from dataclasses import replace

import pytest
from hypothesis import given

from hub.domain.notices import KINDS, AboutRecording, Kind
from hub.notices import chat, workflow
from hub.notices.samples import sample
from tests.hub.notices.told import ABOUT, NAMES, PAGE, hostile, written


@pytest.mark.parametrize("kind", KINDS)
def test_a_workflow_gets_the_same_variables_whatever_the_kind(kind: Kind) -> None:
    told = workflow.variables(sample(kind))
    assert list(told) == list(workflow.DECLARED)
    assert len(told) <= 20
    assert all(isinstance(each, str) for each in told.values())


def test_a_workflow_can_lead_to_the_report() -> None:
    told = workflow.variables(written("closed"))
    assert (told["link_label"], told["link"]) == ("Report", PAGE)


@given(NAMES)
def test_a_workflows_variables_mention_nobody(name: str) -> None:
    told = workflow.variables(written("closed", hostile(name, 500), name))
    assert not any({"<", ">"} & set(each) or len(each) > 3000 for each in told.values())


def is_what_the_schema_takes(document: dict[str, object]) -> None:
    """Administrator Guide, "Custom notifications": parameters and OpenAPI schema."""
    assert (document["version"], document["source"]) == ("1.0", "custom")
    content, metadata = document["content"], document["metadata"]
    assert isinstance(content, dict)
    assert isinstance(metadata, dict)
    assert content["textType"] == "client-markdown"
    assert 0 < len(content["title"]) <= 250
    assert 0 < len(content["description"]) <= 8000
    for name, longest in (("nextSteps", 350), ("keywords", 75)):
        listed = content.get(name, ["-"])
        assert 0 < len(listed) <= 10
        assert all(0 < len(each) <= longest for each in listed)
    assert metadata["threadId"]
    assert 0 < len(metadata["summary"]) <= 200
    assert len(json.dumps(document).encode()) < 256 * 1024


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_what_amazon_qs_schema_takes(kind: Kind) -> None:
    is_what_the_schema_takes(chat.message(sample(kind)))


@given(NAMES)
def test_whatever_people_call_things_it_is_what_amazon_qs_schema_takes(name: str) -> None:
    for kind in ABOUT:
        is_what_the_schema_takes(chat.message(written(kind, hostile(name, 500), name)))


def test_messages_of_one_recording_stand_in_one_thread() -> None:
    threads = {chat.message(sample(kind))["metadata"]["threadId"] for kind in ABOUT}
    ids = {chat.message(sample(kind))["id"] for kind in ABOUT}
    assert (len(threads), len(ids)) == (1, len(ABOUT))


@pytest.mark.parametrize("kind", ["failed", "stuck", "undelivered"])
def test_what_to_do_stands_where_amazon_q_shows_next_steps(kind: AboutRecording) -> None:
    content = chat.message(sample(kind))["content"]
    [step] = content["nextSteps"]
    assert step[0].isupper()
    assert "What to do" not in step + content["description"]


def test_more_than_amazon_q_takes_is_cut_where_it_may_be() -> None:
    steps = tuple(f"What to do: {'mend & ' * 99}" for _ in range(15))
    long = tuple("word " * 119 for _ in range(5))
    document = chat.message(replace(sample("closed"), paragraphs=(*long, *steps)))
    is_what_the_schema_takes(document)
    assert len(document["content"]["nextSteps"]) == 10
    assert "rec-20261123T130133-3a99437a" in document["content"]["description"]
