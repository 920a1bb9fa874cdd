"""What people see while steps are carried out, and the report at the end."""

import io
import json

import pytest
from rich.console import Console

from scripts.cli.progress import Board, Progress
from scripts.cli.stopping import interrupted
from scripts.cli.summaries import conclusion, document, prerequisites, report, show_plan
from stacksets.outcomes import Outcome, State, Tally
from stacksets.reasons import explain
from stacksets.steps import UNCHANGED, Change, Step

A, B = "111111111111", "222222222222"
HOME, AWAY = "eu-west-1", "us-east-1"
DENIED = explain("may not perform: iam:CreateRole with an explicit deny in a service control policy")
CLOSED = explain("", "SKIPPED_SUSPENDED_ACCOUNT")


class _Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def _step(name: str, action: str = "update") -> Step:
    update = Change("update", "its template differs")
    return Step(name, A, HOME, UNCHANGED if action == "none" else update, lambda: None)


def _tally(*states: State) -> Tally:
    outcomes = [
        Outcome(A, region, "failed", DENIED) if state == "failed" else Outcome(A, region, state)
        for state, region in zip(states, (HOME, AWAY, "eu-central-1"), strict=False)
    ]
    return Tally("UPDATE", "4f2a", tuple(outcomes))


OUTCOMES = (
    Outcome(A, HOME, "done"),
    Outcome(A, AWAY, "failed", DENIED),
    Outcome(B, HOME, "skipped", CLOSED),
    Outcome(B, AWAY, "skipped", CLOSED),
)


def test_where_nobody_watches_each_step_is_a_line_and_an_operation_one_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = _Clock()
    progress = Progress(clock)
    progress.begin(_step("stack set natrec-spoke"))
    looks: list[tuple[int, State]] = [(0, "waiting"), (1, "running"), (20, "running"), (1, "done")]
    for seconds, state in looks:
        clock.time += seconds
        progress.tally(_tally(state, "done"))
    told = capsys.readouterr()
    assert told.out == ""
    first, *lines = told.err.splitlines()
    assert first == str(_step("stack set natrec-spoke"))
    assert lines == [
        "  UPDATE  1 done, 1 waiting",
        "  UPDATE  1 done, 1 running",
        "  UPDATE  2 done",
    ]


def test_the_end_of_an_operation_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(_Clock())
    progress.tally(_tally("running", "done"))
    progress.tally(_tally("failed", "done"))
    assert capsys.readouterr().err.splitlines()[-1] == "  UPDATE  1 done, 1 failed"


def test_after_ctrl_c_people_know_what_is_done_what_goes_on_and_what_is_left() -> None:
    steps = [_step("stack natrec-hub"), _step("stack set natrec-spoke"), _step("instances of natrec-spoke")]
    progress = Progress(_Clock())
    progress.expect(steps)
    progress.begin(steps[0])
    progress.end(steps[0])
    progress.begin(steps[1])
    progress.tally(_tally("running", "done"))
    assert progress.interrupted().splitlines() == [
        "interrupted; nothing is lost:",
        "  done       stack natrec-hub",
        "  under way  stack set natrec-spoke, which goes on in AWS: UPDATE operation 4f2a, 1 done, 1 running",
        "  not begun  instances of natrec-spoke",
        "Run `natrec apply` again: it waits for what is under way, and does the rest.",
    ]


def _board(width: int = 120) -> tuple[Board, Console]:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    return Board(console, _Clock()), console


def _drawn(console: Console, board: Board) -> list[str]:
    with console.capture() as caught:
        console.print(board.render())
    return [line.rstrip() for line in caught.get().splitlines()]


def test_what_was_interrupted_is_told_as_json_too() -> None:
    steps = [_step("archive"), _step("hub"), _step("policy")]
    progress = Progress(_Clock())
    progress.expect(steps)
    progress.begin(steps[0])
    progress.end(steps[0])
    progress.begin(steps[1])
    told = interrupted(steps, progress)
    assert (told["changed"], told["done"]) == (True, ["archive"])
    assert (told["interrupted"], told["not_begun"]) == ("hub", ["policy"])


def test_the_board_shows_the_operation_in_each_region_and_who_failed() -> None:
    board, console = _board()
    board.begin(_step("instances of natrec-spoke"))
    board.tally(_tally("failed", "running", "done"))
    head, every, central, west, east, failed = _drawn(console, board)
    assert "instances of natrec-spoke" in head
    assert every.split()[0] == "update"
    assert "2/3" in every
    assert [line.split()[0] for line in (central, west, east)] == ["eu-central-1", "eu-west-1", "us-east-1"]
    assert "1/1" in west
    assert "1 failed" in west
    assert "1 running" in east
    assert failed == f"  ✗ {A} {HOME}  a service control policy (SCP) denies iam:CreateRole"


def test_a_board_with_a_thousand_failures_stays_short() -> None:
    board, console = _board()
    board.begin(_step("instances of natrec-spoke"))
    board.tally(Tally("CREATE", "x", tuple(Outcome(f"{n:012}", HOME, "failed", DENIED) for n in range(1000))))
    lines = _drawn(console, board)
    assert len(lines) < 15
    assert lines[-1] == "    and 992 more"


def test_a_finished_step_stays_with_its_mark_and_its_tally() -> None:
    board, console = _board()
    steps = [_step("stack natrec-hub"), _step("instances of natrec-spoke")]
    with console.capture() as caught:
        board.expect(steps)
        board.begin(steps[0])
        board.end(steps[0])
        board.begin(steps[1])
        board.tally(_tally("failed", "done"))
        board.end(steps[1])
    hub, spoke = [line for line in caught.get().splitlines() if line.strip()]
    assert hub.startswith("✓ stack natrec-hub           ")
    assert spoke.startswith("✗ instances of natrec-spoke  ")
    assert "1 done, 1 failed" in spoke


def test_the_report_names_each_reason_once_with_where_and_what_to_do() -> None:
    steps = [_step("stack set natrec-spoke"), _step("policy", "none")]
    text = report("natrec apply", steps, OUTCOMES, {"Bus": "b"})
    assert text.splitlines() == [
        "natrec apply",
        "changed  1 of 2 steps",
        f"  {steps[0].change.action}  stack set natrec-spoke  {A} {HOME}",
        "covered  1 of 4 spokes current (2 accounts, 2 regions)",
        "failed   1: a service control policy (SCP) denies iam:CreateRole",
        f"           {A}  {AWAY}",
        f"         > {DENIED.advice}",
        "skipped  2: the account is suspended",
        f"           {B}  {HOME} {AWAY}",
        f"         > {CLOSED.advice}",
        "hub",
        "  Bus  b",
    ]


def test_the_same_as_json() -> None:
    told = json.loads(json.dumps(document([_step("policy", "none")], OUTCOMES, {"Bus": "b"})))
    assert (told["changed"], told["covered"], told["targets"]) == (False, 1, 4)
    assert told["failed"] == [
        {
            "account": A,
            "region": AWAY,
            "status": "failed",
            "reason": "a service control policy (SCP) denies iam:CreateRole",
            "advice": DENIED.advice,
            "told": DENIED.told,
        }
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), "nothing to change: everything is as the config says"),
        (
            ("policy", "members"),
            "only the policy changes: nothing is redeployed, it is in force within a minute",
        ),
        (("policy", "stack natrec-hub"), "2 of 3 steps change something"),
    ],
)
def test_a_change_of_the_policy_alone_says_that_nothing_is_redeployed(
    names: tuple[str, ...], told: str
) -> None:
    assert conclusion([_step("archive", "none"), *map(_step, names)]) == told


def test_what_changes_the_organization_itself_is_said_before_anybody_agrees() -> None:
    steps = [
        _step("trusted access for stack sets"),
        _step("delegated administrator", "none"),
        _step("policy"),
    ]
    (line,) = prerequisites(steps)
    assert "changes the organization itself" in line
    assert A in line
    assert "trusted access" in line


def test_a_plan_is_a_table_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=110, color_system=None)
    with console.capture() as caught:
        show_plan([_step("stack natrec-hub"), _step("policy", "none")], console)
    lines = [line.rstrip() for line in caught.get().splitlines() if line.strip()]
    assert lines[0].split() == ["step", "account", "region", "change"]
    assert lines[1].split()[:4] == ["~", "stack", "natrec-hub", A]
    assert lines[-1] == "1 of 2 steps change something"
    show_plan([_step("policy", "none")])
    assert capsys.readouterr().out.splitlines()[0] == f"keep    policy in {A} {HOME}: as it should be"
