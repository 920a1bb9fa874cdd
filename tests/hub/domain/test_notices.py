from dataclasses import replace

import pytest

from hub.domain.notices import INTERESTS, KINDS, Fact, Kind, Link, Notice, Place, interest
from tests import factories

TURNED = "\u202egnp.exe\u202c\u200b"


def notice(**known: object) -> Notice:
    plain = Notice("test", "test/1", "", "test", Place(), "Hello.", factories.NOW)
    return replace(plain, **known)  # type: ignore[arg-type] # fields by name


def test_every_kind_but_the_test_is_something_to_subscribe_to() -> None:
    assert {kind: interest(kind) for kind in KINDS if interest(kind) is None} == {"test": None}
    assert {interest(kind) for kind in KINDS} == {*INTERESTS, None}


@pytest.mark.parametrize("kind", ["failed", "unreported", "stuck", "undelivered", "lost"])
def test_whoever_wants_failures_gets_all_of_them(kind: Kind) -> None:
    assert interest(kind) == "failed"


def test_a_place_is_told_by_names_where_there_are_any() -> None:
    assert str(Place("444444444444", "payments", "eu-west-1", "nat-1", "egress")) == (
        "egress in payments, eu-west-1"
    )
    assert str(Place("444444444444", "", "eu-west-1", "nat-1")) == "nat-1 in 444444444444, eu-west-1"
    assert (str(Place("444444444444", region="eu-west-1")), str(Place())) == ("444444444444, eu-west-1", "")


def test_what_has_no_place_has_a_title_all_the_same() -> None:
    assert notice().title == "test"
    assert notice(gist="recorded", place=Place("4", "pay", "eu", "nat-1", "out")).title == (
        "recorded out in pay, eu"
    )


def test_no_text_holds_lines_of_its_own_or_turns_the_writing_around() -> None:
    hostile = f"a\r\nb {TURNED}\x1b[31m\x00"
    told = notice(
        gist=hostile,
        headline=hostile,
        place=Place("4", hostile, "eu", "nat-1", hostile),
        facts=(Fact(hostile, hostile),),
        links=(Link(hostile, "https://x"),),
        paragraphs=(hostile,),
    )
    texts = [told.title, told.headline, told.facts[0].label, told.facts[0].value, told.links[0].label]
    assert all(each.isprintable() for each in texts)
    assert told.headline == "a b gnp.exe[31m"
    assert told.paragraphs == ("a\nb gnp.exe[31m",)


def test_a_paragraph_keeps_its_lines_and_no_more_than_a_reader_reads() -> None:
    assert notice(paragraphs=("Two:\n    one\n  two", " \n")).paragraphs == ("Two:\n  one\n  two",)
    many = "\n".join(f"  {number}" for number in range(500))
    lines = notice(paragraphs=(many,)).paragraphs[0].split("\n")
    assert (len(lines), lines[-1]) == (25, "  and 476 more")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://x", "https://x y", "https://x\n", ""])
def test_a_link_leads_to_a_page_or_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="not a page"):
        Link("Report", url)
