"""Questions that AWS may refuse: a refusal is an answer in words, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from orgconfig.errors import NatrecError
from stacksets.skipping import not_accepted

_ACCESS = "Use credentials that may read there: the management account's, or another role with --role."
_DENIED = ("403", "AccessDenied", "Unauthorized")
_CLOSED = "these credentials are not accepted: the region is not enabled in the account, or they have ended"
_ENABLE = "Enable it there (Account Management, EnableRegion), or leave it out of `targets.regions`."


class NotAskedError(NatrecError):
    """AWS was asked and did not answer the question."""


def code_of(problem: ClientError) -> str:
    """The code of AWS's error."""
    return str(problem.response.get("Error", {}).get("Code", ""))


@contextmanager
def asking() -> Iterator[None]:
    """Tell whatever keeps AWS from answering.

    Raises:
        NotAskedError: Something did.

    """
    try:
        yield
    except NotAskedError:
        raise
    except ClientError as problem:
        if not_accepted(problem):
            raise NotAskedError(_CLOSED, next=f"{problem}. {_ENABLE}") from problem
        advice = _ACCESS if any(each in code_of(problem) for each in _DENIED) else "Try again."
        raise NotAskedError(str(problem), next=advice) from problem
    except BotoCoreError as problem:
        raise NotAskedError(
            str(problem), next="Look at the connection and the endpoint, then try again."
        ) from problem
    except NatrecError as problem:
        raise NotAskedError(problem.what, next=problem.next or _ACCESS) from problem
