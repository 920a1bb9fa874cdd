"""Every policy with one thing taken out: a statement, or one key of a condition."""

import copy
from collections.abc import Iterator, Mapping

from tests.privilege.deployed import Document
from tests.privilege.simulator import Mutant


def mutants(documents: Mapping[str, Document]) -> Iterator[Mutant]:
    """All that are possible, one at a time."""
    for name, document in documents.items():
        for index, statement in enumerate(document["Statement"]):
            said = statement.get("Sid") or f"statement {index + 1}"
            without = [each for number, each in enumerate(document["Statement"]) if number != index]
            yield Mutant(name, said, {**document, "Statement": without})
            for operator, keys in statement.get("Condition", {}).items():
                for key in keys:
                    changed = copy.deepcopy(document)
                    condition = changed["Statement"][index]["Condition"]
                    del condition[operator][key]
                    if not condition[operator]:
                        del condition[operator]
                    if not condition:
                        del changed["Statement"][index]["Condition"]
                    yield Mutant(name, f"{said}: {operator} {key}", changed)
