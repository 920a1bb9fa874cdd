"""A judge of policies that is not ours: iam-simulate from npm, one process for many requests."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.environment import ROOT

HERE = Path(__file__).parent
VERSION = json.loads((HERE / "package.json").read_text())["dependencies"]["@cloud-copilot/iam-simulate"]
_HOME = ROOT / ".cache" / "npm"
_PLACE = _HOME / f"iam-simulate-{VERSION}"
_INSTALL_SECONDS, _JUDGE_SECONDS = 120, 240
ALLOWED = "allow"
# It takes every encryption context for one and the same key, so they are asked about by other names.
_CONTEXT, _STAND_IN = "kms:EncryptionContext:", "aws:PrincipalTag/encryption-context-"


class UnavailableError(Exception):
    """It cannot run here; the message says why."""


@dataclass(frozen=True)
class Request:
    """One call as the simulator is asked about it; the last five name documents.

    Attributes:
        principal: The ARN of a role's session, or a service.
        action: As policies write it.
        resource: The ARN acted on; `*` where the action knows none.
        account: Whose resource it is.
        keys: Condition keys.
        identity: The caller's own policies.
        resource_policy: The resource's, where it has one.
        boundary: The caller's permissions boundary, where it has one.
        scp: A service control policy above the caller's account, beside one that allows everything.

    """

    principal: str
    action: str
    resource: str
    account: str
    keys: Mapping[str, str]
    identity: tuple[str, ...] = ()
    resource_policy: str | None = None
    boundary: str | None = None
    scp: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As the script reads it."""
        return {
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "account": self.account,
            "keys": dict(self.keys),
            "identity": list(self.identity),
            "resourcePolicy": self.resource_policy,
            "boundary": self.boundary,
            "scp": self.scp,
        }


@dataclass(frozen=True)
class Mutant:
    """A policy with something taken out."""

    document: str
    removed: str
    policy: Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """What was said: of a request `allow`, `deny`, `none` or an error; of a mutant whether it was noticed."""

    verdicts: tuple[str, ...]
    noticed: tuple[bool, ...]


def judge(
    documents: Mapping[str, Mapping[str, Any]],
    requests: Sequence[Request],
    mutants: Sequence[Mutant] = (),
    path: str | None = None,
) -> Judged:
    """Ask about every request, and about all of them again for each mutant of a policy that they meet.

    Args:
        documents: Policies by the names that requests call them.
        requests: What is asked.
        mutants: Policies that replace one of the documents, one at a time.
        path: Where Node and npm are looked for; as the environment says, where it is not given.

    Raises:
        UnavailableError: There is no Node, or npm could not bring the simulator.

    """
    place = _installed(path)
    asked = {
        "documents": documents,
        "requests": [each.to_json() for each in requests],
        "mutants": [{"document": each.document, "policy": each.policy} for each in mutants],
    }
    done = subprocess.run(  # noqa: S603 - pinned
        [_tool("node", path), str(HERE / "simulate.mjs"), str(place)],
        input=json.dumps(asked).replace(_CONTEXT, _STAND_IN),
        capture_output=True,
        text=True,
        check=False,
        timeout=_JUDGE_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    return Judged(tuple(said["verdicts"]), tuple(bool(each) for each in said["killed"]))


def _installed(path: str | None) -> Path:
    """Where npm has put it, exactly as the lock has it."""
    if (_PLACE / "node_modules").exists():
        return _PLACE
    npm = _tool("npm", path)
    _HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_HOME) as beside:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, beside)
        command = [npm, "ci", "--prefix", beside, "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        try:
            done = subprocess.run(  # noqa: S603 - pinned
                command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"npm did not bring iam-simulate in {_INSTALL_SECONDS} seconds") from None
        if done.returncode:
            raise UnavailableError(f"npm could not install iam-simulate: {done.stderr.strip()[-300:]}")
        # In one step: whoever sees it, perhaps another worker of the same run, finds it complete.
        with suppress(OSError):  # another was quicker
            Path(beside).rename(_PLACE)
            Path(beside).mkdir()
    return _PLACE


def _tool(name: str, path: str | None) -> str:
    found = shutil.which(name, path=path)
    if found is None:
        raise UnavailableError(f"there is no {name} on this machine")
    return found
