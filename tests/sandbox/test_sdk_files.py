from botocore.loaders import JSONFileLoader
from botocore.session import Session

from scripts.sandbox.engine import sdk_files


def test_a_file_is_read_once_whoever_asks_and_again_only_where_it_is_another() -> None:
    read: list[str] = []

    def load_file(_: JSONFileLoader, path: str) -> dict[str, str] | None:
        read.append(path)
        return None if path == "missing" else {"of": path}

    ask = sdk_files.once_for_each_file(load_file)
    given = [ask(JSONFileLoader(), path) for path in ("a", "b", "a", "missing", "missing")]
    assert given == [{"of": "a"}, {"of": "b"}, {"of": "a"}, None, None]
    assert read == ["a", "b", "missing"]


def test_all_sessions_of_this_process_share_what_was_read() -> None:
    first, second = (Session().get_component("data_loader") for _ in range(2))
    assert first.load_data("endpoints") is second.load_data("endpoints")
