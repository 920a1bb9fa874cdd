"""Installations that between them have every policy: their configs by what is special about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from scripts.checks.variants import OWN_KEY as KEY
from scripts.checks.variants import example
from tests.privilege.attempts import Attempt, documents, request
from tests.privilege.calls import calls
from tests.privilege.deployed import OWN_KEY, Document, Installation
from tests.privilege.mutants import mutants as mutants_of
from tests.privilege.simulator import Judged, Mutant, judge
from tests.privilege.trespasses import trespasses


@dataclass(frozen=True)
class Examined:
    """An installation with what is tried in it, in the order in which it is judged."""

    installation: Installation
    calls: tuple[Attempt, ...]
    trespasses: tuple[Attempt, ...]
    mutants: tuple[Mutant, ...]


def _managed() -> Installation:
    """A key of natrec's own, the archive in an account of its own, everybody told."""
    config = example()
    return Installation(config.model_copy(update={"notify": config.notify.model_copy(update={"chat": True})}))


def _of_archive(**changed: str) -> Installation:
    config = example()
    organization = config.organization
    archive = organization.archive.model_copy(update=changed)
    return Installation(
        config.model_copy(update={"organization": organization.model_copy(update={"archive": archive})})
    )


_MADE: dict[str, Callable[[], Installation]] = {
    "managed key": _managed,
    "no key": lambda: _of_archive(kms="none"),
    "a key of one's own": lambda: _of_archive(kms=KEY),
    "archive in the hub": lambda: _of_archive(account=example().organization.hub.account),
}
NAMES = tuple(_MADE)
# Between them they have every statement; some conditions matter only where two parts share an account. Of the
# last one only the key's policy is another.
MUTATED = ("managed key", "archive in the hub", "a key of one's own")


@cache
def examined(name: str) -> Examined:
    """One of them."""
    installation = _MADE[name]()
    return Examined(
        installation,
        tuple(calls(installation)),
        tuple(trespasses(installation)),
        tuple(mutants_of(_mutable(name, installation))),
    )


def _mutable(name: str, installation: Installation) -> dict[str, Document]:
    own = {key: each for key, each in installation.documents.items() if key == OWN_KEY}
    return own if name == MUTATED[-1] else installation.documents


@cache
def judged(name: str) -> Judged:
    """What the simulator says of everything that is tried there; raises UnavailableError."""
    return _asked(name)


@cache
def mutated(name: str) -> Judged:
    """The same, and of every mutant whether anything is judged otherwise; raises UnavailableError."""
    return _asked(name, examined(name).mutants)


def _asked(name: str, mutants: Sequence[Mutant] = ()) -> Judged:
    one = examined(name)
    asked = [request(one.installation, each) for each in (*one.calls, *one.trespasses)]
    return judge(documents(one.installation), asked, mutants)
