"""Lambda: a function's own zip in isolated warm processes, with its own variables and its role's credentials.

moto would run it in a container. What reaches a function here: its unzipped code, the SDK that AWS's runtime
brings, and nothing else of this machine's Python or environment.
"""

import base64
import dataclasses
import importlib.util
import json
import logging
import math
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.core.utils import unix_time_millis

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.lambda_code import extracted
from scripts.sandbox.engine.lambda_pool import Pool
from scripts.sandbox.engine.lambda_process import Answer, Environment
from scripts.sandbox.engine.role_permissions import allowed
from scripts.sandbox.engine.seams import replace

LOG = logging.getLogger(__name__)

# What AWS's Python runtimes bring beside the standard library (AWS Lambda, "Building Lambda functions with
# Python", runtime-included SDK versions).
RUNTIME_MODULES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")

# AWS Lambda, "How Lambda handles errors and retries with asynchronous invocation": two more attempts, after
# one and two minutes there.
RETRY_DELAYS = (1.0, 2.0)
LOG_TAIL = 4096  # AWS Lambda API, Invoke, LogResult: "The last 4 KB of the execution log"


class InvalidRequestContentError(LambdaClientError):
    """The event is not JSON (Invoke, Errors: InvalidRequestContentException)."""

    def __init__(self, fault: ValueError) -> None:
        super().__init__("InvalidRequestContentException", f"Could not parse request body into json: {fault}")


def install(engine: Engine) -> None:
    """Let every function of every account run; its processes end with the engine."""
    runtime = Runtime(engine)
    engine.at_stop(runtime.close)

    def invoke(
        function: Any, body: str | bytes, request_headers: Any, response_headers: dict[str, Any]
    ) -> bytes:
        headers = {key.lower(): value for key, value in dict(request_headers or {}).items()}
        try:
            event = json.loads(body or "{}")
        except ValueError as fault:
            raise InvalidRequestContentError(fault) from fault
        kind = headers.get("x-amz-invocation-type", "RequestResponse")
        if kind == "DryRun":
            return b""
        if kind == "Event":
            runtime.run_later(function, event)
            return b""
        answer = runtime.run(function, event, str(uuid.uuid4()))
        response_headers["x-amz-executed-version"] = "$LATEST"
        response_headers["x-amz-log-result"] = base64.b64encode(answer.log.encode()[-LOG_TAIL:]).decode()
        if answer.error is not None:
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps(answer.error).encode()
        return (answer.result or "null").encode()

    replace(LambdaFunction, "invoke", lambda _original: invoke)


class Runtime:
    """Runs functions, now or later, and writes their logs."""

    def __init__(self, engine: Engine, retry_delays: tuple[float, ...] = RETRY_DELAYS) -> None:
        self._engine = engine
        self._retry_delays = retry_delays
        self._pool = Pool()
        self._later = ThreadPoolExecutor(max_workers=64, thread_name_prefix="lambda-event")
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._credentials: dict[str, dict[str, str]] = {}
        self._library = library(engine.workdir / "lambda-library")

    def run(self, function: Any, event: object, request_id: str) -> Answer:
        """Run a function once and write its log."""
        answer = self._pool.ask(self._environment(function), request_id, event, float(function.timeout))
        entries = _entries(function, answer, request_id)
        _write_log(function, answer.log_stream, entries)
        return dataclasses.replace(answer, log="\n".join(entries))

    def run_later(self, function: Any, event: object) -> None:
        """Run a function as AWS does for an `Event` invocation: after the answer, and again when it fails."""
        self._later.submit(self._run_until_it_succeeds, function, event)

    def close(self) -> None:
        """End every process and every waiting retry."""
        self._stopped.set()
        self._pool.close()
        self._later.shutdown(wait=False, cancel_futures=True)

    def _run_until_it_succeeds(self, function: Any, event: object) -> None:
        request_id = str(uuid.uuid4())  # AWS keeps it over the attempts
        attempts = _attempts(function)
        for attempt, delay in zip(range(attempts), (*self._retry_delays, 0.0), strict=False):
            if self.run(function, event, request_id).error is None:
                return
            if attempt + 1 < attempts and self._stopped.wait(delay):
                return
        LOG.error("%s failed %d times on one event: request %s", function.function_arn, attempts, request_id)

    def _environment(self, function: Any) -> Environment:
        variables = {**function.environment_vars, **self._own_variables(function)}
        return Environment(
            function=function.function_arn,
            handler=function.handler,
            root=self._unzipped(function),
            library=self._library,
            variables=tuple(sorted((name, str(value)) for name, value in variables.items())),
        )

    def _own_variables(self, function: Any) -> dict[str, str]:
        """What AWS defines for every function (AWS Lambda, "Working with Lambda environment variables")."""
        credentials = self._role_credentials(function)
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "HOME": str(self._library),  # the SDK would read this machine's own configuration
            "LAMBDA_TASK_ROOT": str(self._unzipped(function)),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
            "AWS_ACCESS_KEY_ID": credentials["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": credentials["aws_secret_access_key"],
            "AWS_SESSION_TOKEN": credentials["aws_session_token"],
            "AWS_ENDPOINT_URL": self._engine.endpoint,
        }

    def _role_credentials(self, function: Any) -> dict[str, str]:
        with self._lock:
            if function.role not in self._credentials:
                self._credentials[function.role] = self._engine.credentials(
                    function.account_id, function.role
                )
            return self._credentials[function.role]

    def _unzipped(self, function: Any) -> Path:
        with self._lock:
            return extracted(function.code_digest, function.code_bytes)


def library(folder: Path) -> Path:
    """A folder with nothing but what AWS's runtime brings, linked from this environment."""
    folder.mkdir()
    for name in RUNTIME_MODULES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"{name} is not installed, and every Lambda function may import it")
        origin = Path(spec.origin)
        source = origin.parent if spec.submodule_search_locations else origin
        (folder / source.name).symlink_to(source)
    return folder


def _attempts(function: Any) -> int:
    configured = function.event_invoke_config[-1].config if function.event_invoke_config else {}
    return 1 + int(configured.get("MaximumRetryAttempts", len(RETRY_DELAYS)))


def _entries(function: Any, answer: Answer, request_id: str) -> list[str]:
    """One invocation's log, framed as AWS does (Lambda, "Log and monitor Python Lambda functions")."""
    end = []
    if answer.error is not None and answer.error["errorType"] == "Sandbox.Timedout":
        end.append(f"{request_id} Task timed out after {function.timeout:.2f} seconds")
    milliseconds = answer.seconds * 1000
    report = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {milliseconds:.2f} ms",
        f"Billed Duration: {math.ceil(milliseconds)} ms",
        f"Memory Size: {function.memory_size} MB",
        f"Max Memory Used: {answer.memory_mb} MB",
    ]
    if answer.init_seconds is not None:
        report.append(f"Init Duration: {answer.init_seconds * 1000:.2f} ms")
    start = f"START RequestId: {request_id} Version: $LATEST"
    return [
        start,
        *filter(None, answer.log.split("\n")),
        *end,
        f"END RequestId: {request_id}",
        "\t".join(report),
    ]


def _write_log(function: Any, stream: str, entries: list[str]) -> None:
    logs, group = function.logs_backend, function.logs_group_name
    if group not in logs.groups:
        # Lambda makes it in the role's name, if at all (Lambda Developer Guide, "Sending function logs to
        # CloudWatch Logs"): what still runs while its stack goes must not leave it behind.
        arn = f"arn:aws:logs:{logs.region_name}:{logs.account_id}:log-group:{group}"
        if not allowed(function.role, "logs:CreateLogGroup", arn, logs.region_name):
            return
        logs.ensure_log_group(group)
    logs.ensure_log_stream(group, stream)
    now = int(unix_time_millis())
    events = [{"timestamp": now, "message": entry.replace("\r", "\n")} for entry in entries]
    logs.put_log_events(group, stream, events)
