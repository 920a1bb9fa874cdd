"""What checkov finds in the templates: each finding has its reason beside it, and no reason is in vain."""

import re
from collections import Counter
from collections.abc import Mapping
from textwrap import dedent

import pytest

from scripts.checks import checkov
from scripts.checks.apart import UnavailableError
from scripts.checks.templates import rendered
from scripts.checks.variants import variants
from stacksets.spokes import LARGEST_TEMPLATE

Texts = Mapping[str, str]
# Every finding that stays, by the kind of resource; `./scripts/check` compares with what checkov finds.
STAY = {
    "CKV_AWS_115": "AWS::Lambda::Function",
    "CKV_AWS_116": "AWS::Lambda::Function",
    "CKV_AWS_117": "AWS::Lambda::Function",
    "CKV_AWS_173": "AWS::Lambda::Function",
    "CKV_AWS_119": "AWS::DynamoDB::Table",
    "CKV_AWS_158": "AWS::Logs::LogGroup",
    "CKV_AWS_18": "AWS::S3::Bucket",
    "CKV_AWS_26": "AWS::SNS::Topic",
    "CKV_AWS_27": "AWS::SQS::Queue",
}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return rendered(variants())


def test_what_stays_of_the_findings_is_known_and_told_in_words(texts: Texts) -> None:
    found = {}
    for text in texts.values():
        for (where, which), why in checkov.reasons(text).items():
            found[which] = where.partition(".")[0]
            assert re.fullmatch(r"[A-Z].{50,}\.", why), f"{which} at {where}: {why}"
    assert found == STAY


def test_every_resource_of_a_kind_tells_its_own_reason(texts: Texts) -> None:
    functions = next(text for name, text in texts.items() if name.startswith("hub"))
    told = Counter(why for (_, which), why in checkov.reasons(functions).items() if which == "CKV_AWS_116")
    assert len(told) == 3  # by a state machine, by events, by a queue
    assert told.total() == 12


def test_a_spoke_with_its_reasons_fits_a_stack_set(texts: Texts) -> None:
    spokes = [text for name, text in texts.items() if name.startswith("spoke")]
    assert all("CKV_AWS_27" in text for text in spokes)
    assert max(len(text.encode()) for text in spokes) < LARGEST_TEMPLATE


def test_without_its_reasons_a_template_is_the_same_but_for_them(texts: Texts) -> None:
    for text in texts.values():
        bare = checkov.without_reasons(text)
        assert not checkov.reasons(bare)
        assert set(bare.splitlines()) <= set(text.splitlines())
        assert bare.count("\n    Type: ") == text.count("\n    Type: ")


def test_a_finding_without_a_reason_is_told_and_a_reason_in_vain_too() -> None:
    template = dedent(
        """\
        Resources:
          Open:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: open
          Explained:
            Type: AWS::SQS::Queue
            Metadata:
              checkov:
                skip:
                  - id: CKV_AWS_27
                    comment: It is explained.
            Properties:
              QueueName: explained
          Keyed:
            Type: AWS::SQS::Queue
            Metadata:
              checkov:
                skip:
                  - id: CKV_AWS_27
                    comment: It has a key, so there is nothing to explain.
            Properties:
              QueueName: keyed
              KmsMasterKeyId: alias/mine
        """
    )
    try:
        found = sorted(checkov.findings({"queues.yaml": template}))
    except UnavailableError as reason:
        pytest.skip(f"checkov is not asked: {reason}")
    assert found == [
        "queues.yaml: CKV_AWS_27 at AWS::SQS::Queue.Open, and no reason beside it",
        "queues.yaml: a reason for CKV_AWS_27 at AWS::SQS::Queue.Keyed, where it is not found",
    ]
