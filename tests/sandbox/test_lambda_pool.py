import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from scripts.sandbox.engine.lambda_pool import Pool
from scripts.sandbox.engine.lambda_process import Answer, Environment
from tests.sandbox.eventually import eventually

CODE = """
import os, time
def handler(event, context):
    time.sleep(event)
    return os.getpid()
"""
Make = Callable[[str], Environment]


@pytest.fixture
def environment(tmp_path: Path) -> Make:
    (tmp_path / "app.py").write_text(CODE)

    def make(function: str) -> Environment:
        names = ("NAME", "VERSION", "MEMORY_SIZE")
        variables = {f"AWS_LAMBDA_FUNCTION_{name}": "1" for name in names} | {
            "AWS_LAMBDA_LOG_GROUP_NAME": "1"
        }
        return Environment(function, "app.handler", tmp_path, tmp_path, tuple(sorted(variables.items())))

    return make


@pytest.fixture
def small() -> Iterator[Pool]:
    pool = Pool(processes=2, starting=1)
    yield pool
    pool.close()


def pid(answer: Answer) -> int:
    assert answer.result is not None, answer.error
    return int(json.loads(answer.result))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_calls_at_once_share_the_processes_there_may_be(small: Pool, environment: Make) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: small.ask(environment("a"), "1", 0.05, 10), range(8)))
    assert len({pid(answer) for answer in answers}) <= 2


def test_the_process_idle_for_longest_makes_room_for_another_function(small: Pool, environment: Make) -> None:
    first, second, _ = (pid(small.ask(environment(name), "1", 0, 10)) for name in "abc")
    assert not alive(first)
    assert pid(small.ask(environment("b"), "1", 0, 10)) == second


def test_a_patient_call_waits_for_a_busy_process_of_its_function(environment: Make) -> None:
    with closing(Pool(patience=60)) as pool, ThreadPoolExecutor(1) as thread:
        busy = thread.submit(pool.ask, environment("a"), "1", 0.3, 10)
        assert eventually(lambda: pool.busy)
        assert pid(pool.ask(environment("a"), "1", 0, 10)) == pid(busy.result())


def test_a_call_that_has_lost_patience_starts_another(environment: Make) -> None:
    with ThreadPoolExecutor(1) as thread, closing(Pool(patience=0.1)) as pool:
        thread.submit(pool.ask, environment("a"), "1", 60, 120)
        assert eventually(lambda: pool.busy)
        assert pid(pool.ask(environment("a"), "1", 0, 10))


def test_a_storm_of_one_function_leaves_the_others_where_they_are(environment: Make) -> None:
    with closing(Pool(processes=3, of_one=2, patience=0)) as pool:
        other = pid(pool.ask(environment("b"), "1", 0, 10))
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: pool.ask(environment("a"), "1", 0.2, 10), range(8)))
        assert len({pid(answer) for answer in answers}) <= 2
        assert pid(pool.ask(environment("b"), "1", 0, 10)) == other


def test_of_several_idle_processes_of_one_function_one_makes_room_first(environment: Make) -> None:
    with closing(Pool(processes=3, patience=0)) as pool:
        only = pid(pool.ask(environment("b"), "1", 0, 10))
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda _: pool.ask(environment("a"), "1", 1, 10), range(2)))
        several = {pid(answer) for answer in answers}
        assert len(several) == 2
        pool.ask(environment("c"), "1", 0, 10)
        assert (alive(only), sum(map(alive, several))) == (True, 1)


def test_a_closed_pool_has_killed_idle_and_busy_processes_and_takes_no_calls(environment: Make) -> None:
    pool = Pool(processes=3)
    idle = pid(pool.ask(environment("a"), "1", 0, 10))
    with ThreadPoolExecutor(1) as thread:
        busy = thread.submit(pool.ask, environment("b"), "1", 60, 120)
        assert eventually(lambda: pool.busy)
        pool.close()
        error = busy.result(10).error
    assert error is not None
    assert error["errorType"] == "Runtime.ExitError"
    assert not alive(idle)
    with pytest.raises(RuntimeError, match="stopped"):
        pool.ask(environment("a"), "1", 0, 10)
