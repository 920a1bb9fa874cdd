"""Reading a state machine's definition: its states, their targets, its open substitutions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

State = Mapping[str, Any]

_OPEN = re.compile(r"\$\{(\w+)\}")
_SAMPLES = {
    "Partition": "aws",
    "TableName": "natrec",
    "WorkGroup": "natrec-reports",
    "DeadLettersUrl": "https://sqs.eu-west-1.amazonaws.com/222222222222/natrec-hub-dead-letters",
}


def substitutions(definition: str) -> frozenset[str]:
    """The names that DefinitionSubstitutions must give, as in `${TableName}`."""
    return frozenset(_OPEN.findall(definition))


def filled(definition: str) -> str:
    """The definition as Step Functions would get it, with sample values; names in `...Arn` are functions."""

    def sample(match: re.Match[str]) -> str:
        name = match[1]
        if name.endswith("Arn"):
            return f"arn:aws:lambda:eu-west-1:222222222222:function:{name.removesuffix('Arn')}"
        return _SAMPLES[name]

    return _OPEN.sub(sample, definition)


def machines(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The definition itself, and each one inside a Map."""
    yield definition
    for state in definition["States"].values():
        if "ItemProcessor" in state:
            yield from machines(state["ItemProcessor"])


def targets(state: State) -> Iterator[str]:
    """Every state that this one may go to, named as often as it names it."""
    for key in ("Next", "Default"):
        if key in state:
            yield state[key]
    for branch in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield branch["Next"]
