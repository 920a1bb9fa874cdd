"""What a verb prints, without what differs from run to run: ids, times and amounts."""

import re

_MASKS = (
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"\b(rec|ref)-\d{8}(T\d{6})?-[0-9a-f]{8}\b", r"\1-ID"),
    (r"\b(nat|fl|i|eni|vpc|subnet)-[0-9a-f]{8,}\b", r"\1-ID"),
    (r"\b(o|r|ou)-[0-9a-z]{4,}(-[0-9a-z]{8})?\b", r"\1-ID"),
    (r"\b[0-9a-f]{16,64}\b", "HEX"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+]00:00| UTC)?", "TIME"),
    (r"(?<![\w:/])/\S*/(?=[\w.-]+)", "FOLDER/"),
    (r"\d[\d,.]*", "N"),
    (r"[ \t]+", " "),
)
# Of these a field may come or go with the moment.
CARDS = ("show", "record", "stop")
_MOMENTARY = {
    *("recovered at", "closed at", "ended by", "reason", "report", "headline", "suspects", "notes"),
    *("spike", "spike problem"),
    *("delivered bytes", "delivered objects", "suspected at", "suspects explain", "no suspects"),
    *("flow logs", "flow logs at", "seconds to flow log"),
}
_FIELD = re.compile(r"^(\S+(?: \S+)*)  +\S", re.MULTILINE)
_STATES = re.compile(r"\b(open|closed)\b|; .*$", re.MULTILINE)
_SWEEPS = re.compile(r"^(quick|full|last) sweep .*$", re.MULTILINE)


def shape(verb: str, text: str) -> list[str]:
    """Its lines; of a card its fields, without those of the moment."""
    if verb in CARDS:
        return sorted({*_FIELD.findall(text)} - _MOMENTARY)
    if verb == "recordings":
        text = _STATES.sub("STATE", text)
    if verb == "status":
        text = _SWEEPS.sub("SWEEP", text)
    for pattern, mask in _MASKS:
        text = re.sub(pattern, mask, text)
    return [each.strip() for each in text.splitlines() if each.strip()]
