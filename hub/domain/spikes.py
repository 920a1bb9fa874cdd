"""What went through a gateway in a whole spike, as a recording keeps it and a person reads it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.domain.named import line as one_line
from hub.domain.wording import iso

_LONGEST = 300


@dataclass(frozen=True)
class Counted:
    """The bytes of a spike, by direction.

    Attributes:
        began: When the traffic rose, some minutes before the alarm as a rule.
        ended: When it recovered, or when the recording ended.

    """

    began: datetime
    ended: datetime
    upload: int
    download: int


@dataclass(frozen=True)
class Spike:
    """What was found when a recording closed.

    Attributes:
        counted: What the metrics say; None where they say nothing or could not be read.
        problem: Why they could not be read, in words.

    """

    counted: Counted | None = None
    problem: str | None = None


def as_document(found: Spike | None) -> dict[str, Any]:
    """What a recording says of its spike; nothing, when nobody looked."""
    counted = found.counted if found else None
    told = counted and {
        "start": iso(counted.began),
        "end": iso(counted.ended),
        "upload": counted.upload,
        "download": counted.download,
    }
    problem = one_line(found.problem, _LONGEST) if found and found.problem else None
    return {"spike": told, "spike_problem": problem}
