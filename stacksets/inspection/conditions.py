"""Conditions of a policy's statement: whether they hold, as far as the request is known.

Rules: IAM User Guide, "IAM JSON policy elements: Condition operators" (several operators and keys are all
needed, of several values one; a key that is absent fails a condition, unless the operator is negated or
ends in `IfExists`; ARN operators compare part by part) and "Single-valued vs. multivalued context keys".
"""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

Matched = Literal["yes", "no", "maybe"]
# A key with the value None is known to be absent; one that is not listed is not known at all. A key that ends
# with `/*` stands for every tag of its kind that is not listed itself.
Keys = Mapping[str, str | None]

_ARN_PARTS = 6
_SETS = ("ForAllValues:", "ForAnyValue:")


def listed(value: object) -> list[str]:
    """The values of an element, which may be a single one; booleans as policies compare them."""
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def like(value: str, pattern: str) -> bool:
    """Whether a text is like a pattern of `*` and `?`."""
    # fnmatch would read [ as a set of characters.
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def arn_like(value: str, pattern: str) -> bool:
    """Whether an ARN is like a pattern, part by part."""
    if pattern == "*":
        return True
    parts, wanted = value.split(":", _ARN_PARTS - 1), pattern.split(":", _ARN_PARTS - 1)
    return len(parts) == len(wanted) and all(map(like, parts, wanted))


def all_of(found: Sequence[Matched]) -> Matched:
    """All of them are needed."""
    return "no" if "no" in found else "maybe" if "maybe" in found else "yes"


def any_of(found: Sequence[Matched]) -> Matched:
    """One of them is enough."""
    return "yes" if "yes" in found else "maybe" if "maybe" in found else "no"


def opposite(found: Matched) -> Matched:
    """The other way round."""
    return {"yes": "no", "no": "yes", "maybe": "maybe"}[found]  # type: ignore[return-value] # the three


_COMPARED: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": like,
    "ArnEquals": arn_like,  # the two behave alike
    "ArnLike": arn_like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


def holds(condition: Mapping[str, Mapping[str, object]], keys: Keys) -> Matched:
    """Whether a statement's conditions hold; `maybe` where that hangs on what is not known here."""
    known = {name.lower(): value for name, value in keys.items()}
    return all_of(
        [
            _one(operator, key.lower(), listed(wanted), known)
            for operator, wanted_by_key in condition.items()
            for key, wanted in wanted_by_key.items()
        ]
    )


def _one(operator: str, key: str, wanted: Sequence[str], known: Keys) -> Matched:
    name = key if key in known else f"{key.partition('/')[0]}/*"
    if name not in known:
        return "maybe"
    value, base = known[name], operator
    for each in _SETS:  # every key that is known here has one value
        base = base.removeprefix(each)
    if base == "Null":
        return "yes" if (value is None) == (wanted[0].lower() == "true") else "no"
    name = base.removesuffix("IfExists")
    negated = "Not" in name
    if value is None:
        return "yes" if negated or name != base or operator.startswith("ForAllValues:") else "no"
    compare = _COMPARED.get(name.replace("Not", ""))
    if compare is None or any("${" in each for each in wanted):
        return "maybe"
    met: Matched = "yes" if any(compare(value, each) for each in wanted) else "no"
    return opposite(met) if negated else met
