"""Targets against instances, without AWS: which operations bring them together."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orgconfig.members import Members
from stacksets.desired import Desired
from stacksets.reconciling import Batch, broken, counted, leaving, missing, place

ROOT, WORK, DEEP, OTHER = "r-ab12", "ou-ab12-work", "ou-ab12-deep", "ou-ab12-other"
A, B, C, GONE, MANAGEMENT = "1" * 12, "2" * 12, "3" * 12, "4" * 12, "9" * 12
HOME, AWAY, THIRD = "eu-west-1", "us-east-1", "ap-south-1"
MEMBERS = Members(
    ous={ROOT: None, WORK: ROOT, DEEP: WORK, OTHER: ROOT},
    accounts={A: WORK, B: DEEP, C: OTHER, GONE: WORK, MANAGEMENT: ROOT},
    suspended=frozenset({GONE}),
)
SUSPENDED = "SKIPPED_SUSPENDED_ACCOUNT"


def _desired(
    ous: Iterable[str] = (WORK,), regions: Iterable[str] = (HOME, AWAY), **more: frozenset[str]
) -> Desired:
    return Desired(tuple(ous), tuple(regions), MEMBERS, **{"never": frozenset({MANAGEMENT}), **more})


def _instance(account: str, region: str = HOME, unit: str = WORK, **more: str) -> dict[str, Any]:
    detailed = more.pop("detailed", "SUCCEEDED")
    return {
        "Account": account,
        "Region": region,
        "OrganizationalUnitId": unit,
        "Status": "CURRENT",
        "StackInstanceStatus": {"DetailedStatus": detailed},
        **more,
    }


def _short(batch: Batch) -> tuple[Any, ...]:
    return batch.ous, batch.regions, batch.how, batch.accounts


def test_the_targets_are_active_members_at_any_depth_and_never_the_management_account() -> None:
    assert _desired().accounts == {A, B}
    assert _desired([ROOT]).accounts == {A, B, C}
    assert _desired([ROOT], excluded=frozenset({B})).accounts == {A, C}


def test_at_first_everything_is_created_by_one_operation_over_the_units() -> None:
    (batch,) = missing(_desired([WORK, OTHER]), {}, ())
    assert _short(batch) == ((OTHER, WORK), tuple(sorted((HOME, AWAY))), "NONE", ())
    assert len(batch.places) == 6


def test_excluded_accounts_are_filtered_out_of_it() -> None:
    (batch,) = missing(_desired(excluded=frozenset({B, C})), {}, ())
    assert (batch.how, batch.accounts) == ("DIFFERENCE", (B,))
    assert {at[0] for at in batch.places} == {A}


def test_a_unit_without_accounts_is_aimed_at_for_those_that_will_join() -> None:
    empty = "ou-ab12-empty"
    members = Members({**MEMBERS.ous, empty: ROOT}, MEMBERS.accounts, MEMBERS.suspended)
    (batch,) = missing(Desired((empty,), (HOME,), members), {}, ())
    assert (batch.ous, batch.places) == ((empty,), frozenset())


def test_a_single_missing_account_is_aimed_at_alone() -> None:
    there = [(A, HOME), (A, AWAY)]
    (batch,) = missing(_desired(), {WORK: [HOME, AWAY]}, there)
    assert _short(batch) == ((WORK,), tuple(sorted((HOME, AWAY))), "INTERSECTION", (B,))


def test_another_region_is_created_in_all_accounts_and_nowhere_else() -> None:
    there = [(account, HOME) for account in (A, B)]
    (batch,) = missing(_desired(), {WORK: [HOME]}, there)
    assert _short(batch) == ((WORK,), (AWAY,), "NONE", ())


def test_nothing_is_made_in_a_region_that_is_not_enabled_and_nothing_deleted() -> None:
    desired = _desired(disabled=frozenset({AWAY}))
    assert missing(desired, {WORK: [HOME]}, [(A, HOME), (B, HOME)]) == ()
    assert leaving(desired, {WORK: [HOME, AWAY]}, [_instance(A, AWAY)]) == ()


def test_a_region_that_left_is_deleted_as_a_whole() -> None:
    there = [_instance(account, region) for account in (A, B) for region in (HOME, AWAY)]
    (batch,) = leaving(_desired(regions=[HOME]), {WORK: [HOME, AWAY]}, there)
    assert _short(batch) == ((WORK,), (AWAY,), "NONE", ())
    assert batch.places == {(A, AWAY), (B, AWAY)}


def test_a_unit_that_left_is_deleted_as_a_whole_which_ends_its_auto_deployment() -> None:
    there = [_instance(A), _instance(B), _instance(C, unit=OTHER)]
    (batch,) = leaving(_desired(regions=[HOME]), {WORK: [HOME], OTHER: [HOME]}, there)
    assert _short(batch) == ((OTHER,), (HOME,), "NONE", ())
    assert batch.places == {(C, HOME)}


def test_a_unit_that_is_narrowed_is_deleted_and_made_again_where_it_stays() -> None:
    there = [_instance(A, unit=ROOT), _instance(B, unit=ROOT), _instance(C, unit=ROOT)]
    desired, aimed = _desired([WORK], [HOME]), {ROOT: [HOME]}
    gone = leaving(desired, aimed, there)
    assert {at for batch in gone for at in batch.places} == {(A, HOME), (B, HOME), (C, HOME)}
    (again,) = missing(desired, aimed, ())
    assert again.places == {(A, HOME), (B, HOME)}


def test_an_excluded_account_is_deleted_alone() -> None:
    there = [_instance(A), _instance(B)]
    (batch,) = leaving(_desired(regions=[HOME], excluded=frozenset({B})), {WORK: [HOME]}, there)
    assert _short(batch) == ((WORK,), (HOME,), "INTERSECTION", (B,))


def test_an_account_that_moved_out_is_reached_through_the_root() -> None:
    (batch,) = leaving(_desired(regions=[HOME]), {WORK: [HOME]}, [_instance(C, unit=WORK)])
    assert _short(batch) == ((ROOT,), (HOME,), "INTERSECTION", (C,))


def test_accounts_that_are_closed_or_have_left_the_organization_are_not_deleted() -> None:
    there = [_instance(GONE, THIRD), _instance("5" * 12)]
    assert leaving(_desired(), {WORK: [HOME, AWAY]}, there) == ()


def test_a_unit_that_no_longer_exists_is_not_aimed_at() -> None:
    assert leaving(_desired(), {"ou-ab12-vanished": [HOME]}, ()) == ()


def test_an_instance_whose_stack_could_not_be_deleted_is_deleted_again_also_where_it_is_wanted() -> None:
    (batch,) = leaving(_desired(), {WORK: [HOME, AWAY]}, [_instance(A, Status="INOPERABLE")])
    assert batch.places == {(A, HOME)}


def test_what_failed_is_tried_again_grouped_by_the_regions_that_accounts_share() -> None:
    there = [
        _instance(A, HOME, Status="OUTDATED", detailed="FAILED", StatusReason="x"),
        _instance(A, AWAY, Status="OUTDATED", detailed="FAILED", StatusReason="x"),
        _instance(B, HOME, Status="OUTDATED", detailed="FAILED", StatusReason="x"),
        _instance(B, AWAY),
    ]
    assert [_short(batch) for batch in broken(_desired(), there)] == [
        ((WORK,), tuple(sorted((HOME, AWAY))), "INTERSECTION", (A,)),
        ((WORK,), (HOME,), "INTERSECTION", (B,)),
    ]


def test_what_was_skipped_is_tried_again_only_where_asked() -> None:
    reason = "Region is not enabled"
    there = [_instance(A, Status="OUTDATED", detailed="FAILED", StatusReason=reason)]
    assert broken(_desired(), there) == ()
    assert len(broken(_desired(), there, skipped_too=True)) == 1


def test_an_account_that_is_active_again_is_tried_again() -> None:
    there = [_instance(A, Status="OUTDATED", detailed=SUSPENDED)]
    assert len(broken(_desired(), there)) == 1
    assert broken(_desired(), [_instance(GONE, Status="OUTDATED", detailed=SUSPENDED)]) == ()


def test_no_operation_names_more_than_fifty_units() -> None:
    ous = tuple(f"ou-ab12-{number:08}" for number in range(120))
    members = Members({ROOT: None, **dict.fromkeys(ous, ROOT)})
    batches = missing(Desired(ous, (HOME,), members), {}, ())
    assert [len(batch.ous) for batch in batches] == [50, 50, 20]


def test_what_operations_are_about_is_counted_in_accounts_and_regions() -> None:
    assert counted(missing(_desired(), {}, ())) == "4 instances: 2 accounts, 2 regions"
    assert counted(missing(_desired([OTHER], [HOME]), {}, ())) == "1 instance: 1 account, 1 region"


places = st.tuples(st.sampled_from([A, B, C]), st.sampled_from([HOME, AWAY, THIRD]))


@settings(deadline=None)
@given(
    st.frozensets(places),
    st.frozensets(st.sampled_from([ROOT, WORK, DEEP, OTHER]), min_size=1),
    st.frozensets(st.sampled_from([HOME, AWAY, THIRD]), min_size=1),
    st.frozensets(st.sampled_from([A, B, C])),
)
def test_deleting_and_creating_leaves_exactly_the_targets(
    there: frozenset[tuple[str, str]],
    ous: frozenset[str],
    regions: frozenset[str],
    excluded: frozenset[str],
) -> None:
    desired = _desired(sorted(ous), sorted(regions), excluded=excluded)
    instances = [_instance(account, region, MEMBERS.accounts[account]) for account, region in there]
    aimed: dict[str, set[str]] = {}
    for each in instances:
        aimed.setdefault(each["OrganizationalUnitId"], set()).add(each["Region"])
    gone = {at for batch in leaving(desired, aimed, instances) for at in batch.places}
    stays = {place(each) for each in instances} - gone
    made = [at for batch in missing(desired, aimed, stays) for at in batch.places]
    assert stays | set(made) == desired.places
    assert len(made) == len(set(made)), "made by two operations"
