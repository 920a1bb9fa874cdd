"""What is judged of what was read: pure, and where one witness is not enough, with both."""

from botocore.exceptions import ClientError

from orgconfig.webhooks import webhook_fault
from stacksets.doctor import flow_logs, hub, limits, parts, rules, stack
from stacksets.doctor.flow_logs import RightsSeen, Ruled, Tried, proof_of
from stacksets.doctor.hub_key import HubKeySeen, judge_hub_key
from stacksets.doctor.texts import exempted
from stacksets.inspection.control import Attached, Ruling
from stacksets.inspection.parts import PartSeen
from stacksets.inspection.statements import Asked
from stacksets.inspection.sweeps import Sweep

ASKED = Asked(
    "arn:aws:iam::444444444444:role/natrec/natrec-worker-eu-west-1",
    "ec2:DeleteFlowLogs",
    "*",
    {"aws:RequestedRegion": "eu-west-1"},
)
ROLES = ("arn:aws:iam::*:role/natrec/natrec-worker-*",)
DENY = {"Sid": "KeepLogs", "Effect": "Deny", "Action": "ec2:DeleteFlowLogs", "Resource": "*"}
POLICY = Attached("ou-1", "p-1", "guardrails", (DENY,))
KEY = "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555"
MAY, FORBIDDEN, NOTHING = (
    Tried("allowed", "DryRunOperation"),
    Tried("forbidden", "no"),
    Tried("nothing", "NotFound"),
)
ALLOWED, DENIED = Ruling("allowed"), Ruling("denied", POLICY, DENY, "ou-1")


def seen(ruling: Ruling | None, tried: Tried, own: Ruling | None = ALLOWED) -> RightsSeen:
    ruled = None if ruling is None else [Ruled(ASKED, ruling)]
    return RightsSeen(
        "delete", ruled, own, tried, ROLES, {"Condition": {}}, unread="denied" if ruling is None else ""
    )


def test_policies_that_allow_are_enough_whatever_the_dry_run_could_not_prove() -> None:
    assert flow_logs.judge(seen(ALLOWED, NOTHING)).ok
    assert flow_logs.judge(seen(ALLOWED, MAY)).ok


def test_a_dry_run_that_passes_does_not_excuse_a_policy_that_denies_the_worker() -> None:
    verdict = flow_logs.judge(seen(DENIED, MAY))
    assert not verdict.ok
    assert "guardrails (p-1) on ou-1 denies ec2:DeleteFlowLogs to natrec-worker-*" in verdict.found
    assert verdict.policy == {"Version": "2012-10-17", "Statement": [exempted(DENY, ROLES)]}


def test_an_access_role_that_is_forbidden_as_read_says_nothing_against_the_worker() -> None:
    assert flow_logs.judge(seen(ALLOWED, FORBIDDEN, own=DENIED)).ok


def test_an_access_role_that_is_forbidden_though_read_as_allowed_disproves_the_reading() -> None:
    assert not flow_logs.judge(seen(ALLOWED, FORBIDDEN, own=ALLOWED)).ok


def test_unread_policies_are_never_well() -> None:
    for tried, words in (
        (MAY, "could not be told"),
        (NOTHING, "could not be told"),
        (FORBIDDEN, "forbids to delete"),
    ):
        verdict = flow_logs.judge(seen(None, tried))
        assert (verdict.ok, words in verdict.found) == (False, True)
        assert verdict.advice


def _answer(code: str, message: str = "") -> Tried:
    return proof_of(ClientError({"Error": {"Code": code, "Message": message}}, "DeleteFlowLogs"))


def test_only_two_answers_to_a_dry_run_prove_anything() -> None:
    assert _answer("DryRunOperation").proof == "allowed"
    scp = "You are not authorized ... with an explicit deny in a service control policy"
    assert _answer("UnauthorizedOperation", scp).proof == "forbidden"
    assert _answer("UnauthorizedOperation", "no identity-based policy allows it").proof == "nothing"
    assert _answer("InvalidFlowLogId.NotFound").proof == "nothing"


def test_an_exemption_grows_the_list_that_a_statement_has_already() -> None:
    known = {**DENY, "Condition": {"ArnNotLike": {"aws:PrincipalARN": "arn:aws:iam::*:role/admin"}}}
    assert exempted(known, ROLES)["Condition"] == {
        "ArnNotLike": {"aws:PrincipalARN": ["arn:aws:iam::*:role/admin", *ROLES]}
    }
    condition = {"StringNotEquals": {"aws:PrincipalArn": "x"}, "Bool": {"a": "b"}}
    assert exempted({**DENY, "Condition": condition}, ROLES)["Condition"] == {
        "StringNotEquals": {"aws:PrincipalArn": "x"},
        "Bool": {"a": "b"},
        "ArnNotLike": {"aws:PrincipalArn": list(ROLES)},
    }


def test_a_webhook_is_judged_by_its_form_and_never_told() -> None:
    good = "https://hooks.slack.com/services/T000/B000/secret"
    assert webhook_fault(good, local=False) == ""
    assert webhook_fault("http://127.0.0.1:1/services/x", local=True) == ""
    for text in (
        None,
        "",
        f"{good}\n",
        f'{{"url": "{good}"}}',
        "http://127.0.0.1:1/x",
        "https://evil.example/secret",
    ):
        fault = webhook_fault(text, local=False)
        assert fault
        assert "secret" not in fault


def test_a_stack_is_well_only_at_rest_and_as_the_config_says() -> None:
    assert stack.judge_stack(stack.StackSeen("s", "UPDATE_COMPLETE")).ok
    for status in (None, "UPDATE_IN_PROGRESS", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"):
        assert not stack.judge_stack(stack.StackSeen("s", status)).ok
    assert not stack.judge_stack(stack.StackSeen("s", "CREATE_COMPLETE", differs="its template differs")).ok


def test_roles_and_alarms_must_fit_into_what_is_left() -> None:
    assert limits.judge_roles(limits.RolesSeen(998, 1000, 2)).ok
    assert not limits.judge_roles(limits.RolesSeen(998, 1000, 3)).ok
    assert limits.judge_alarms(limits.AlarmsSeen(4990, 5000, 4, 0)).ok
    assert not limits.judge_alarms(limits.AlarmsSeen(4998, 5000, 4, 4)).ok
    assert not limits.judge_alarms(limits.AlarmsSeen(5000, 5000, 4, 0)).ok
    assert "cannot be raised" in limits.judge_alarms(limits.AlarmsSeen(300, 5000, 198, 4)).advice


def test_a_sweep_that_failed_is_told_and_one_that_runs_is_not() -> None:
    assert hub.judge_sweeps({"full": Sweep("full", "RUNNING", "2026-11-23T06:00:00Z")}).ok
    failed = hub.judge_sweeps({"full": Sweep("full", "FAILED", "2026-11-23T06:00:00Z")})
    assert "the full one of 2026-11-23T06:00:00Z failed" in failed.found


def test_outages_that_the_hub_met_are_told() -> None:
    assert hub.judge_outages(()).ok
    assert "444444444444 eu-west-1" in hub.judge_outages(("444444444444 eu-west-1",)).found


def test_a_rule_that_leads_to_one_more_place_is_not_well() -> None:
    wanted = {"arn:aws:events:eu-west-1:2:event-bus/natrec": "arn:role"}
    assert rules.judge_rule(rules.RuleSeen("r", "ENABLED", wanted, wanted)).ok
    assert not rules.judge_rule(rules.RuleSeen("r", "ENABLED", {**wanted, "arn:more": ""}, wanted)).ok
    assert not rules.judge_rule(rules.RuleSeen("r", "ENABLED", wanted, wanted, same_pattern=False)).ok
    assert not rules.judge_rule(rules.RuleSeen("r", None, {}, wanted)).ok


def test_the_hubs_parts_must_be_there_and_work() -> None:
    well = PartSeen("function", "natrec-tell", "ACTIVE")
    idle = PartSeen("function", "natrec-open", "INACTIVE")
    assert parts.judge_parts([well, idle]).ok
    gone = parts.judge_parts([well, PartSeen("topic", "natrec-notices", None)])
    assert (gone.ok, "topic natrec-notices" in gone.found) == (False, True)
    failed = parts.judge_parts([PartSeen("function", "natrec-tell", "FAILED", "no such image")])
    assert (failed.ok, "is FAILED: no such image" in failed.found) == (False, True)


def test_a_hub_whose_key_cannot_be_used_is_not_well() -> None:
    assert judge_hub_key(HubKeySeen(wanted=True, key=KEY, state="Enabled")).ok
    assert judge_hub_key(HubKeySeen(wanted=False)).ok
    for seen, words in (
        (HubKeySeen(wanted=True, key=KEY, state="PendingDeletion"), "is PendingDeletion"),
        (HubKeySeen(wanted=True, key=KEY), "is not there"),
        (HubKeySeen(wanted=True), "under no key"),
    ):
        verdict = judge_hub_key(seen)
        assert not verdict.ok
        assert words in verdict.found
        assert verdict.advice
