"""An alarm has recovered: wake the execution that waits for it, if it was the last one."""

from dataclasses import dataclass

from hub.domain.alarms import Transition
from hub.domain.errors import EventRejected
from hub.ports import Clock, Executions, Ledger, Wake


@dataclass(frozen=True)
class NoteRecovery:
    """Write first, then wake: an execution that has not stored its token yet finds it written."""

    ledger: Ledger
    executions: Executions
    clock: Clock

    def __call__(self, recovery: Transition) -> Wake:
        """Note the recovery; safe to repeat, for a repeated one wakes again where the first could not.

        Raises:
            EventRejected: The recovery lies in the future.
            Transient: Try again.

        """
        if recovery.lies_ahead(self.clock.now()):
            raise EventRejected(
                f"the recovery of {recovery.alarm} lies in the future: {recovery.at.isoformat()}"
            )
        if not recovery.gateway.is_named:
            return Wake(None, frozenset(), None)
        wake = self.ledger.note_recovery(recovery)
        if wake.recording and wake.task_token and not wake.still_in_alarm:
            self.executions.wake(wake.task_token, recovery.at)
        return wake
