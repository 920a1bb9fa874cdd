import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgconfig.members import Members, TooManyMembersError

DYNAMODB_ITEM = 400 * 1024
IDS = st.text("abc", min_size=1, max_size=3)
WORDS = ("payments", "data", "platform", "web", "prod", "dev", "staging", "security", "team", "analytics")


def organization(accounts: int, ous: int = 300) -> Members:
    """A random tree with random accounts, which compress as badly as real ones."""
    chance = random.Random(1)  # noqa: S311
    parents: dict[str, str | None] = {"r-ab12": None}
    for _ in range(ous):
        parents[f"ou-ab12-{chance.randrange(36**5):08x}"] = chance.choice(list(parents))
    ids = [f"{chance.randrange(10**12):012}" for _ in range(accounts)]
    return Members(
        ous=parents,
        accounts={each: chance.choice(list(parents)) for each in ids},
        names={each: f"{'-'.join(chance.choices(WORDS, k=3))}-{chance.randrange(100)}" for each in ids},
    )


def test_a_path_leads_from_the_root_to_the_accounts_own_ou() -> None:
    members = Members({"r-ab12": None, "ou-a": "r-ab12", "ou-b": "ou-a"}, {"1": "ou-b", "2": "r-ab12"})
    assert members.path("1") == ("r-ab12", "ou-a", "ou-b")
    assert members.path("2") == ("r-ab12",)
    assert members.path("3") == ()


@given(
    st.dictionaries(IDS, st.none() | IDS), st.dictionaries(IDS, IDS),
    st.frozensets(IDS), st.dictionaries(IDS, st.text(max_size=5)),
)  # fmt: skip
def test_whatever_the_tree_looks_like_every_path_ends_and_the_whole_is_read_back(
    ous: dict[str, str | None], accounts: dict[str, str], suspended: frozenset[str], names: dict[str, str]
) -> None:
    known = {account: name for account, name in names.items() if account in accounts and name}
    members = Members(ous, accounts, suspended, known)
    for account, ou in accounts.items():
        path = members.path(account)
        assert path[-1] == ou
        assert len(set(path)) == len(path)
    assert Members.decode(members.encode()) == members


def test_five_thousand_accounts_with_names_take_less_than_a_quarter_of_an_item() -> None:
    assert len(organization(5_000).encode()) < DYNAMODB_ITEM / 4


def test_names_are_left_out_first_and_then_it_is_refused_in_words() -> None:
    members = organization(500)
    named, bare = len(members.encode()), len(Members(members.ous, members.accounts).encode())
    assert Members.decode(members.encode(room=named)).names
    without = Members.decode(members.encode(room=named - 1))
    assert (without.names, without.accounts) == ({}, members.accounts)
    with pytest.raises(
        TooManyMembersError, match=f"500 accounts in {len(members.ous)} OUs take {bare} bytes"
    ):
        members.encode(room=bare - 1)


@pytest.mark.parametrize(
    "encoded", [b"", b"x", zlib.compress(b"[]"), zlib.compress(b"{}"), zlib.compress(b"x")]
)
def test_what_is_no_list_of_members_is_refused(encoded: bytes) -> None:
    with pytest.raises(ValueError, match=r"members|Expecting"):
        Members.decode(encoded)
