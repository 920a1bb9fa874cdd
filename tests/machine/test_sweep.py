"""The state machine of a sweep on the engine, over real batches of a plan played by stand-ins."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hub.domain.sweeping import Tally
from hub.sweep_calls import Summarizing, Sweeping, SweepingBatch, planned_answer, summary_answer
from stacksets.rendering import render_sweep_machine
from tests import factories
from tests.machine.stage import hurried
from tests.sandbox.functions import Functions
from tests.sandbox.machines import Machines

if TYPE_CHECKING:
    from scripts.sandbox.engine.core import Engine

STAND_IN = """
    import json, os, pathlib

    def handler(event, context):
        stage = pathlib.Path(os.environ["STAGE"])
        with (stage / (os.environ["PART"] + ".jsonl")).open("a") as page:
            page.write(json.dumps(event) + "\\n")
        answers = json.loads((stage / "answers.json").read_text())
        answer = answers[os.environ["PART"]]
        if os.environ["PART"] == "SweepBatch":
            answer = answer[event["batch"]]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer
"""
PARTS = ("SweepPlan", "SweepBatch", "SweepSummary")
Run = Callable[..., dict[str, Any]]


class Sweeps:
    """The machine, and what its functions were given."""

    def __init__(self, engine: "Engine", account: str, folder: Path) -> None:
        self.folder = folder
        self.machines = Machines(engine, account)
        functions = Functions(engine, account)
        text = render_sweep_machine().replace("${Partition}", "aws")
        for part in PARTS:
            name = functions.create(STAND_IN, PART=part, STAGE=str(folder))
            arn = f"arn:aws:lambda:{factories.REGION}:{account}:function:{name}"
            text = text.replace(f"${{{part}Arn}}", arn)
        definition = json.loads(text)
        hurried(definition["States"]["EachBatch"]["ItemProcessor"])
        self.machine = self.machines.create(**hurried(definition))

    def run(
        self, batches: list[dict[str, Any]], kind: str = "full", **other: dict[str, str]
    ) -> dict[str, Any]:
        plan = planned_answer(kind, len(batches))  # type: ignore[arg-type] # one of both kinds
        failed = sum("error" in batch for batch in batches)
        answers = {"SweepPlan": plan, "SweepBatch": batches, "SweepSummary": {"failed": failed}} | other
        for page in self.folder.glob("*"):
            page.unlink()
        (self.folder / "answers.json").write_text(json.dumps(answers))
        execution = self.machines.start(self.machine, {"kind": kind})
        return self.machines.end(execution, within=30)

    def given(self, part: str) -> list[dict[str, Any]]:
        page = self.folder / f"{part}.jsonl"
        return [json.loads(line) for line in page.read_text().splitlines()] if page.exists() else []


@pytest.fixture(scope="module")
def sweeps(
    engine: "Engine", fresh_account: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Sweeps:
    return Sweeps(engine, fresh_account(), tmp_path_factory.mktemp("sweeps"))


def swept(**counts: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of a tally
    return Tally(**counts).as_document()


def test_every_batch_is_swept_and_all_are_added_up(sweeps: Sweeps) -> None:
    tallies = [swept(targets=500, findings={"closed": 1}), swept(targets=7, problems=("x",)), swept()]
    ended = sweeps.run(tallies)
    assert ended["status"] == "SUCCEEDED"
    (plan,) = sweeps.given("SweepPlan")
    assert Sweeping.read(plan).kind == "full"
    calls = [SweepingBatch.read(each) for each in sweeps.given("SweepBatch")]
    assert sorted((each.kind, each.batch, each.of) for each in calls) == [("full", n, 3) for n in range(3)]
    (summary,) = sweeps.given("SweepSummary")
    told = summary_answer(Summarizing.read(summary))
    assert (told["batches"], told["targets"], told["closed"], told["problems"]) == (3, 507, 1, 1)
    assert told["failed"] == 0


def test_a_sweep_of_nothing_is_summed_up_too(sweeps: Sweeps) -> None:
    assert sweeps.run([], kind="quick")["status"] == "SUCCEEDED"
    assert sweeps.given("SweepSummary") == [{"kind": "quick", "swept": []}]


def test_a_batch_that_fails_keeps_no_other_from_its_work_and_shows(sweeps: Sweeps) -> None:
    ended = sweeps.run([swept(targets=1), {"error": "out of memory"}, swept(targets=1)])
    assert (ended["status"], ended["error"]) == ("FAILED", "BatchesFailed")
    (summary,) = sweeps.given("SweepSummary")
    told = summary_answer(Summarizing.read(summary))
    assert (told["batches"], told["targets"], told["failed"]) == (3, 2, 1)


@pytest.mark.parametrize("part", ["SweepPlan", "SweepSummary"])
def test_a_sweep_that_cannot_be_planned_or_summed_up_fails_visibly(sweeps: Sweeps, part: str) -> None:
    ended = sweeps.run([swept()], "full", **{part: {"error": "no policy"}})
    assert (ended["status"], ended["error"]) == ("FAILED", "RuntimeError")
    assert len(sweeps.given(part)) == 3
