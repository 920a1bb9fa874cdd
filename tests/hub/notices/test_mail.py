import pytest
from hypothesis import given

from hub.domain.notices import KINDS, AboutRecording, Kind, Notice
from hub.notices.mail import letter
from hub.notices.samples import sample
from tests import factories
from tests.hub.notices.told import ABOUT, NAMES, PAGE, RECORDINGS, hostile, written


def is_what_sns_takes(subject: str) -> None:
    assert subject.isascii()
    assert subject.isprintable()
    assert 0 < len(subject) <= 100
    assert subject[0].isalnum()


def fits_a_terminal(text: str) -> None:
    for line in text.splitlines():
        assert len(line) <= 78 or max(map(len, line.split())) > 60, line


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_mail_for_a_terminal(kind: Kind) -> None:
    subject, text = letter(sample(kind))
    is_what_sns_takes(subject)
    fits_a_terminal(text)
    assert text.endswith("UTC\n") or "after the onset\n" in text


def subject(name: str = "payments", gateway: str | None = "egress", namespace: str = "natrec") -> str:
    recording = factories.recording(gateway_name=gateway)
    return letter(written("stuck", recording, name), namespace)[0]


def test_a_subject_says_what_which_and_where_by_name_and_id() -> None:
    start = f"natrec: CANNOT CLOSE recording of egress ({factories.NAT})"
    assert subject() == f"{start} in payments ({factories.ACCOUNT})"
    assert (
        subject(gateway=None)
        == f"natrec: CANNOT CLOSE recording of {factories.NAT} in payments (444444444444)"
    )
    assert subject(name="") == f"{start} in {factories.ACCOUNT}"


def test_a_subject_begins_with_whose_it_is() -> None:
    assert subject(namespace="acme-natrec").startswith("acme-natrec: CANNOT CLOSE")


def test_names_are_cut_in_a_subject_and_ids_never() -> None:
    told = subject(name="the-account-of-the-payments-team", gateway="the-gateway-of-the-payments-team")
    is_what_sns_takes(told)
    start = "natrec: CANNOT CLOSE recording of the-gatewa.."
    assert told == f"{start} ({factories.NAT}) in the-accou.. ({factories.ACCOUNT})"


def test_where_there_is_no_room_for_names_there_are_none() -> None:
    told = subject(name="payments", namespace="n" * 36)
    is_what_sns_takes(told)
    assert "payments" not in told
    assert "egress" not in told


@given(NAMES, NAMES)
def test_whatever_people_call_things_a_subject_is_what_sns_takes(account: str, gateway: str) -> None:
    for namespace in ("n", "a-namespace-that-is-long"):
        told = subject(account, gateway, namespace)
        is_what_sns_takes(told)
        assert factories.NAT in told
        assert factories.ACCOUNT in told


@given(NAMES)
def test_whatever_people_call_things_a_mail_has_the_lines_that_we_wrote(name: str) -> None:
    _, text = letter(written("closed", hostile(name, 500), name))
    fits_a_terminal(text)
    assert "Account    999999999999" not in text
    assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize("kind", ABOUT)
def test_a_mail_says_when_it_was_told_and_of_which_recording(kind: AboutRecording) -> None:
    _, text = letter(written(kind))
    assert text.endswith(
        f"Recording {RECORDINGS[kind].id}\nTold at 2026-11-23 06:30:18 UTC, 20 min after the onset\n"
    )


def test_a_place_to_copy_is_never_broken_over_lines() -> None:
    assert PAGE in letter(written("closed"))[1].split()
    lines = letter(written("stuck"))[1].splitlines()
    assert all(any(each in line for line in lines) for each in RECORDINGS["stuck"].flow_logs)


def test_a_list_stands_off_the_margin_also_where_it_goes_on() -> None:
    told: Notice = written("closed")
    _, text = letter(told)
    assert "\n  4%, 1.8 GB: 10.0.1.7 from 140.82.121.3, port 22\n" in text
