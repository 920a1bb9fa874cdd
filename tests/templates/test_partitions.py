"""Every partition and every region: nothing that is deployed, and no code that deploys it, names one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.checks.templates import RENDER
from scripts.checks.variants import example
from stacksets.places import home_region, unnamed_region
from tests.templates.reading import Template

ROOT = Path(__file__).parents[2]
FOLDERS = ("hub", "spoke", "orgconfig", "stacksets", "scripts/cli")
_PARTITION = re.compile(r"arn:aws(?:-cn|-us-gov)?:|amazonaws\.com(?:\.cn)?/|console\.aws")
_REGION = re.compile(r"\b(?:us|eu|ap|ca|sa|me|af|il|mx|cn)(?:-gov)?-[a-z]+-\d\b")
# Examples for people, the regions whose prices are told, and the console of every partition.
_EXAMPLES = {
    "hub/domain/consoles.py",
    "hub/notices/samples.py",
    "orgconfig/models/kinds.py",
    "orgconfig/prices.py",
    "scripts/cli/verbs/doctor.py",
    "scripts/cli/verbs/explain.py",
    "scripts/cli/verbs/record.py",
    "scripts/cli/verbs/report.py",
    "scripts/cli/verbs/sandbox.py",
    "scripts/cli/verbs/status.py",
}


# Keys of tags, which are the same in every partition.
_TAG_KEY = re.compile(r"[a-z]+\.k8s\.amazonaws\.com/[a-z_]+")


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.lineno, node.value


def test_no_code_names_a_partition_or_a_region() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in _EXAMPLES
        for line, text in _texts(path)
        if (_PARTITION.search(text) or _REGION.search(text)) and not _TAG_KEY.fullmatch(text)
    ]
    assert found == []


def test_a_template_names_a_region_as_the_default_of_a_parameter_only() -> None:
    for render in RENDER.values():
        document = Template(render(example())).raw
        rest = str({name: part for name, part in document.items() if name != "Parameters"})
        assert not _PARTITION.search(rest)
        assert not _REGION.search(rest)


@pytest.mark.parametrize(
    ("region", "home"),
    [
        ("eu-west-1", "us-east-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("cn-north-1", "cn-northwest-1"),
    ],
)
def test_the_region_of_organizations_is_that_of_the_partition(region: str, home: str) -> None:
    assert home_region(region) == home


@pytest.mark.parametrize(
    ("region", "unnamed"), [("us-east-1", True), ("eu-west-1", False), ("cn-north-1", False)]
)
def test_one_region_must_not_be_named_when_a_bucket_is_made(region: str, *, unnamed: bool) -> None:
    assert unnamed_region(region) is unnamed


def test_the_hubs_functions_ask_sts_in_their_own_region(hub: Template) -> None:
    """Tokens of the global endpoint are not valid in regions that must be enabled first."""
    functions = hub.of_type("AWS::Lambda::Function").values()
    variables = [each["Environment"]["Variables"]["AWS_STS_REGIONAL_ENDPOINTS"] for each in functions]
    assert set(variables) == {"regional"}
