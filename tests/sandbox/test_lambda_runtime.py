import base64
import os
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox.engine.core import Engine
from tests.sandbox.eventually import eventually
from tests.sandbox.functions import REGION, Functions, zipped


@pytest.fixture
def functions(engine: Engine, account: str) -> Functions:
    return Functions(engine, account)


ECHO = """
    def handler(event, context):
        return event
"""


def test_a_function_answers_its_event_from_its_own_zip(functions: Functions) -> None:
    name = functions.create(ECHO)
    assert functions.result(name, {"a": [1, "ü"]}) == {"a": [1, "ü"]}


def test_a_warm_process_is_asked_again(functions: Functions) -> None:
    name = functions.create("import os\ndef handler(event, context): return os.getpid()")
    assert functions.result(name) == functions.result(name)


def test_changed_variables_start_a_new_process(functions: Functions) -> None:
    name = functions.create("import os\ndef handler(event, context): return os.environ['MODE']", MODE="a")
    assert functions.result(name) == "a"
    functions.lambdas.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"MODE": "b"}}
    )
    assert functions.result(name) == "b"


def test_code_from_a_bucket_runs_like_code_from_the_request(functions: Functions) -> None:
    s3 = functions.engine.client(functions.account, "us-east-1", "s3")
    bucket = f"code-{functions.account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="bundle.zip", Body=zipped(ECHO))
    functions.lambdas.create_function(
        FunctionName="from-bucket",
        Runtime="python3.13",
        Role=functions.role,
        Handler="app.handler",
        Code={"S3Bucket": bucket, "S3Key": "bundle.zip"},
    )
    assert functions.result("from-bucket", 1) == 1


def test_a_function_sees_only_its_own_variables_and_aws_s(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THIS_MACHINE", "secret")
    name = functions.create("import os\ndef handler(event, context): return dict(os.environ)", MINE="yes")
    variables = functions.result(name)
    assert isinstance(variables, dict)
    assert "OF_THIS_MACHINE" not in variables
    assert {variables["MINE"], variables["AWS_REGION"], variables["AWS_LAMBDA_FUNCTION_NAME"]} == {
        "yes",
        REGION,
        name,
    }
    assert variables["AWS_ENDPOINT_URL"] == functions.engine.endpoint


def test_a_function_imports_the_sdk_and_nothing_else_of_this_environment(functions: Functions) -> None:
    name = functions.create(
        """
        import importlib
        def handler(event, context):
            found = []
            for name in event:
                try:
                    importlib.import_module(name)
                    found.append(name)
                except ImportError:
                    pass
            return found
        """
    )
    asked = ["boto3", "dateutil", "urllib3", "moto", "pydantic", "scripts", "pytest", "lambda_pool", "json"]
    assert functions.result(name, asked) == ["boto3", "dateutil", "urllib3", "json"]


def test_a_function_acts_as_its_role_in_its_own_account(functions: Functions) -> None:
    name = functions.create(
        """
        import boto3
        def handler(event, context):
            me = boto3.client("sts").get_caller_identity()
            return [me["Account"], me["Arn"].split("/")[1]]
        """
    )
    assert functions.result(name) == [functions.account, "function"]


def test_the_context_tells_what_powertools_asks(functions: Functions) -> None:
    name = functions.create(
        """
        def handler(event, context):
            return {
                "name": context.function_name,
                "version": context.function_version,
                "memory": context.memory_limit_in_mb,
                "arn": context.invoked_function_arn,
                "request": context.aws_request_id,
                "left": context.get_remaining_time_in_millis(),
                "group": context.log_group_name,
                "stream": context.log_stream_name,
            }
        """,
        timeout=20,
    )
    told = functions.result(name)
    assert isinstance(told, dict)
    assert 15_000 < told.pop("left") <= 20_000
    assert uuid.UUID(told.pop("request"))
    assert "[$LATEST]" in told.pop("stream")
    assert told == {
        "name": name,
        "version": "$LATEST",
        "memory": "512",
        "arn": f"arn:aws:lambda:{REGION}:{functions.account}:function:{name}",
        "group": f"/aws/lambda/{name}",
    }


def test_an_exception_is_answered_with_type_message_and_the_function_s_own_frames(
    functions: Functions,
) -> None:
    name = functions.create(
        """
        class QuotaExceeded(Exception):
            pass
        def handler(event, context):
            raise QuotaExceeded("five a day")
        """
    )
    error = functions.error(name)
    assert (error["errorType"], error["errorMessage"]) == ("QuotaExceeded", "five a day")
    assert [frame.count("app.py") for frame in error["stackTrace"]] == [1]
    assert "five a day" in functions.log(name)


@pytest.mark.parametrize(
    ("code", "handler", "kind"),
    [
        ("import no_such_module", "app.handler", "Runtime.ImportModuleError"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound"),
        ("def", "app.handler", "Runtime.UserCodeSyntaxError"),
        ("raise KeyError('X')", "app.handler", "KeyError"),
        ("x = 1", "handler", "Runtime.MalformedHandlerName"),
        ("import os\ndef handler(event, context): os._exit(3)", "app.handler", "Runtime.ExitError"),
        ("def handler(event, context): return {1, 2}", "app.handler", "Runtime.MarshalError"),
    ],
)
def test_what_cannot_run_is_answered_with_aws_s_error_types(
    functions: Functions, code: str, handler: str, kind: str
) -> None:
    name = functions.create(code, handler=handler)
    assert functions.error(name)["errorType"] == kind
    assert functions.error(name)["errorType"] == kind


def test_answers_are_json_as_aws_writes_it(functions: Functions) -> None:
    name = functions.create(
        """
        import collections, decimal
        Point = collections.namedtuple("Point", "x y")
        def handler(event, context):
            numbers = {"whole": decimal.Decimal("3"), "part": decimal.Decimal("1.5")}
            return {**numbers, "point": Point(1, (2, None))}
        """
    )
    assert functions.result(name) == {"whole": 3, "part": 1.5, "point": {"x": 1, "y": [2, None]}}


def test_a_function_past_its_timeout_is_killed_and_the_next_call_starts_anew(functions: Functions) -> None:
    name = functions.create(SLEEPER, timeout=1)
    first = functions.result(name, 0)
    error = functions.error(name, 30)
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert functions.result(name, 0) != first


def test_a_log_group_that_is_gone_stays_gone_where_the_role_may_make_none(functions: Functions) -> None:
    name = functions.create("def handler(event, context):\n    print('still here')\n")
    functions.grant()
    functions.result(name)
    assert functions.log(name) == ""
    functions.grant("logs:CreateLogGroup")
    functions.result(name)
    assert "still here" in functions.log(name)


def test_the_log_tail_and_the_log_group_hold_what_was_printed_and_logged(functions: Functions) -> None:
    name = functions.create(
        """
        import logging
        def handler(event, context):
            print("printed")
            logging.warning("logged %s", event)
        """
    )
    answer = functions.invoke(name, 7, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    for text in ("START RequestId: ", "printed", "logged 7", "END RequestId: ", "Init Duration: "):
        assert text in tail
        assert text in functions.log(name)
    assert (
        "Init Duration"
        not in base64.b64decode(functions.invoke(name, 8, LogType="Tail")["LogResult"]).decode()
    )


def test_an_event_invocation_is_answered_before_it_runs_and_tried_three_times(functions: Functions) -> None:
    name = functions.create(
        """
        def handler(event, context):
            print("attempt", context.aws_request_id)
            raise ValueError("never")
        """
    )
    assert functions.invoke(name, {}, InvocationType="Event")["StatusCode"] == 202
    attempts = eventually(lambda: (found := functions.log(name).count("attempt ")) == 3 and found)
    assert attempts == 3
    ids = {line for line in functions.log(name).splitlines() if line.startswith("attempt ")}
    assert len(ids) == 1


def test_an_event_that_is_not_json_is_refused(functions: Functions) -> None:
    name = functions.create(ECHO)
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        functions.lambdas.invoke(FunctionName=name, Payload=b"{")


def test_a_dry_run_runs_nothing(functions: Functions) -> None:
    name = functions.create("raise RuntimeError")
    assert functions.invoke(name, {}, InvocationType="DryRun")["StatusCode"] == 204


def test_sixty_calls_at_once_of_many_functions_share_the_processes(functions: Functions) -> None:
    names = [functions.create(ECHO, NUMBER=str(number)) for number in range(15)]
    with ThreadPoolExecutor(60) as threads:
        answers = list(threads.map(functions.result, names * 4, range(60)))
    assert answers == list(range(60))


SLEEPER = """
    import os, time
    def handler(event, context):
        time.sleep(event)
        return os.getpid()
"""
ORPHAN = """
import sys
sys.path.insert(0, {folder!r})
from scripts.sandbox.engine.server import start
from tests.sandbox.functions import Functions
engine = start()
functions = Functions(engine, "222222222222")
name = functions.create({code!r})
print(functions.result(name, 0), flush=True)
functions.invoke(name, 60)
"""


def test_a_function_at_work_ends_with_the_engine_s_process_however_it_dies(
    tmp_path: Path,
) -> None:
    code = ORPHAN.format(folder=str(Path.cwd()), code=SLEEPER)
    engine = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"TMPDIR": str(tmp_path)},
    )
    with engine:
        assert engine.stdout is not None
        worker = int(engine.stdout.readline())
        time.sleep(0.3)  # noqa: TID251 - until the second call is at work
        engine.send_signal(signal.SIGKILL)
    assert eventually(lambda: not alive(worker))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
