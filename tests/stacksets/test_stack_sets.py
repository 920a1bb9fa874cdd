from stacksets.stack_sets import Observed

A, B = "111111111111", "222222222222"
HOME, AWAY = "eu-west-1", "us-east-1"


def _instance(account: str, region: str = HOME, status: str = "CURRENT") -> dict[str, str]:
    return {"Account": account, "Region": region, "Status": status}


def test_a_stack_set_that_is_not_there_is_created_with_every_instance() -> None:
    nothing = Observed(None, ())
    assert nothing.change("text", {A}).action == "create"
    assert nothing.missing({A, B}, [HOME, AWAY]).detail == "4 of 4 are missing"


def test_one_with_the_same_template_and_current_instances_is_left_alone() -> None:
    there = Observed("text", (_instance(A), _instance(A, AWAY)))
    assert there.change("text", {A}).action == "none"
    assert there.missing({A}, [HOME, AWAY]).action == "none"


def test_another_template_is_an_update() -> None:
    assert Observed("before", ()).change("after", set()).action == "update"


def test_an_instance_that_failed_is_tried_again() -> None:
    there = Observed("text", (_instance(A), _instance(B, status="OUTDATED")))
    assert there.change("text", {A, B}).detail == "1 instances are not current"


def test_instances_of_accounts_that_are_no_targets_count_for_nothing() -> None:
    there = Observed("text", (_instance(A), _instance(B, status="OUTDATED")))
    assert there.change("text", {A}).action == "none"
    assert there.missing({A}, [HOME]).action == "none"


def test_a_new_account_or_region_lacks_its_instance() -> None:
    there = Observed("text", (_instance(A),))
    assert there.missing({A, B}, [HOME]).detail == "1 of 2 are missing"
    assert there.missing({A}, [HOME, AWAY]).detail == "1 of 2 are missing"
