"""What has become of every step when one failed, and the later ones were not begun."""

from typing import TYPE_CHECKING

from orgconfig.errors import NatrecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.cli.progress import Progress
    from stacksets.steps import Step


def report(title: str, shown: "Progress", problem: Exception) -> str:
    """As text: what is done, what failed and why, what was not begun."""
    reason, advice = _told(problem)
    lines = [title, *(f"done       {_line(step)}" for step in shown.done)]
    if shown.current:
        lines.append(f"failed     {_line(shown.current)}")
    lines.append(f"         > {reason}")
    if advice:
        lines.append(f"         > {advice}")
    lines += [f"not begun  {_line(step)}" for step in waiting(shown)]
    return "\n".join(lines)


def interrupted(steps: "Sequence[Step]", shown: "Progress") -> dict[str, object]:
    """What somebody interrupted as JSON shows it; what AWS has begun goes on there."""
    return {
        "changed": bool(shown.done),
        "steps": [each.document() for each in steps],
        "done": [each.name for each in shown.done],
        "interrupted": shown.current.name if shown.current else None,
        "not_begun": [each.name for each in waiting(shown)],
    }


def document(steps: "Sequence[Step]", shown: "Progress", problem: Exception) -> dict[str, object]:
    """The same as JSON shows it; `failed` has the form of an account and region that failed."""
    reason, advice = _told(problem)
    step = shown.current
    where = {"step": step.name, "account": step.account, "region": step.region} if step else {}
    return {
        "changed": bool(shown.done),
        "steps": [each.document() for each in steps],
        "done": [each.name for each in shown.done],
        "failed": [{**where, "status": "failed", "reason": reason, "advice": advice}],
        "not_begun": [each.name for each in waiting(shown)],
    }


def waiting(shown: "Progress") -> "list[Step]":
    """The steps that were expected and not begun."""
    return [step for step in shown.steps if step not in shown.done and step != shown.current]


def _line(step: "Step") -> str:
    return f"{step.name}  {step.account} {step.region}"


def _told(problem: Exception) -> tuple[str, str]:
    """Why, and what to do about it."""
    if isinstance(problem, NatrecError):
        return " ".join(problem.what.split()), problem.next or ""
    return f"{type(problem).__name__}: {problem}", ""
