"""A recording with one fault in it, mended by what runs anyway; what came of it, in one word."""

from dataclasses import dataclass

from tests.faults.play import Left
from tests.faults.stage import Stage
from tests.faults.wire import Fault


@dataclass(frozen=True)
class Survival:
    """What came of it.

    Attributes:
        outcome: A word of the table in `hub/README.md`.
        hits: How often the fault struck.
        left: What is there when all nets have done their work.
        unguarded: Flow logs that were still on when the failsafe's time had come, the fault still lasting.
        told: Whether a notice was sent, or the execution failed, which an alarm of the hub tells.
        restarts: Executions that the sweep started though the alarm was calm.
        reported: Whether all that was recorded has its report, once executions were redriven or succeeded.
        finished: Whether a redrive ends the execution well; one that recorded nothing fails again.

    """

    outcome: str
    hits: int
    left: Left
    unguarded: int
    told: bool
    restarts: int
    reported: bool
    finished: bool


def survive(stage: Stage, fault: Fault | None, *, retries: bool = False) -> Survival:
    """Run one recording with this fault, and then whatever of the sweep and the failsafe is needed."""
    play = stage.begin(fault, retries=retries)
    try:
        stage.perform()
        hits, unguarded, left = stage.wire.hits, 0, stage.left()
        swept = not settled(left)
        if swept:
            unguarded = _mend(stage)
            left = stage.left()
        told = bool(play.notices) or play.run.status == "FAILED"
        outcome = _outcome(stage, swept=swept)
        stage.wire.lift()
        stage.succeed()
        stage.redrive()
        reported = all(each.report for each in stage.recordings() if each.state == "closed")
        finished = play.run.status == "SUCCEEDED" or outcome == "failed"
        return Survival(outcome, hits, left, unguarded, told, len(play.offered), reported, finished)
    finally:
        stage.accounts.clear()


def settled(left: Left) -> bool:
    """Whether nothing stays, and what counts as opened is what was kept."""
    return left == Left(0, 0, lease=False, open=0, active=0, opened=left.kept, kept=left.kept)


def _mend(stage: Stage) -> int:
    """Two sweeps while the fault lasts, the failsafe, then two more without the fault."""
    stage.sweep()
    stage.sweep()
    stage.clock.turn(minutes=30)
    stage.accounts.expire(stage.clock.now())
    unguarded = len(stage.accounts.flow_logs())
    stage.wire.lift()
    stage.sweep()
    stage.sweep("full")
    return unguarded


def _outcome(stage: Stage, *, swept: bool) -> str:  # noqa: PLR0911 - one word each
    play, recordings = stage.play, stage.recordings()
    if not recordings:
        return "refused"
    (recording,) = recordings
    if swept:
        return "swept"
    if recording.state == "failed":
        return "failed"
    if play.run.path[-1] in {"RepeatQuery", "RepeatReport"}:
        return "unreported"
    if "RepeatReport" in play.run.path:
        return "reported late"
    if play.run.status == "FAILED":
        return "untold"
    if "the recording failed" in (recording.reason or ""):
        return "cut short"
    return "done" if "TellStarted" in play.notices else "unannounced"
