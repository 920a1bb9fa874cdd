import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.sandbox.conversations import CULPRIT_OF, Client, plan, shared

CLIENTS = [Client(f"10.0.1.{n}", f"i-{n}") for n in (4, 5, 6)]


@given(st.integers(0, 10**13), st.lists(st.floats(0.001, 1000), min_size=1, max_size=40))
def test_parts_are_never_negative_and_add_up_exactly(total: int, weights: list[float]) -> None:
    parts = shared(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    assert len(parts) == len(weights)


def test_conversations_add_up_to_the_bytes_asked_for() -> None:
    talks = plan(CLIENTS, "download", seed=1).during(12_345_678, 987_654_321_987)
    assert sum(talk.upload_bytes for talk in talks) == 12_345_678
    assert sum(talk.download_bytes for talk in talks) == 987_654_321_987


def test_the_same_seed_tells_the_same_story() -> None:
    assert plan(CLIENTS, "upload", seed=7) == plan(CLIENTS, "upload", seed=7)
    assert plan(CLIENTS, "upload", seed=7) != plan(CLIENTS, "upload", seed=8)


def test_a_download_is_dominated_by_one_client_reading_from_s3() -> None:
    talks = plan(CLIENTS, "download", seed=3).during(10**6, 10**9)
    worst = max(talks, key=lambda talk: talk.download_bytes)
    assert worst.aws_service == "S3"
    assert worst.download_bytes > 0.75 * 10**9


def test_an_upload_is_dominated_by_one_client_writing_to_an_unknown_host() -> None:
    talks = plan(CLIENTS, "upload", seed=3).during(10**9, 10**6)
    worst = max(talks, key=lambda talk: talk.upload_bytes)
    assert worst.remote_ip in CULPRIT_OF["upload"].addresses
    assert worst.aws_service == "-"


def test_every_client_takes_part_with_its_own_ports() -> None:
    talks = plan(CLIENTS, "download", seed=3).during(10**6, 10**9)
    assert {talk.client_ip for talk in talks} == {client.ip for client in CLIENTS}
    assert len({talk.client_port for talk in talks}) == len(talks)


def test_traffic_without_clients_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one client"):
        plan([], "download", seed=1)
