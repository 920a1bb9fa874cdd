import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.sandbox.engine.slack import SlackStandIn


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[SlackStandIn]:
    stand_in = SlackStandIn(tmp_path / "slack.jsonl")
    yield stand_in
    stand_in.stop()


def post(url: str, body: bytes) -> str:
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return str(answer.read().decode())


def test_a_posted_message_becomes_a_line(slack: SlackStandIn) -> None:
    assert post(slack.url, json.dumps({"text": "one"}).encode()) == "ok"
    assert post(f"{slack.url}/T0/B0/x", json.dumps({"text": "two\nlines"}).encode()) == "ok"
    lines = slack.file.read_text().splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["one", "two\nlines"]


def test_it_listens_on_the_loopback_address_only(slack: SlackStandIn) -> None:
    assert slack.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("body", [b"not json", b"[]", b"{}"])
def test_what_slack_would_not_show_is_refused(slack: SlackStandIn, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(slack.url, body)
    assert refused.value.code == 400
    refused.value.close()
    assert not slack.file.exists()
