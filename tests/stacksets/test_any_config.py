"""Whatever is put into a config, it is loaded or refused in our own words."""

import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from hypothesis import given, settings
from hypothesis import strategies as st

from orgconfig.errors import ConfigError
from orgconfig.origin import Path
from stacksets import documents
from stacksets.loading import dump_config, parse_config

EXAMPLE = FilePath(__file__).parents[2] / "orgconfig" / "example.yaml"
MUTES = 'mute:\n  - {cron: 0 2 * * 6, duration: 4h, reason: backup, match: {account: "444444444444"}}\n'
TEXT = EXAMPLE.read_text().replace("mute: []\n", MUTES)
FOREIGN = re.compile(
    r"Input should|Field required|Extra inputs|Value error|valid (string|integer|dictionary)"
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


PATHS = list(_paths(documents.read(TEXT).value))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(PATHS), values)
def test_any_value_anywhere_is_loaded_or_refused_in_our_own_words(path: Path, value: object) -> None:
    document = documents.read(TEXT).value
    at = document
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    text = documents.write(document)
    try:
        loaded = parse_config(text)
    except ConfigError as refused:
        lines = text.count("\n") + 1
        for problem in refused.problems:
            assert 1 <= problem.line <= lines
            assert not FOREIGN.search(problem.message), problem
    else:
        assert parse_config(dump_config(loaded)) == loaded


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, len(TEXT) - 1), st.integers(0, 12), st.text(alphabet="\t\n :-[]{}&*!'\"#|>a1,", max_size=4)
)
def test_any_slip_of_the_hand_is_loaded_or_refused_in_our_own_words(at: int, gone: int, put: str) -> None:
    try:
        parse_config(TEXT[:at] + put + TEXT[at + gone :])
    except ConfigError as refused:
        assert not any(FOREIGN.search(each.message) for each in refused.problems), refused  # noqa: PT017
