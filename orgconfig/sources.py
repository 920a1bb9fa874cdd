"""Where a value is set, in the same words everywhere: in `natrec explain` and in every refusal."""

from orgconfig.policy import Policy
from orgconfig.subjects import described

DEFAULT = "default"
_WHOLES = ("max_per", "delivered")


def where(policy: Policy, field: str) -> str:
    """Where a field is set.

    Args:
        policy: The policy.
        field: Its dotted path, as in `quotas.account.active`.

    Returns:
        As in `natrec.yaml:45 quotas.account.active`; `default` when the file does not say it. Limits per
        period are set as a whole, so one that is left out of a written `max_per` is set by that.

    """
    if field in policy.where.lines:
        return _place(policy, field, field)
    whole = field.rpartition(".")[0]
    if whole.endswith(_WHOLES) and whole in policy.where.lines:
        return _place(policy, whole, whole)
    return DEFAULT


def named(policy: Policy, field: str) -> str:
    """A field with where it is set, as in `targets.regions (natrec.yaml:33)`."""
    place = where(policy, field).partition(" ")[0]
    return field if place == field else f"{field} ({place})"


def override_source(policy: Policy, at: int, field: str) -> str:
    """Where the override `at` sets a field, as in `natrec.yaml:58 overrides[1] (tag team=data)`."""
    entry = f"overrides[{at}]"
    own = f"{entry}.set.{field}"
    known = own if own in policy.where.lines else entry
    return _place(policy, known, f"{entry} ({described(policy.overrides[at].match)})")


def _place(policy: Policy, known: str, words: str) -> str:
    line = policy.where.lines.get(known, 0)
    return f"{policy.where.file}:{line} {words}" if line else words
