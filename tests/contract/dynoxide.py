"""A second, stricter engine for the contract of the table: one binary from npm, where Node can bring it."""

import platform
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from tests import factories
from tests.sandbox.eventually import eventually

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PACKAGE, VERSION = "@dynoxide/linux-x64", "1.2.1"
_HOME = Path(__file__).resolve().parents[2] / ".cache" / "npm"
_HERE = _HOME / f"dynoxide-{VERSION}"
_INSTALL_SECONDS = 60


class UnavailableError(Exception):
    """It cannot run here; the message says why."""


@contextmanager
def running() -> Iterator["DynamoDBClient"]:
    """A client of a DynamoDB that ends with the context.

    Raises:
        UnavailableError: This machine cannot run it, or npm could not bring it.

    """
    program = _installed()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(program), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - pinned
    try:
        yield _client(f"http://127.0.0.1:{port}")
    finally:
        server.kill()
        server.wait()


def _client(endpoint: str) -> "DynamoDBClient":
    session = boto3.session.Session(
        aws_access_key_id="contract", aws_secret_access_key="contract", region_name=factories.REGION
    )
    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=32)
    client = session.client("dynamodb", endpoint_url=endpoint, config=config)

    def answers() -> bool:
        try:
            client.list_tables()
        except BotoCoreError:
            return False
        return True

    if not eventually(answers):
        raise UnavailableError(f"dynoxide {VERSION} does not answer at {endpoint}")
    return client


def _installed() -> Path:
    program = _HERE / "node_modules" / PACKAGE / "dynoxide"
    if program.exists():
        return program
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("there is no npm on this machine")
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise UnavailableError(f"dynoxide is pinned for Linux on x86_64, and this is {platform.platform()}")
    _HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_HOME) as beside:
        options = ("--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        command = [npm, "install", "--prefix", beside, *options, f"{PACKAGE}@{VERSION}"]
        try:
            done = subprocess.run(  # noqa: S603 - pinned
                command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"npm did not bring dynoxide in {_INSTALL_SECONDS} seconds") from None
        if done.returncode:
            raise UnavailableError(f"npm could not install dynoxide: {done.stderr.strip()[-300:]}")
        if not program.exists():  # else another process was quicker
            shutil.copytree(beside, _HERE, dirs_exist_ok=True)
    program.chmod(0o755)
    return program
