import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.engine import slack_blocks, slack_messages
from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.slack import SlackStandIn, start
from scripts.sandbox.engine.slack_faults import Fault, Faults

HELLO = {"text": "hello"}


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[SlackStandIn]:
    stand_in = SlackStandIn(tmp_path / "slack.jsonl")
    yield stand_in
    stand_in.stop()


def post(url: str, body: bytes, kind: str = "application/json") -> str:
    request = urllib.request.Request(url, data=body, headers={"Content-Type": kind})  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return str(answer.read().decode())


def failed(url: str, message: object = HELLO) -> tuple[int, str, str | None]:
    """Status, text and Retry-After of a post that is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(url, json.dumps(message).encode())
    with refused.value as answer:
        return answer.code, answer.read().decode(), answer.headers["Retry-After"]


def said(url: str) -> str:
    return post(url, json.dumps(HELLO).encode())


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def mrkdwn(length: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


def plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def button(**more: object) -> dict[str, Any]:
    return {"type": "button", "text": plain(75), "url": "https://example.com", **more}


def test_a_posted_message_becomes_a_line(slack: SlackStandIn) -> None:
    assert post(slack.url, json.dumps({"text": "one"}).encode()) == "ok"
    assert post(f"{slack.url}/T0/B0/x", json.dumps({"text": "two\nlines"}).encode()) == "ok"
    assert lines(slack.file) == [{"text": "one"}, {"text": "two\nlines"}]


def test_every_post_is_noted_with_its_webhook_and_its_answer(slack: SlackStandIn) -> None:
    said(slack.webhook("T0/B0/x"))
    failed(slack.webhook("T0/B0/y"), {})
    first, second = lines(slack.posts)
    assert (first["path"], first["status"], first["answer"]) == ("/services/T0/B0/x", 200, "ok")
    assert (second["path"], second["status"], second["answer"]) == ("/services/T0/B0/y", 400, "no_text")
    assert (first["accepted"], second["accepted"]) == (True, False)
    assert slack.refused == {"no_text": 1}


def test_it_listens_on_the_loopback_address_only(slack: SlackStandIn) -> None:
    assert slack.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("body", [b"not json", b"[]", b"{}"])
def test_what_slack_would_not_show_is_refused(slack: SlackStandIn, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(slack.url, body)
    assert refused.value.code == 400
    refused.value.close()
    assert not slack.file.exists()


def test_a_form_may_carry_the_message(slack: SlackStandIn) -> None:
    form = "application/x-www-form-urlencoded"
    assert post(slack.url, b"payload=%7B%22text%22%3A%22hello%22%7D", form) == "ok"
    assert lines(slack.file) == [HELLO]


def test_a_webhook_that_nobody_made_is_no_service(tmp_path: Path) -> None:
    stand_in = SlackStandIn(tmp_path / "slack.jsonl", frozenset({"/services/T0/B0/x"}))
    try:
        assert said(stand_in.webhook("T0/B0/x")) == "ok"
        assert failed(stand_in.webhook("T0/B0/y")) == (404, "no_service", None)
    finally:
        stand_in.stop()
    assert slack_messages.answer("/elsewhere", b"{}").status is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("kind", ["triggers", "workflows"])
def test_a_workflow_takes_texts_only(slack: SlackStandIn, kind: str) -> None:
    url = slack.webhook("T0/1/x", kind)
    assert json.loads(said(url)) == {"ok": True}
    for bad in ({"bytes": 1}, {"talkers": ["a"]}, {"talker": {"name": "a"}}, {"none": None}):
        assert failed(url, bad)[0] == 400
    assert lines(slack.file) == [HELLO]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": plain(150)},
        {"type": "section", "text": mrkdwn(3000), "accessory": button(style="primary")},
        {"type": "section", "fields": [mrkdwn(2000)] * 10},
        {"type": "context", "elements": [mrkdwn(1)] * 10},
        {"type": "actions", "elements": [button(action_id=str(number)) for number in range(25)]},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", "title": plain(9)},
        {"type": "divider", "block_id": "x" * 255},
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    ],
    ids=lambda block: str(block["type"]),
)
def test_a_block_within_the_limits_is_shown(block: dict[str, Any]) -> None:
    assert slack_blocks.faults([block]) == []


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ({"type": "header", "text": plain(151)}, "/text/text: must be 1 to 150"),
        ({"type": "header", "text": mrkdwn(1)}, "/text/type"),
        ({"type": "section", "text": mrkdwn(3001)}, "/text/text: must be 1 to 3000"),
        ({"type": "section", "text": mrkdwn(0)}, "/text/text"),
        ({"type": "section"}, "either text or fields"),
        ({"type": "section", "fields": [mrkdwn(1)] * 11}, "/fields: no more than 10"),
        ({"type": "section", "fields": [mrkdwn(2001)]}, "/fields/0/text"),
        ({"type": "section", "text": {**mrkdwn(1), "emoji": True}}, "invalid additional property: emoji"),
        ({"type": "section", "text": "hello"}, "/text/type"),
        ({"type": "section", "text": mrkdwn(1), "talkers": 3}, "invalid additional property: talkers"),
        ({"type": "context", "elements": []}, "/elements"),
        ({"type": "context", "elements": [mrkdwn(1)] * 11}, "no more than 10"),
        ({"type": "actions", "elements": [button()] * 26}, "no more than 25"),
        ({"type": "actions", "elements": [button(action_id="a")] * 2}, "action_id must be unique"),
        ({"type": "actions", "elements": [{**button(), "text": plain(76)}]}, "must be 1 to 75"),
        ({"type": "actions", "elements": [button(url="javascript:x")]}, "must be a valid URL"),
        ({"type": "actions", "elements": [button(url=f"https://e.com/{'x' * 3000}")]}, "/url"),
        ({"type": "actions", "elements": [button(style="loud")]}, "/style"),
        ({"type": "image", "image_url": "https://example.com/a.png"}, "/alt_text"),
        ({"type": "divider", "block_id": "x" * 256}, "/block_id"),
        ({"type": "banner"}, "unsupported type: banner"),
        ("divider", "must be an object"),
    ],
)
def test_a_block_beyond_the_limits_is_refused_with_its_place(block: object, fault: str) -> None:
    found = slack_blocks.faults([{"type": "divider"}, block])
    assert found
    assert all(each.startswith("blocks/1") for each in found)
    assert fault in " ".join(found)


def test_a_message_has_fifty_blocks_and_each_id_once() -> None:
    divider = {"type": "divider"}
    assert slack_blocks.faults([divider] * 50) == []
    assert slack_blocks.faults([divider] * 51) == ["blocks: no more than 50 items allowed"]
    assert slack_blocks.faults([{**divider, "block_id": "a"}] * 2) == ["blocks: block_id must be unique"]
    long = {"type": "markdown", "text": "x" * 7000}
    assert "12001 characters in all" in slack_blocks.faults([long, long])[0]


def test_blocks_of_attachments_have_the_same_limits(slack: SlackStandIn) -> None:
    message = {"attachments": [{"color": "#ff0000", "blocks": [{"type": "header", "text": plain(151)}]}]}
    assert failed(slack.url, message)[:2] == (400, "invalid_blocks")
    assert "attachments/0/blocks/0/text" in lines(slack.posts)[0]["faults"][0]
    assert failed(slack.url, {"attachments": [{}] * 101})[1] == "too_many_attachments"


def test_a_text_that_is_too_long_is_cut(slack: SlackStandIn) -> None:
    post(slack.url, json.dumps({"text": "x" * 40_001}).encode())
    assert len(lines(slack.file)[0]["text"]) == 40_000


def test_it_fails_for_a_while_and_then_works(slack: SlackStandIn) -> None:
    slack.fail(times=2, status=429, retry_after=1)
    slack.fail(times=1, status=500)
    answers = [failed(slack.url) for _ in range(3)]
    assert answers == [(429, "rate_limited", "1")] * 2 + [(500, "rollup_error", None)]
    assert said(slack.url) == "ok"
    assert slack.refused == {"rate_limited": 2, "rollup_error": 1}
    assert lines(slack.file) == [HELLO]


def test_it_fails_for_one_webhook_until_it_recovers(slack: SlackStandIn) -> None:
    slack.fail(status=503, path="/services/T0/B0/x")
    for _ in range(3):
        assert failed(slack.webhook("T0/B0/x"))[0] == 503
    assert said(slack.webhook("T0/B0/y")) == "ok"
    slack.recover()
    assert said(slack.webhook("T0/B0/x")) == "ok"


@pytest.mark.parametrize(("how", "posted"), [({}, []), ({"accepted": True}, [HELLO])])
def test_a_connection_is_dropped_before_or_after_the_message_was_accepted(
    slack: SlackStandIn, how: dict[str, bool], posted: list[dict[str, str]]
) -> None:
    slack.file.touch()
    slack.fail(times=1, status=None, **how)
    with pytest.raises((RemoteDisconnected, urllib.error.URLError)):
        said(slack.url)
    assert lines(slack.file) == posted
    assert lines(slack.posts)[0]["status"] is None


def test_an_answer_may_come_too_late_for_whoever_asks(slack: SlackStandIn) -> None:
    slack.fail(times=1, status=200, accepted=True, seconds=30)
    request = urllib.request.Request(  # noqa: S310
        slack.url, data=json.dumps(HELLO).encode(), headers={"Content-Type": "application/json"}
    )
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(request, timeout=0.2)  # noqa: S310
    assert lines(slack.file) == [HELLO]
    assert said(slack.url) == "ok"


def test_a_webhook_that_is_in_too_great_a_hurry_is_told_to_wait() -> None:
    faults = Faults()
    faults.pace(1)
    assert faults.next("/a", 10.0) is None
    assert faults.next("/a", 10.4) == Fault(429, retry_after=1.0)
    assert faults.next("/b", 10.4) is None
    assert faults.next("/a", 11.0) is None
    faults.clear()
    assert faults.next("/a", 11.1) is None


def test_whoever_runs_a_sandbox_makes_its_slack_fail(engine: Engine) -> None:
    stand_in = start(engine)

    def command(**asked: object) -> dict[str, Any]:
        answer = post(f"{engine.endpoint}/sandbox/slack", json.dumps(asked).encode())
        told: dict[str, Any] = json.loads(answer)
        return told

    assert command(times=1, status=429, retry_after=2) == {"posted": 0, "refused": {}}
    assert failed(stand_in.url) == (429, "rate_limited", "2")
    assert said(stand_in.url) == "ok"
    command(status=500)
    failed(stand_in.url)
    assert command(clear=True) == {"posted": 1, "refused": {"rate_limited": 1, "rollup_error": 1}}
    assert said(stand_in.url) == "ok"
    status, text, _ = failed(f"{engine.endpoint}/sandbox/slack", {"weather": "bad"})
    assert (status, "weather" in text) == (400, True)
