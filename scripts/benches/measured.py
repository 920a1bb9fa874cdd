"""Findings with the machine that they were made on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from scripts.benches.findings import Findings
from scripts.benches.machine import Machine
from scripts.benches.targets import Part


@dataclass(frozen=True)
class Measured:
    """One part, measured once."""

    part: Part
    machine: Machine
    findings: Findings

    def document(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"machine": asdict(self.machine), **self.findings.document()}

    @classmethod
    def read(cls, part: Part, document: Mapping[str, Any]) -> Self:
        """From such a document."""
        given = document["machine"]
        machine = Machine(**{**given, "load": tuple(given["load"])})
        return cls(part, machine, Findings.read(document))
