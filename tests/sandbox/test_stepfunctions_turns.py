import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from scripts.sandbox.engine.stepfunctions_turns import in_turn
from tests.sandbox.eventually import eventually


class Tasks:
    """Tasks that run until they are let go."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.may_end = threading.Event()

    def evaluate(self, state: Any, _: Any) -> None:  # noqa: ANN401 - moto's own
        self.running.append(state.name)
        assert self.may_end.wait(10)


def state(name: str, *, condition: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(name=name, resource=SimpleNamespace(condition=condition))


def execution(*, running: bool = True) -> SimpleNamespace:
    return SimpleNamespace(is_running=lambda: running)


def test_a_task_s_time_begins_when_it_has_its_turn() -> None:
    tasks = Tasks()
    evaluate = in_turn(tasks.evaluate, at_once=2)
    with ThreadPoolExecutor(8) as threads:
        all_of_them = [threads.submit(evaluate, state("Open"), execution()) for _ in range(6)]
        threads.submit(evaluate, state("Close"), execution())
        assert eventually(lambda: sorted(tasks.running) == ["Close", "Open", "Open"])
        tasks.may_end.set()
        for each in all_of_them:
            each.result(10)
    assert len(tasks.running) == 7


def test_a_task_that_waits_for_a_token_takes_no_turn() -> None:
    tasks = Tasks()
    evaluate = in_turn(tasks.evaluate, at_once=1)
    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            threads.submit(evaluate, state("Await", condition="waitForTaskToken"), execution())
        assert eventually(lambda: len(tasks.running) == 2)
        tasks.may_end.set()


def test_an_execution_that_was_ended_while_it_waited_begins_no_task() -> None:
    tasks, ended = Tasks(), execution()
    evaluate = in_turn(tasks.evaluate, at_once=1)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(evaluate, state("Open"), execution())
        assert eventually(lambda: tasks.running)
        second = threads.submit(evaluate, state("Open"), ended)
        ended.is_running = lambda: False
        tasks.may_end.set()
        for each in (first, second):
            each.result(10)
    assert tasks.running == ["Open"]
