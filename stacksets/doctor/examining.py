"""Ask every check at every place that concerns it, several at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from stacksets.doctor.checks import Check, Place, Result, Verdict, ill
from stacksets.inspection.asking import NotAskedError, asking
from stacksets.inspection.installation import Installation

# AWS throttles per account, and each place is another; Organizations' own calls are made one at a time.
THREADS = 16


def examine(
    installation: Installation,
    checks: Sequence[Check],
    targets: Sequence[Place],
    done: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[Result]:
    """Every verdict, check by check in the order of `checks`, and by place.

    Args:
        installation: What is examined.
        checks: Which checks.
        targets: Those that are asked; the first region of each account among them stands for the account.
        done: Told how many of how many have been asked.

    """
    asked = [(check, place) for check in checks for place in places(installation, check, targets)]
    order = {check.name: number for number, check in enumerate(checks)}
    with ThreadPoolExecutor(THREADS) as threads:
        started = [threads.submit(_examined, installation, check, place) for check, place in asked]
        results = []
        for number, each in enumerate(as_completed(started), start=1):
            results.append(each.result())
            done(number, len(asked))
    return sorted(results, key=lambda each: (order[each.check], each.place))


def places(installation: Installation, check: Check, targets: Sequence[Place]) -> Iterator[Place]:
    """Where a check is asked."""
    match check.scope:
        case "organization":
            yield installation.management
        case "hub":
            yield installation.hub
        case "archive":
            yield installation.archive
        case "account":
            seen = set[str]()
            for each in targets:
                if each.account not in seen:
                    seen.add(each.account)
                    yield each
        case "target":
            yield from targets


def _examined(installation: Installation, check: Check, place: Place) -> Result:
    try:
        with asking():
            return Result(check.name, place, check.judge(check.read(installation, place)))
    except NotAskedError as problem:
        return Result(check.name, place, unasked(problem))
    except Exception as problem:  # noqa: BLE001 - one check must not end all others
        words = f"this check could not judge what it read: {type(problem).__name__}: {problem}"
        return Result(
            check.name, place, ill(words, "This is a bug in natrec; all other checks are as they say.")
        )


def unasked(problem: NotAskedError) -> Verdict:
    """What could not be asked is not ok."""
    words = f"could not be asked: {problem.what}"
    return ill(words, f"{words.rstrip('.')}. {problem.next or 'Try again.'}")
