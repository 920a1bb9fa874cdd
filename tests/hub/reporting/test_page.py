"""The page is whole in itself, and whatever a name, a tag or a record holds is only text in it."""

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from hub.domain.recordings import as_document
from hub.domain.spikes import Counted, Spike
from hub.reporting.document import report_document
from hub.reporting.findings import Findings, Minute
from hub.reporting.names import Named
from hub.reporting.page import page
from orgconfig.prices import Prices, prices_of
from tests import factories
from tests.hub.reporting.found import BEGAN, GB, found, talker

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "javascript:alert(1)",
    "<!--",
    "&lt;b&gt; & \u202e\u0000",
)
# What HTML loads or runs by itself.
LOADING = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "base",
    "form",
    "audio",
    "video",
    "use",
    "image",
}
MEANT = {"http-equiv": "Content-Security-Policy"}


class Seen(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def rendered(seen: Findings, **known: Any) -> str:  # noqa: ANN401 - arguments of the document
    recording = as_document(factories.closed_recording())
    return page(report_document(seen, Prices(), **({"recording": recording} | known)))


def hostile(text: str) -> str:
    """A report with the text wherever people or records may put one."""
    recording = as_document(
        factories.closed_recording(
            gateway_name=text,
            reason=text,
            alarms=(text,),
            delivery_error=text,
            not_recorded=(text,),
        )
    )
    return rendered(
        found(talker(GB, remote=text, service=text), talker(GB, client=text, remote=text)),
        names={"10.0.1.5": Named("instance", "i-0abc", text, text)},
        recording=recording,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_no_tag_and_no_attribute(text: str) -> None:
    harmless, seen = Seen(hostile("harmless")), Seen(hostile(text))
    assert [tag for tag, _ in seen.tags] == [tag for tag, _ in harmless.tags]
    assert [sorted(each) for _, each in seen.tags] == [sorted(each) for _, each in harmless.tags]


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    shown = Seen(hostile(text)).text
    words = " ".join(text.split())
    assert f"i-0abc {words} (team {words}) downloaded" in shown
    assert shown.count(words) >= 12


@pytest.mark.parametrize("text", ["harmless", *HOSTILE])
def test_nothing_is_loaded_and_nothing_runs(text: str) -> None:
    html = hostile(text)
    seen = Seen(html)
    assert not LOADING & {tag for tag, _ in seen.tags}
    attributes = [(name, value or "") for _, each in seen.tags for name, value in each.items()]
    assert not [
        name for name, _ in attributes if name.startswith("on") or name in {"src", "srcset", "xlink:href"}
    ]
    assert {name for name, value in attributes if "http" in value} <= {"href"}
    assert all(
        str(each["href"]).startswith("https://eu-west-1.console.aws.amazon.com/") for each in seen.all("a")
    )
    assert "url(" not in html.split("</style>")[0]
    assert "@import" not in html
    assert [each["content"] for each in seen.all("meta") if "http-equiv" in each] == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]


def test_it_stands_on_a_phone_and_says_which_language_it_speaks() -> None:
    seen = Seen(rendered(found(talker())))
    assert seen.all("html") == [{"lang": "en"}]
    assert "width=device-width" in [
        part for each in seen.all("meta") for part in str(each.get("content")).split(", ")
    ]
    assert len(seen.all("h1")) == 1


def test_the_plot_has_a_text_alternative_and_a_bar_for_each_minute_and_direction() -> None:
    minutes = tuple(Minute(BEGAN + 60 * each, each, 100 * each) for each in range(5))
    seen = Seen(rendered(replace(found(talker()), minutes=minutes)))
    (plot,) = seen.all("svg")
    assert plot["role"] == "img"
    assert "2026-11-23T06:10:00Z" in str(plot["aria-label"])
    assert len(seen.all("rect")) == 10
    assert "06:14 UTC: 400 bytes down, 4 bytes up" in seen.text


def test_a_minute_of_records_is_plotted_by_the_second_and_the_page_says_so() -> None:
    slots = tuple(Minute(BEGAN + each, upload=4, download=400) for each in range(14))
    seen = Seen(rendered(replace(found(talker(14 * 400), seconds=14), slots=slots, step=1)))
    assert len(seen.all("rect")) == 28
    assert "06:10:04 UTC, 1 s: 400 bytes down, 4 bytes up" in seen.text
    assert "A bar is a second, as a rate per minute" in seen.text


def test_it_tells_headline_gaps_talkers_advice_and_cost() -> None:
    silent = replace(found(talker(41 * GB, service="S3")), marked={"SKIPDATA": 1})
    text = Seen(rendered(silent)).text
    assert "10.0.1.5 downloaded 41.0 GB from S3 in 15 min, all of the traffic through egress." in text
    assert "The recording is incomplete: AWS skipped records" in text
    assert "A gateway endpoint for S3" in text
    assert "a month at this rate." in text
    assert "NAT processing, as recorded $1.84" in text
    assert "The whole spike, extrapolated $1.84" in text
    assert "TCP 443" in text


def test_it_tells_by_what_the_whole_spike_was_measured() -> None:
    measured = Spike(Counted(factories.NOW, factories.NOW + timedelta(minutes=7), 0, 60 * GB))
    recording = as_document(factories.closed_recording(spike=measured))
    text = Seen(rendered(found(talker(41 * GB)), recording=recording)).text
    assert "The whole spike, by metrics $2.70" in text
    assert "The whole spike: 60.0 GB from 06:10 to 06:17 UTC, by the gateway's own metrics" in text


def test_an_empty_report_shows_no_empty_table_but_the_reason() -> None:
    seen = Seen(rendered(found()))
    assert "Nothing was seen through egress." in seen.text
    assert "No records have arrived." in seen.text
    assert not seen.all("svg")
    assert not seen.all("thead")


def test_records_of_no_recording_tell_no_recording() -> None:
    text = Seen(rendered(found(talker()), recording=None)).text
    assert "The recording" not in text
    assert "whole spike" not in text


def test_no_console_that_is_known_means_no_link_and_still_a_page() -> None:
    document = report_document(found(talker()), Prices(), recording=as_document(factories.closed_recording()))
    assert Seen(page(document)).all("a")
    assert not Seen(page(document, partition="aws-iso")).all("a")


def test_whose_prices_they_are_stands_below_the_amounts() -> None:
    document = report_document(found(talker()), prices_of("sa-east-1"))
    assert f"Prices of {document['cost']['prices']}." in Seen(page(document)).text
    assert "assumed for sa-east-1" in document["cost"]["prices"]
