"""What any store of answers does."""

import pytest

from hub.domain.errors import RecordingFault
from tests.contract.worlds import AnswersWorld


def test_rows_come_by_column_as_text_and_a_null_is_none(answers: AnswersWorld) -> None:
    query = answers.ask([("apple", 3), (None, 4), ("", 5)])
    found = sorted(answers.answers.rows(query), key=lambda row: str(row["number"]))
    assert found == [
        {"name": "apple", "number": "3"},
        {"name": None, "number": "4"},
        {"name": "", "number": "5"},
    ]


def test_an_answer_of_many_pages_is_whole(answers: AnswersWorld) -> None:
    query = answers.ask([("n", number) for number in range(2500)])
    assert sorted(int(row["number"] or 0) for row in answers.answers.rows(query)) == list(range(2500))


def test_an_answer_may_have_no_rows(answers: AnswersWorld) -> None:
    assert list(answers.answers.rows(answers.ask([]))) == []


def test_a_query_that_nobody_asked_is_a_fault(answers: AnswersWorld) -> None:
    with pytest.raises(RecordingFault, match="was not found"):
        list(answers.answers.rows("e0b4b7a5-0000-4000-8000-000000000000"))
