"""From what was measured to what is promised: the arithmetic of each part."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scripts.benches import striking
from scripts.benches.calls import Call, read, story, to_flow_logs
from scripts.benches.measuring import LIMITED, OURS, Run
from scripts.benches.parts import cold, demo, path, plan, report, sweep, tests
from scripts.benches.results import Result

MILLION = 10**6


def test_a_cold_start_counts_as_the_zip_is() -> None:
    opening = cold.CRITICAL[0]
    plain, compiled = (
        cold.Starts({opening: 0.5, "other": 9}, 0.2),
        cold.Starts({opening: 0.28, "other": 9}, 0.2),
    )
    start, size = cold.figures(plain, compiled, 4_300_000)
    assert (start.figure, start.met) == ("0.50 s; with bytecode 0.28 s", False)
    assert start.ratio == "2.50 of boto3 + one client; with bytecode 1.40"
    assert (size.figure, size.met) == ("4.3 MB", True)
    assert cold.figures(compiled, compiled, 6_000_001)[0].met
    assert not cold.figures(compiled, compiled, 6_000_001)[1].met


def _runs(ours: float, by_hand: float, limited_mb: float, **others: float) -> dict[str, Run]:
    seconds = {"floor": 1.0, "by hand": by_hand, OURS: ours, **others}
    runs = {name: Run(each, each, 10**9) for name, each in seconds.items()}
    return {**runs, LIMITED: Run(2 * ours, 2 * ours, int(limited_mb * 1024**2))}


def test_a_report_is_judged_by_its_largest_records() -> None:
    small = Result("parquet", MILLION, 1, _runs(ours=3, by_hand=1, limited_mb=100))
    large = Result("parquet", 20 * MILLION, 1, _runs(ours=10.6, by_hand=10, limited_mb=500))
    speed, memory = report.figures([large, small])
    assert (speed.target, speed.figure) == ("parquet", "10.6 s for 20 million")
    assert (speed.ratio, speed.met) == ("1.06 of DuckDB by hand (at most 1.07)", True)
    assert (memory.figure, memory.met) == ("500 MB for 20 million as parquet", True)
    assert memory.ratio == "2.00 of the time without a limit"


def test_fewer_records_than_promised_tell_nothing_of_the_promise_but_too_much_memory_does() -> None:
    found = report.figures([Result("parquet", MILLION, 1, _runs(ours=1, by_hand=1, limited_mb=100))])
    assert [each.met for each in found] == [None, None]
    found = report.figures([Result("parquet", MILLION, 1, _runs(ours=1, by_hand=1, limited_mb=513))])
    assert [each.met for each in found] == [None, False]


def test_beside_other_engines_the_best_of_them_is_what_counts() -> None:
    runs = _runs(ours=19, by_hand=17, limited_mb=500, chdb=12, **{"flowlogs-reader": 280})
    text, reader, _ = report.figures([Result("text", 20 * MILLION, 1, runs)])
    assert (text.ratio, text.met) == ("1.58 of chdb (at most 1.60)", True)
    assert (reader.target, reader.ratio, reader.met) == ("flowlogs-reader", "15 x faster", False)


def _line(call: int, role: str, operation: str) -> str:
    principal = f"arn:aws:iam::222222222222:role/natrec/natrec-{role}"
    return json.dumps({"principal": principal, "call": call, "operation": operation, "action": "any"})


LINES = (
    _line(1, "hub-onset", "states:StartExecution"),
    _line(2, "hub-recording", "lambda:InvokeFunction"),
    _line(3, "hub-open-recording", "dynamodb:BatchGetItem"),
    json.dumps({"principal": "arn:aws:iam::222222222222:root", "call": 4, "operation": "sts:AssumeRole"}),
    *[_line(5, "hub-open-recording", "dynamodb:TransactWriteItems")] * 11,
    *[_line(6, "worker-eu-west-1", "ec2:CreateFlowLogs")] * 3,
    _line(7, "worker-eu-west-1", "scheduler:CreateSchedule"),
    _line(8, "hub-deliver-notice", "sns:Publish"),
    *(_line(number, "hub-recording", "athena:GetQueryExecution") for number in (9, 10)),
)


def test_a_call_with_many_questions_is_one_and_others_calls_are_none() -> None:
    calls = list(read(LINES))
    assert [each.operation.partition(":")[2] for each in to_flow_logs(calls)] == [
        "BatchGetItem",
        "TransactWriteItems",
        "CreateFlowLogs",
    ]
    assert [str(each) for each in story(calls)][-1] == "worker: scheduler:CreateSchedule"
    assert len(calls) == 9
    with pytest.raises(ValueError, match="ec2:CreateFlowLogs is not among 2 calls"):
        to_flow_logs(list(read(LINES[:2])))


def test_the_path_to_the_flow_log_is_judged_by_calls_states_and_invocations() -> None:
    entered = ["OpenRecording", "Opened?", *["more"] * 10]
    counted = path.Counted(tuple(read(LINES)), entered, {"natrec-open-recording": 1, "natrec-tell": 2})
    onset, recording = path.figures(counted)
    assert (onset.figure, onset.met) == ("1 transition, 1 invocation, 3 calls", True)
    assert (recording.figure, recording.met) == ("12 transitions; 3 invocations, 9 calls", True)
    assert onset.ratio == "1 to the ancestor's 6 to 8 transitions"
    late = path.Counted(counted.calls, ["First", *entered], counted.invocations)
    assert [each.met for each in path.figures(late)] == [False, False]


SOUND = striking.Struck(
    gateways=1000,
    seconds=100.0,
    admitted=25,
    answered=1000,
    waiting=975,
    most=25,
    transactions=30,
    conflicts=5,
    exact=True,
)
ANSWER = striking.Answer(1, 2, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"most": 26},
        {"admitted": 26, "waiting": 974},
        {"admitted": 24, "waiting": 976},
        {"answered": 999},
        {"waiting": 974},
        {"exact": False},
    ],
)
def test_a_storm_in_which_anything_is_lost_or_passed_meets_nothing(wrong: dict[str, Any]) -> None:
    storm, _ = striking.figures([SOUND], ANSWER, ANSWER)
    assert storm.met
    storm, _ = striking.figures([replace(SOUND, **wrong)], ANSWER, ANSWER)
    assert storm.met is False


def test_a_small_storm_says_nothing_of_a_thousand_and_one_storm_nothing_of_growth() -> None:
    small = replace(SOUND, gateways=100, answered=100, waiting=75, seconds=20.0)
    storm, growth = striking.figures([small], ANSWER, ANSWER)
    assert (storm.met, growth.met) == (None, None)
    storm, growth = striking.figures([small, SOUND], striking.Answer(2, 4, 2), ANSWER)
    assert (storm.met, growth.met) == (True, True)
    assert storm.ratio == "1.2 transactions and 0.2 conflicts for each admitted"
    assert growth.figure == "200 ms at 100, 100 ms at 1,000"
    assert growth.ratio == (
        "0.50 of the time at 100; refused: 1 reads, 2 writes, 3 transitions; "
        "admitted: 2 reads, 4 writes, 2 transitions"
    )
    _, growth = striking.figures([small, replace(SOUND, seconds=301.0)], ANSWER, ANSWER)
    assert growth.met is False


def test_an_alarm_is_counted_until_its_function_has_answered() -> None:
    calls = [
        Call("open-recording", "dynamodb:BatchGetItem"),
        Call("open-recording", "sts:AssumeRole"),
        Call("worker", "ec2:DescribeNatGateways"),
        Call("open-recording", "dynamodb:TransactWriteItems"),
        Call("worker", "ec2:DescribeNatGateways"),
    ]
    assert striking.counted(calls, 2, visits=True) == striking.Answer(2, 1, 2)
    assert striking.counted(calls, 2, visits=False) == striking.Answer(1, 1, 2)


FULL = sweep.Swept(
    accounts=1000, targets=17_000, batches=34, sampled=1000, calls=3.0, cpu=0.06, tls=0.03, wall=20.0
)


def test_a_target_is_billed_by_the_share_of_a_processor_or_by_the_clock_whichever_is_longer() -> None:
    assert FULL.gb_seconds == pytest.approx(0.06 * 1769 / 1024)
    assert replace(FULL, wall=100.0).gb_seconds == pytest.approx(100 * 34 / 17_000)


def test_sweeps_are_judged_by_the_month_and_by_calls_that_grow_with_what_is_open() -> None:
    fewer = sweep.Quick(25, {"sts:AssumeRole": 25, "ec2:DescribeFlowLogs": 26}, {"ec2:DescribeFlowLogs": 51})
    more = sweep.Quick(50, {"sts:AssumeRole": 50, "ec2:DescribeFlowLogs": 51}, {"ec2:DescribeFlowLogs": 101})
    month, quick = sweep.figures([FULL], [fewer, more], "eu-west-1")
    assert month.figure.endswith(" for 17,000 targets")
    assert 15 < float(month.figure[1:].split()[0]) < 25
    assert month.met
    assert (quick.figure, quick.met) == ("2.0 for each open recording, 1 for all", True)
    assert quick.ratio == "2.0 for each by a function that has assumed no role yet"
    small = replace(FULL, accounts=100, targets=1700, batches=4)
    assert next(each.met for each in sweep.figures([small], [fewer, more], "eu-west-1")) is None
    dear = replace(FULL, cpu=0.12)
    assert next(each.met for each in sweep.figures([dear], [fewer, more], "eu-west-1")) is False
    worse = replace(more, warm={"ec2:DescribeFlowLogs": 102})
    assert [each.met for each in sweep.figures([FULL], [fewer, worse], "eu-west-1")][1] is False


def test_calls_of_the_table_are_the_tables() -> None:
    calls = {"dynamodb:Query": 3, "sts:AssumeRole": 2, "ec2:DescribeFlowLogs": 1}
    assert sweep.beside_table(calls) == {"ec2:DescribeFlowLogs": 1, "sts:AssumeRole": 2}


def test_a_plan_is_judged_at_a_thousand_accounts_and_a_slow_one_at_any_size() -> None:
    planned = plan.Planned(1000, 16_983, render=0.1, compile=0.01, plan=1.5, pages=0.5, calls=316)
    [found] = plan.figures(
        [replace(planned, accounts=100), planned, replace(planned, accounts=5000, plan=9.0)]
    )
    assert (found.figure, found.met) == ("1.50 s of processor for 16,983 targets, 316 calls", True)
    assert found.ratio.startswith("3.00 of reading its pages; ")
    assert next(plan.figures([replace(planned, accounts=100)])).met is None
    assert next(plan.figures([replace(planned, accounts=100, plan=2.0)])).met is False


def test_a_demo_is_all_of_its_parts() -> None:
    timeline = [{"seconds": 0.0, "what": "traffic rises"}, {"seconds": 25.5, "what": "execution ends"}]
    shown = demo.read(1.0, 30.0, 60.0, {"timeline": timeline})
    assert (shown.sandbox, shown.story, shown.seconds) == (34.5, 25.5, 91.0)
    assert demo.figure(shown).figure == "91 s"
    assert demo.figure(shown).met
    assert not demo.figure(replace(shown, environment=125.0)).met


JUNIT = """<testsuites><testsuite>
<testcase classname="tests.scenarios.test_spike" name="one" time="30.0"/>
<testcase classname="tests.scenarios.test_sweep" name="two" time="30.0"><failure message="no"/></testcase>
<testcase classname="tests.hub.domain.test_quotas" name="three" time="40.0"/>
<testcase classname="tests.test_demands" name="four" time="0.0"/>
</testsuite></testsuites>"""


def test_a_suite_is_summed_by_folder_and_met_only_when_all_pass() -> None:
    suite = tests.read(200.0, JUNIT)
    assert suite.folders == {"scenarios": 60.0, "hub": 40.0, "tests": 0.0}
    assert suite.longest[0] == (40.0, "tests.hub.domain.test_quotas.three")
    found = tests.figure(suite)
    assert (found.figure, found.met) == ("3.3 minutes, 4 tests, 1 FAILED", False)
    assert found.ratio == "of the workers' time scenarios 60%, hub 40%, tests 0%"
    assert tests.figure(replace(suite, failed=0)).met
    assert not tests.figure(replace(suite, failed=0, seconds=301.0)).met
