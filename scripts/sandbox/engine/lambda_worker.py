"""The process a function runs in: `python -I -S lambda_worker.py TASK_ROOT LIBRARY`.

It does what AWS's runtime client for Python does (github.com/aws/aws-lambda-python-runtime-interface-client),
with the standard library only: requests are JSON lines on stdin, answers are JSON lines on the first stdout,
and whatever the function prints goes to stderr, its log.
"""

import decimal
import gc
import importlib
import json
import logging
import os
import queue
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

Handler = Callable[[Any, "Context"], Any]


class FaultError(Exception):
    """The runtime cannot load the handler, or cannot write its answer."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Context:
    """What a handler learns about its invocation.

    Source: AWS Lambda, "Using the Lambda context object to retrieve Python function information".
    """

    client_context = None
    identity = None
    tenant_id = None

    def __init__(self, request_id: str, function_arn: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = function_arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is ended."""
        return max(0, int((self._deadline - time.time()) * 1000))


class RequestId(logging.Filter):
    """Adds the current request's id to each log record."""

    current = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never refuses a record."""
        record.aws_request_id = RequestId.current
        return True


def load(name: str) -> Handler:
    """The function named `module.function`, with AWS's errors when it cannot be loaded.

    Raises:
        FaultError: The name, the module or the function is wrong.

    """
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise FaultError("Runtime.MalformedHandlerName", f"Bad handler '{name}'")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as fault:
        message = f"Unable to import module '{module_name}': {fault}"
        raise FaultError("Runtime.ImportModuleError", message) from fault
    except SyntaxError as fault:
        message = f"Syntax error in module '{module_name}': {fault}"
        raise FaultError("Runtime.UserCodeSyntaxError", message) from fault
    if not hasattr(module, function_name):
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise FaultError("Runtime.HandlerNotFound", message)
    handler: Handler = getattr(module, function_name)
    return handler


def encoded(value: object) -> str:
    """A handler's answer as JSON: decimals are numbers, named tuples objects, dates refused.

    Raises:
        FaultError: The answer has no JSON.

    """
    try:
        return json.dumps(_plain(value), allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise FaultError("Runtime.MarshalError", f"Unable to marshal response: {fault}") from fault


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value


def error_of(fault: BaseException, request_id: str = "") -> dict[str, Any]:
    """The error document AWS answers with, without this file's own frames."""
    known = isinstance(fault, FaultError)
    return {
        "errorMessage": str(fault),
        "errorType": fault.kind if isinstance(fault, FaultError) else type(fault).__name__,
        "requestId": request_id,
        "stackTrace": [] if known else _frames(fault.__traceback__),
    }


def _frames(trace: TracebackType | None) -> list[str]:
    return traceback.format_list(
        [frame for frame in traceback.extract_tb(trace) if frame.filename != __file__]
    )


def log_error(error: dict[str, Any]) -> None:
    """Write an error to the function's log, as one entry."""
    lines = [f"[ERROR] {error['errorType']}: {error['errorMessage']}", "Traceback (most recent call last):"]
    print("\n".join([*lines, *error["stackTrace"]]).replace("\n", "\r"), flush=True)


def answer(handler: Handler, request: dict[str, Any]) -> dict[str, Any]:
    """Run one request; the answer holds either `result`, JSON as text, or `error`."""
    request_id = RequestId.current = request["request_id"]
    os.environ["_X_AMZN_TRACE_ID"] = request["trace_id"]
    context = Context(request_id, request["function_arn"], time.time() + request["seconds"])
    try:
        return {"result": encoded(handler(request["event"], context))}
    except Exception as fault:  # noqa: BLE001 - whatever the function raises is its answer
        error = error_of(fault, request_id)
        log_error(error)
        return {"error": error}


def requests() -> "queue.SimpleQueue[dict[str, Any]]":
    """Requests as they come; the process ends with its parent, also in the middle of one."""
    found: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            found.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return found


def memory_kb() -> int:
    """The most memory this process has used so far."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - pathlib is slow to import
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except (
        FileNotFoundError
    ):  # not Linux: counts the engine's own memory where the process was forked from it
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def log_as_aws() -> None:
    """Give the root logger the handler that AWS's runtime gives it."""
    logging.Formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    shape = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    handler.setFormatter(logging.Formatter(shape, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(RequestId())
    logging.getLogger().addHandler(handler)


def main(task_root: str, library: str) -> None:
    """Load the function, say so, then answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.path[:0] = [task_root, library]
    os.chdir(task_root)
    coming = requests()
    log_as_aws()
    gc.disable()  # modules stay: looking through them again and again is a quarter of a start
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as fault:  # noqa: BLE001 - whatever the module raises is the answer to its first request
        error = error_of(fault)
        log_error(error)
        print(json.dumps({"error": error}), file=answers, flush=True)
        return
    gc.freeze()
    gc.enable()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    while True:
        answered = answer(handler, coming.get())
        sys.stdout.flush()
        sys.stderr.flush()
        answered["memory_kb"] = memory_kb()
        print(json.dumps(answered), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
