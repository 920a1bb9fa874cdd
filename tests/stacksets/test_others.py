"""Installations of other namespaces, of which one may be this one, renamed."""

from dataclasses import replace

import pytest

from orgconfig.models import OrgConfig
from stacksets.others import BesideError, Other, check
from tests.orgconfig import documents

CONFIG = OrgConfig.model_validate(documents.config())
OLD = Other("old", "222222222222 eu-west-1", "old-archive")


def test_nothing_is_said_where_there_is_no_other_and_where_both_shall_stand() -> None:
    check(CONFIG, [], (), "natrec.yaml")
    check(CONFIG, [OLD], {"old"}, "natrec.yaml")


def test_one_that_may_have_been_renamed_is_refused_with_the_commands_that_move_it() -> None:
    with pytest.raises(BesideError) as refused:
        check(CONFIG, [OLD], {"another"}, "acme.yaml")
    assert "`old`, with its hub in 222222222222 eu-west-1" in refused.value.what
    for command in ("cp acme.yaml before.yaml", "natrec destroy -c before.yaml", "natrec apply -c acme.yaml"):
        assert command in refused.value.next
    assert "namespace: old" in refused.value.next
    assert "--beside old" in refused.value.next
    assert "archive.bucket" not in refused.value.next


def test_an_archive_that_would_be_in_the_way_is_told() -> None:
    same = replace(OLD, bucket=CONFIG.organization.archive.bucket)
    with pytest.raises(BesideError, match=r"archive\.bucket another name") as refused:
        check(CONFIG, [same], (), "natrec.yaml")
    assert refused.value.next
