import re
from itertools import chain
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.domain.notices import KINDS, AboutRecording, Kind
from hub.notices.blocks import message
from hub.notices.markup import literal
from hub.notices.samples import sample
from tests import factories
from tests.hub.notices.told import ABOUT, NAMES, NASTY, PAGE, hostile, is_within_slacks_limits, written

# Everything between angle brackets that natrec writes: its links and its dates.
OURS = re.compile(r"https://[^<>|]+\|[^<>|]+|!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|^]+ UTC")


def texts(payload: dict[str, Any]) -> list[str]:
    def of(block: dict[str, Any]) -> list[dict[str, str]]:
        return block.get("fields") or block.get("elements") or [block["text"]]

    return [each["text"] for each in chain.from_iterable(map(of, payload["blocks"]))] + [payload["text"]]


def is_ours(text: str) -> None:
    """Nothing calls anybody, and nothing leads anywhere but where natrec leads."""
    for token in re.findall(r"<([^>]*)>?", text):
        assert OURS.fullmatch(token), token
        assert token.startswith("!date") or "console.aws.amazon.com/" in token
    assert not re.search(r"&(?!amp;|lt;|gt;)", text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_within_slacks_limits(kind: Kind) -> None:
    payload = message(sample(kind))
    is_within_slacks_limits(payload)
    for each in texts(payload):
        is_ours(each)


@pytest.mark.parametrize("kind", ABOUT)
@given(name=NAMES, talkers=st.sampled_from((0, 3, 500)))
@example(name=NASTY[0], talkers=500)
@example(name=NASTY[4], talkers=500)
@example(name=NASTY[5], talkers=500)
def test_whatever_people_call_things_a_message_is_within_the_limits_and_ours(
    kind: AboutRecording, name: str, talkers: int
) -> None:
    payload = message(written(kind, hostile(name, talkers), name))
    is_within_slacks_limits(payload)
    for each in texts(payload):
        is_ours(each)


def test_nothing_is_unfurled_or_made_a_link_by_slack() -> None:
    payload = message(sample("closed"))
    assert (payload["unfurl_links"], payload["unfurl_media"]) == (False, False)
    marked = [each for block in payload["blocks"] for each in (*block.get("fields", ()), block.get("text"))]
    assert all(each["verbatim"] for each in marked if each and each["type"] == "mrkdwn")


@pytest.mark.parametrize(
    ("written_down", "shown"),
    [
        ("R&D <!here>", "R&amp;D &lt;!here&gt;"),
        ("*bold* _it_ ~gone~ `code`", "∗bold∗ ˍitˍ ∼gone∼ ˋcodeˋ"),  # noqa: RUF001 - look-alikes
        ("my_alarm_name-1*2", "my_alarm_name-1*2"),
        ("a ``` b", "a ˋˋˋ b"),  # noqa: RUF001 - look-alikes
    ],
)
def test_what_is_not_ours_is_shown_as_it_is(written_down: str, shown: str) -> None:
    assert literal(written_down) == shown


def test_a_text_is_cut_between_characters_and_never_within_an_escape() -> None:
    assert literal("ab&cd", 7) == "ab…"
    assert literal("ab&cd", 9) == "ab&amp;cd"
    assert all(len(literal("a&" * 50, longest)) <= longest for longest in range(1, 100))


def story() -> list[dict[str, Any]]:
    return [message(sample(kind)) for kind in ABOUT]


def test_every_message_of_a_recording_has_the_same_header_after_its_sign() -> None:
    headers = [each["blocks"][0]["text"]["text"].partition(" ") for each in story()]
    assert {rest for _, _, rest in headers} == {"egress in payments-prod, eu-west-1"}
    assert {sign for sign, _, _ in headers} == {"🔴", "🔵", "❌", "⚠️", "🚨"}


def test_every_message_of_a_recording_names_it_with_its_page_and_later_ones_say_when_it_began() -> None:
    contexts = [[text["text"] for text in each["blocks"][-1]["elements"]] for each in story()]
    assert len({context[0] for context in contexts}) == 1
    assert re.fullmatch(r"recording <https://\S+\|rec-\S+>", contexts[0][0])
    assert [len(context) for context in contexts] == [2, *[3] * (len(ABOUT) - 1)]
    assert all(context[1].startswith("began 2026-11-23 13:01:33 UTC (<!date^") for context in contexts[1:])
    assert contexts[0][-1].endswith("32 s after the onset")


def test_the_report_is_linked_to() -> None:
    assert any(f"<{PAGE.replace('&', '&amp;')}|Report>" in each for each in texts(message(written("closed"))))


def test_there_is_no_button_for_a_webhook_cannot_answer_one() -> None:
    for kind in KINDS:
        assert {each["type"] for each in message(sample(kind))["blocks"]} <= {"header", "section", "context"}


def test_an_alarm_of_any_name_leads_to_its_page() -> None:
    named = factories.recording(alarms=("natrec-custom-a|b>c &d",))
    [alarm] = [each for each in texts(message(written("started", named))) if each.startswith("*Alarm*")]
    assert alarm.endswith("alarm/natrec-custom-a%7Cb%3Ec%20%26d|natrec-custom-a¦b&gt;c &amp;d>")
