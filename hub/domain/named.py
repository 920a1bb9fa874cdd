"""Who holds an address, as people know it; every text is one short line, whatever a tag may hold."""

import unicodedata
from dataclasses import dataclass, fields

# Of each text: a tag's value has up to 256 characters (EC2 User Guide, "Tag restrictions").
LONGEST = 60
# Kinds whose ids say what they are: `i-...`, `nat-...`, `vpce-...`, `tgw-attach-...`.
_TOLD_BY_ID = frozenset({"instance", "NAT gateway", "VPC endpoint", "transit gateway attachment"})


def line(text: str, longest: int = LONGEST) -> str:
    """One short line: no control characters, no marks that turn the writing around."""
    spaced = " ".join(text.split())
    shown = "".join(each for each in spaced if not unicodedata.category(each).startswith("C"))
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"


@dataclass(frozen=True)
class Named:
    """The holder of one address; its texts are made one line each.

    Attributes:
        kind: What it is, such as `instance`, `ECS service` or `Lambda function`.
        id: Its id or name in AWS.
        name: What people call it; its Name tag, where it has one.
        owner: Whose it is, as its tags tell.
        zone: The availability zone it is in.

    """

    kind: str
    id: str
    name: str | None = None
    owner: str | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            text = getattr(self, each.name)
            if isinstance(text, str):
                object.__setattr__(self, each.name, line(text) or None)

    def __str__(self) -> str:
        told = self.id if self.kind in _TOLD_BY_ID else f"{self.kind} {self.id}"
        return f"{told} {self.name}" if self.name and self.name != self.id else told

    @property
    def same(self) -> tuple[str, str]:
        """What tells two holders apart."""
        return self.kind, self.id
