"""The contributors of alarms that are in ALARM, by alarm name."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

LIMIT_IN_ALARM = 100


@dataclass(frozen=True)
class AlarmName:
    """One alarm, which need not exist: its name in an account and region."""

    account: str
    region: str
    name: str

    @property
    def arn(self) -> str:
        """As CloudWatch writes it."""
        return f"arn:aws:cloudwatch:{self.region}:{self.account}:alarm:{self.name}"


@dataclass(frozen=True)
class Contributor:
    """One series of an alarm that is in ALARM.

    Attributes:
        id: 16 hexadecimal digits, the same whenever this series contributes to this alarm.
        attributes: The dimensions that it was grouped by.
        reason: Why it is in ALARM.
        since: When it went there.

    """

    id: str
    attributes: Mapping[str, str]
    reason: str
    since: datetime


def contributor_id(alarm: AlarmName, attributes: Mapping[str, str]) -> str:
    """The stable id of a series of an alarm."""
    text = json.dumps([alarm.arn, sorted(attributes.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Contributors:
    """Who is in ALARM; safe to use from several threads."""

    def __init__(self) -> None:
        self._known: dict[AlarmName, dict[frozenset[tuple[str, str]], Contributor]] = {}
        self._lock = threading.Lock()

    def enter(self, alarm: AlarmName, contributor: Contributor) -> bool:
        """Note a contributor as in ALARM; False if it was already."""
        with self._lock:
            mine = self._known.setdefault(alarm, {})
            key = frozenset(contributor.attributes.items())
            fresh = key not in mine
            if fresh:
                mine[key] = contributor
            return fresh

    def leave(self, alarm: AlarmName, attributes: Mapping[str, str]) -> bool:
        """Note a contributor as OK; False if it was already."""
        with self._lock:
            return self._known.setdefault(alarm, {}).pop(frozenset(attributes.items()), None) is not None

    def of(self, alarm: AlarmName) -> list[Contributor] | None:
        """Those in ALARM in the order of their ids; None for an alarm never heard of."""
        with self._lock:
            mine = self._known.get(alarm)
            return None if mine is None else sorted(mine.values(), key=lambda one: one.id)

    def forget(self, alarm: AlarmName) -> None:
        """Drop all that is known of an alarm, as CloudWatch does silently when it is deleted."""
        with self._lock:
            self._known.pop(alarm, None)
