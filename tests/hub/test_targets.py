"""Which accounts and regions a full sweep visits, and how they are shared out."""

import json

from hub.adapters.policy import CompiledRules
from hub.domain.targets import Target
from orgconfig.compiling import compile_policy
from orgconfig.members import Members
from orgconfig.models import OrgConfig
from orgconfig.policy import policy_of
from tests.orgconfig.documents import config

INSIDE, OUTSIDE, CLOSED = "444444444444", "555555555555", "666666666666"
MEMBERS = Members(
    ous={"r-ab12": None, "r-zz99": None},
    accounts={INSIDE: "r-ab12", OUTSIDE: "r-zz99", CLOSED: "r-ab12"},
    suspended=frozenset({CLOSED}),
)


def rules(members: Members) -> CompiledRules:
    document = config()
    document["targets"]["regions"] = ["eu-west-1", "us-east-1"]
    return CompiledRules(policy_of(json.dumps(compile_policy(OrgConfig.model_validate(document)))), members)


def test_every_covered_account_is_a_target_in_every_region() -> None:
    assert set(rules(MEMBERS).targets()) == {Target(INSIDE, "eu-west-1"), Target(INSIDE, "us-east-1")}


def test_an_organization_that_was_never_read_has_no_targets() -> None:
    assert list(rules(Members()).targets()) == []


def test_every_target_is_in_one_batch_and_batches_are_alike() -> None:
    targets = [
        Target(f"{account:012d}", region) for account in range(1000) for region in ("eu-west-1", "us-east-1")
    ]
    batches = [[each for each in targets if each.batch(4) == batch] for batch in range(4)]
    assert sum(map(len, batches)) == len(targets)
    assert all(400 < len(batch) < 600 for batch in batches)
    assert Target("444444444444", "eu-west-1").batch(4) == Target("444444444444", "eu-west-1").batch(4)
