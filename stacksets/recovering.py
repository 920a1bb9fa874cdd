"""What must be done with a stack before it can be updated: CloudFormation refuses some of its states.

CloudFormation User Guide, "Stack status codes" and "Continue rolling back an update".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ANEW = {
    "REVIEW_IN_PROGRESS": "there is only a change set that nobody executed; made anew",
    "CREATE_FAILED": "its creation failed; deleted and made anew",
    "ROLLBACK_COMPLETE": "its creation failed and was rolled back; deleted and made anew",
    "ROLLBACK_FAILED": "its creation failed, and so did its rollback; deleted and made anew",
    "DELETE_FAILED": "its deletion had not come to an end; deleted and made anew",
    "IMPORT_ROLLBACK_COMPLETE": "taking over what was there had failed; made anew",
    "IMPORT_ROLLBACK_FAILED": "taking over what was there had failed; made anew",
}


@dataclass(frozen=True)
class Cure:
    """What to do first.

    Attributes:
        words: What is wrong and what is done about it; empty where nothing is.
        wait: An operation runs on it.
        anew: It can only be deleted. What it retains stays and is taken over.
        resume: Its rollback must be continued.

    """

    words: str = ""
    wait: bool = False
    anew: bool = False
    resume: bool = False


def cure(stack: Mapping[str, Any] | None) -> Cure:
    """What a stack, as CloudFormation describes it, needs before it can be updated."""
    status = str(stack["StackStatus"]) if stack else ""
    if status in _ANEW:
        return Cure(_ANEW[status], anew=True)
    if status == "UPDATE_ROLLBACK_FAILED":
        return Cure("its last update's rollback had failed; continued first", resume=True)
    if status.endswith("IN_PROGRESS"):
        return Cure(f"it is in {status}; waited for", wait=True)
    return Cure()
