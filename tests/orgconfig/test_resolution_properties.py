"""What holds for every policy and every gateway."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from orgconfig.policy import Policy
from orgconfig.policy_parts import Change, Match, OverridePolicy
from orgconfig.reading import read
from orgconfig.resolution import resolve
from orgconfig.subjects import Subject, matches
from tests.orgconfig.policies import policy

OUS = ("r-ab12", "ou-ab12-aaaaaaaa", "ou-ab12-bbbbbbbb")
ACCOUNTS = ("444444444444", "555555555555")
GATEWAYS = ("nat-0123456789abcdef0", "nat-0123456789abcdef1")
PLAIN = policy()
LEVELS = ("ou", "account", "tag", "gateway")


def _tags(least: int) -> st.SearchStrategy[dict[str, str]]:
    keys, values = st.sampled_from(["team", "env"]), st.sampled_from(["a", "b"])
    return st.dictionaries(keys, values, min_size=least, max_size=2)


places = (
    st.builds(Match, ou=st.sampled_from(OUS))
    | st.builds(Match, account=st.sampled_from(ACCOUNTS))
    | st.builds(Match, tag=_tags(1))
    | st.builds(Match, gateway=st.sampled_from(GATEWAYS))
)
changes = st.fixed_dictionaries(
    {},
    optional={
        "tier": st.sampled_from(["standard", "heavy", "light"]),
        "enabled": st.booleans(),
        "cooldown": st.integers(0, 5),
    },
).map(lambda each: read(Change, each))
overrides = st.builds(OverridePolicy, match=places, change=changes)
policies = st.lists(overrides, max_size=12).map(lambda found: _with(PLAIN, found))
own_tags = st.fixed_dictionaries(
    {}, optional={"natrec:tier": st.sampled_from(["heavy", "huge"]), "natrec:record": st.just("never")}
)
subjects = st.builds(
    Subject,
    account=st.sampled_from(ACCOUNTS),
    region=st.just("eu-west-1"),
    path=st.integers(0, len(OUS)).map(lambda depth: OUS[:depth]),
    gateway=st.none() | st.sampled_from(GATEWAYS),
    tags=_tags(0),
)
anybody = st.builds(
    Subject,
    account=st.text(max_size=3) | st.sampled_from(ACCOUNTS),
    region=st.text(max_size=3),
    path=st.lists(st.text(max_size=3) | st.sampled_from(OUS), max_size=5).map(tuple),
    gateway=st.none() | st.text(max_size=3),
    tags=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3) | own_tags,
)


def _with(plain: Policy, found: list[OverridePolicy]) -> Policy:
    return structs.replace(plain, overrides=tuple(found))


def _rank(match: Match, who: Subject) -> tuple[int, int]:
    """How specific a match is: the level, and how deep the OU."""
    level = next(at for at, way in enumerate(LEVELS) if getattr(match, way) is not None)
    return level, who.path.index(match.ou) if match.ou else 0


@given(policies, subjects)
def test_of_all_that_match_the_most_specific_stands_then_the_later_and_is_named_as_the_source(
    org: Policy, who: Subject
) -> None:
    found = resolve(org, who)
    for field in ("tier", "enabled", "cooldown"):
        candidates = [
            (_rank(each.match, who), at, each.change.given()[field])
            for at, each in enumerate(org.overrides)
            if matches(each.match, who) and field in each.change.given()
        ]
        value: Any = getattr(found.recording, field)
        if candidates:
            _, at, wanted = max(candidates, key=lambda each: each[:2])
            assert value == wanted
            assert found.sources[field].startswith(f"overrides[{at}] (")
        else:
            assert value == getattr(org.recording, field)
            assert found.sources[field] == "default"


@given(policies, overrides, subjects, st.integers(0, 12))
def test_an_override_that_does_not_match_changes_nothing(
    org: Policy, added: OverridePolicy, who: Subject, at: int
) -> None:
    if not matches(added.match, who):
        more = _with(org, [*org.overrides[:at], added, *org.overrides[at:]])
        assert resolve(more, who).recording == resolve(org, who).recording


@given(policies, changes, subjects)
def test_an_override_of_the_gateway_itself_never_loses_wherever_it_stands(
    org: Policy, change: Change, who: Subject
) -> None:
    others = [each for each in org.overrides if each.match.gateway is None]
    if who.gateway:
        own = OverridePolicy(match=Match(gateway=who.gateway), change=change)
        found = resolve(_with(org, [own, *others]), who).recording
        assert {field: getattr(found, field) for field in change.given()} == change.given()


@given(policies, subjects, overrides)
def test_of_two_equal_matches_the_later_entry_wins(org: Policy, who: Subject, first: OverridePolicy) -> None:
    last = OverridePolicy(match=first.match, change=Change(cooldown=99))
    alone = _with(org, [structs.replace(first, change=Change(cooldown=98)), last])
    assert (resolve(alone, who).recording.cooldown == 99) is matches(first.match, who)


@given(policies, anybody)
def test_whatever_is_asked_there_is_one_answer_and_always_the_same(org: Policy, who: Subject) -> None:
    found = resolve(org, who)
    assert found == resolve(org, who)
    assert found.recording.tier in org.tiers
    assert set(found.sources) == set(found.recording.__struct_fields__)


@given(policies, subjects, own_tags)
def test_the_owners_tags_change_nothing_but_the_tier_and_whether_it_is_recorded(
    org: Policy, who: Subject, own: dict[str, str]
) -> None:
    plain, tagged = (
        resolve(org, each)
        for each in (who, Subject(who.account, who.region, who.path, who.gateway, {**who.tags, **own}))
    )
    assert structs.replace(tagged.recording, tier=plain.recording.tier) == plain.recording
    assert tagged.opted_out is ("natrec:record" in own)
