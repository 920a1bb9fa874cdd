"""YAML read so that every value keeps its line, and written so that it is read back the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import yaml

from orgconfig.errors import Problem
from orgconfig.origin import Path, dotted

_MOST_VALUES = 200_000  # aliases of aliases grow without bound
_PREFIX = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_PREFIX}{name}" for name in ("null", "bool", "int", "float", "str", "timestamp", "value")}
_HINTS = (
    (r"character '\\t'", "a tab stands here: indent with spaces"),
    (
        r"mapping values are not allowed",
        "a `:` stands where none may: quote the value, or mend the indentation",
    ),
    (r"could not find expected ':'", "a `:` is missing after the name of a field"),
    (r"expected a single document", "a second document begins here: one file holds one config"),
    (r"found undefined alias", "this alias (*) has no anchor (&) above it"),
    (r"quoted scalar", "a quote is opened and never closed"),
    (
        r"flow (mapping|sequence)|expected ',' or",
        "a bracket is opened and never closed, or a comma is missing",
    ),
    (
        r"block (mapping|collection|sequence)|expected <block end>",
        "the indentation does not fit the lines above",
    ),
)


class NumberAsWritten(int):
    """A number whose text says more than its value: an account id with leading zeros."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read the digits as decimal, whatever YAML makes of them."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


@dataclass
class Document:
    """A YAML file as plain values.

    Attributes:
        value: What the file says.
        lines: The line of each value's key, or of the list item; from 1.
        problems: What could not be read; a document with any may still be checked for more.

    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Document:
    """Read one YAML document; never raises, everything wrong is in `problems`."""
    document = Document()
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as problem:
        line = text[: problem.position].count("\n") + 1
        document.problems.append(Problem(line, "", "not valid YAML: an unprintable character stands here"))
        return document
    try:
        root = loader.get_single_node()
        if root is not None:
            document.value = _Reader(loader, document).value(root, ())
    except yaml.MarkedYAMLError as problem:
        document.problems.append(_syntax_problem(problem))
    except RecursionError:
        document.problems.append(Problem(1, "", "nested too deeply"))
    finally:
        loader.dispose()
    return document


def write(value: object) -> str:
    """Write plain values as YAML that `read` reads back."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Loader(yaml.SafeLoader):
    """PyYAML's own, used for its nodes only."""


class _Dumper(yaml.SafeDumper):
    """Puts digits in quotes, whether or not YAML takes them for a number: account ids."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(f"{_PREFIX}str", text, style='"' if text.isdigit() else None)


_Dumper.add_representer(str, _represent_text)


def _syntax_problem(problem: yaml.MarkedYAMLError) -> Problem:
    mark = problem.problem_mark or problem.context_mark
    detail = " ".join(filter(None, [problem.context, problem.problem]))
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, detail)), None)
    return Problem(mark.line + 1 if mark else 1, "", f"not valid YAML: {hint or detail}")


class _Reader:
    """Turns nodes into plain values and notes where they stand."""

    def __init__(self, loader: _Loader, document: Document) -> None:
        self._loader = loader
        self._document = document
        self._around: list[yaml.Node] = []
        self._flat: set[yaml.Node] = set()
        self._values = 0

    def value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401
        """The plain value of a node."""
        self._values += 1
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        if node in self._around:
            return self._refuse(node, path, "an alias (*) contains itself")
        if self._values > _MOST_VALUES:
            raise yaml.MarkedYAMLError(
                problem="too many values, aliases counted", problem_mark=node.start_mark
            )
        self._around.append(node)
        try:
            match node:
                case yaml.MappingNode():
                    return dict(self._fields(node, path))
                case yaml.SequenceNode():
                    return [self.value(item, (*path, at)) for at, item in enumerate(node.value)]
                case yaml.ScalarNode():
                    return self._scalar(node, path)
                case _:
                    raise TypeError(type(node))
        finally:
            self._around.pop()

    def _refuse(self, node: yaml.Node, path: Path, message: str) -> None:
        self._document.problems.append(Problem(node.start_mark.line + 1, dotted(path), message))

    def _fields(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        if node not in self._flat:  # once: another alias of it must not see merged keys as repeated ones
            self._report_repeated(node, path)
            self._loader.flatten_mapping(node)
            self._flat.add(node)
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, path, "the name of a field must be text")
                continue
            at = (*path, key.value)
            if key.tag != f"{_PREFIX}str":
                self._refuse(key, at, f'the name of a field must be text: quote it, as in "{key.value}"')
            self._document.lines[at] = key.start_mark.line + 1
            yield key.value, self.value(value, at)

    def _report_repeated(self, node: yaml.MappingNode, path: Path) -> None:
        first: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in first:
                message = f"stands here a second time; the first is on line {first[key.value]}"
                self._refuse(key, (*path, key.value), message)
            elif isinstance(key, yaml.ScalarNode):
                first[key.value] = key.start_mark.line + 1

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:  # noqa: ANN401
        text = str(node.value)
        if node.tag not in _PLAIN_TAGS:
            return self._refuse(node, path, f"tags such as {node.tag} are not understood here")
        if node.style is None and re.fullmatch(r"[0-9]+", text):
            return int(text) if text == str(int(text)) else NumberAsWritten(text)
        match node.tag.removeprefix(_PREFIX):
            case "null":
                return None
            case "bool":
                return text.lower() in {"true", "yes", "on"}
            case "float":
                return float(self._loader.construct_yaml_float(node))
            case _:
                return text
