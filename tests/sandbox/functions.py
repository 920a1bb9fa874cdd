"""Lambda functions of one account, made and run as a client would."""

import io
import json
import textwrap
import uuid
import zipfile
from typing import Any

from scripts.sandbox.engine.core import Engine

REGION = "eu-west-1"


class Functions:
    """Makes functions in one account and runs them."""

    def __init__(self, engine: Engine, account: str) -> None:
        self.engine, self.account = engine, account
        self.lambdas = engine.client(account, REGION, "lambda")
        self.iam = engine.client(account, REGION, "iam")
        self.role = self.iam.create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.grant("logs:CreateLogGroup")

    def grant(self, *actions: str) -> None:
        """What the role may do beside writing into the logs that are there; nothing where nothing is said."""
        said = {"Effect": "Allow", "Action": ["logs:PutLogEvents", *actions], "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [said]})
        self.iam.put_role_policy(RoleName="function", PolicyName="logs", PolicyDocument=policy)

    def create(self, code: str, *, handler: str = "app.handler", timeout: int = 30, **variables: str) -> str:
        name = f"function-{uuid.uuid4().hex[:8]}"
        self.lambdas.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=self.role,
            Handler=handler,
            Timeout=timeout,
            MemorySize=512,
            Environment={"Variables": variables},
            Code={"ZipFile": zipped(code)},
        )
        return name

    def invoke(self, name: str, event: object = None, **rest: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.lambdas.invoke(FunctionName=name, Payload=json.dumps(event), **rest)
        answer["Payload"] = answer["Payload"].read()
        return answer

    def result(self, name: str, event: object = None) -> object:
        answer = self.invoke(name, event)
        assert "FunctionError" not in answer, answer["Payload"]
        result: object = json.loads(answer["Payload"])
        return result

    def error(self, name: str, event: object = None) -> dict[str, Any]:
        answer = self.invoke(name, event)
        assert answer["FunctionError"] == "Unhandled"
        error: dict[str, Any] = json.loads(answer["Payload"])
        return error

    def log(self, name: str) -> str:
        logs = self.engine.client(self.account, REGION, "logs")
        group = f"/aws/lambda/{name}"
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return ""
        events = logs.filter_log_events(logGroupName=group)["events"]
        return "\n".join(event["message"] for event in events)


def zipped(code: str) -> bytes:
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("app.py", textwrap.dedent(code))
    return bundle.getvalue()
