"""The running engine: where it listens, how adapters call AWS in any account, and how it stops."""

import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto.sts.models import sts_backends

# Accounts made by moto's own default credentials; the sandbox's management account.
DEFAULT_ACCOUNT = "123456789012"


class Engine:
    """One engine in one process; adapters receive it in their `install(engine)`.

    Attributes:
        endpoint: The URL that speaks the AWS API for every account.
        workdir: A private folder, removed at `stop`.
        workers: Threads for what AWS does behind an answered call (deliveries, invocations).

    """

    def __init__(self, endpoint: str, workdir: Path | None = None) -> None:
        self.endpoint = endpoint
        self.workdir = workdir or Path(tempfile.mkdtemp(prefix="natrec-sandbox-"))
        self.workers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="engine")
        self._lock = threading.RLock()
        # One session for all: a fresh one costs 70 to 175 ms per client. Untyped, for services come by name.
        self._session: Any = boto3.session.Session()
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._at_stop: list[Callable[[], None]] = []

    def credentials(self, account: str, role_arn: str | None = None) -> dict[str, str]:
        """Credentials of a role in an account, without asking whether the role may be assumed."""
        arn = role_arn or f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        role = sts_backends[account]["aws"].assume_role("us-east-1", "engine", arn, "", 43200, "")
        return {
            "aws_access_key_id": role.access_key_id,
            "aws_secret_access_key": role.secret_access_key,
            "aws_session_token": role.session_token,
        }

    def client(self, account: str, region: str, service: str, role_arn: str | None = None) -> Any:
        """A cached client of one service in one account and region, as `role_arn` if one is given."""
        key = (role_arn or account, region, service)
        with self._lock:
            if key not in self._clients:
                config = Config(retries={"total_max_attempts": 1}, max_pool_connections=100, read_timeout=900)
                self._clients[key] = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoint,
                    config=config,
                    **self.credentials(account, role_arn),
                )
            return self._clients[key]

    def at_stop(self, action: Callable[[], None]) -> None:
        """Run `action` when the engine stops, the latest registered first."""
        self._at_stop.append(action)

    def stop(self) -> None:
        """Stop everything that was started and remove the private folder."""
        for action in reversed(self._at_stop):
            action()
        self.workers.shutdown(wait=False, cancel_futures=True)
        shutil.rmtree(self.workdir, ignore_errors=True)
