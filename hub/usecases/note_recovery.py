"""An alarm has recovered: wake the execution that waits for it, if it was the last one."""

from dataclasses import dataclass

from hub.domain.alarms import Transition
from hub.ports import Executions, Ledger, Wake


@dataclass(frozen=True)
class NoteRecovery:
    """Write first, then wake: an execution that has not stored its token yet finds it written."""

    ledger: Ledger
    executions: Executions

    def __call__(self, recovery: Transition) -> Wake:
        """Note the recovery; safe to repeat, for a repeated one wakes again where the first could not.

        Raises:
            Transient: Try again.

        """
        wake = self.ledger.note_recovery(recovery)
        if wake.recording and wake.task_token and not wake.still_in_alarm:
            self.executions.wake(wake.task_token)
        return wake
