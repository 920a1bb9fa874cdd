"""Tasks that call a function take turns, so that a task's time limit measures its function and not a queue.

AWS runs a thousand functions at once; here they share a few processes. An execution waits for its turn before
its task begins: in AWS it would not have waited, and no time limit would have passed meanwhile.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)

from scripts.sandbox.engine.lambda_pool import OF_ONE
from scripts.sandbox.engine.seams import replace

Evaluate = Callable[[Any, Any], None]


def install() -> None:
    """Let tasks of one state take turns; one that waits for a token afterwards takes none."""
    replace(StateTaskServiceLambda, "_evaluate_with_timeout", in_turn)


def in_turn(original: Evaluate, at_once: int = OF_ONE) -> Evaluate:
    """Evaluate at most so many tasks of one state at once.

    One that waits sleeps until its turn has come, also when its execution was ended meanwhile: looking now
    and then costs a thousand that wait more than those that work.

    Args:
        original: Evaluates a state in an environment; its time limit begins when it is called.
        at_once: How many processes a function may have.

    """
    turns: defaultdict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(at_once))

    def evaluate(state: Any, env: Any) -> None:
        if state.resource.condition == ResourceCondition.WaitForTaskToken:
            original(state, env)
            return
        with turns[state.name]:
            if env.is_running():
                original(state, env)

    return evaluate
