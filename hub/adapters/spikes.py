"""The measure of a spike as an attribute of a recording's item."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.domain.spikes import Counted, Spike


def write(spike: Spike | None) -> dict[str, object] | None:
    """Plain values."""
    if spike is None:
        return None
    counted = spike.counted and {
        "began": spike.counted.began.isoformat(),
        "ended": spike.counted.ended.isoformat(),
        "upload": spike.counted.upload,
        "download": spike.counted.download,
    }
    return {"counted": counted, "problem": spike.problem}


def read(values: Mapping[str, Any] | None) -> Spike | None:
    """The same again; None of a recording for which nobody looked."""
    if values is None:
        return None
    counted = values["counted"]
    if counted is None:
        return Spike(problem=values["problem"])
    found = Counted(
        began=datetime.fromisoformat(counted["began"]),
        ended=datetime.fromisoformat(counted["ended"]),
        upload=int(counted["upload"]),
        download=int(counted["download"]),
    )
    return Spike(found, values["problem"])
