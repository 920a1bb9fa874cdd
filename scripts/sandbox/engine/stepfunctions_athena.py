"""`athena:startQueryExecution.sync`: a task that ends with its query; moto knows no such integration.

Source: AWS Step Functions Developer Guide, "Run Athena queries with Step Functions" and "Run a Job (.sync)":
the result is GetQueryExecution's; a query that does not succeed fails its task, with that as the cause.
"""

import json
import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callbacks,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.stepfunctions_times import times_as_text

_ONGOING = frozenset({"QUEUED", "RUNNING"})
_LOOK = 0.1  # seconds between two looks at a query


class AthenaTask(callbacks.StateTaskServiceCallback):
    """The task; each engine makes a class of its own of it."""

    engine: Engine

    def __init__(self) -> None:
        patterns: Any = {ResourceCondition.Sync}  # moto's enumeration is of texts
        super().__init__(supported_integration_patterns=patterns)

    def _get_supported_parameters(self) -> set[str] | None:
        """Of the one action that is known here; moto refuses the definition of any other."""
        if (self.resource.api_action, self.resource.condition) != (
            "startQueryExecution",
            ResourceCondition.Sync,
        ):
            return None
        return {
            "ClientRequestToken",
            "ExecutionParameters",
            "QueryExecutionContext",
            "QueryString",
            "ResultConfiguration",
            "WorkGroup",
        }

    def _client(self, resource: Any, credentials: Any) -> Any:
        role: str = credentials.role_arn
        return self.engine.client(role.split(":")[4], resource.region, "athena", role)

    def _eval_service_task(  # moto's own name and order
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        client = self._client(resource_runtime_part, state_credentials)
        answer = client.start_query_execution(**normalised_parameters)
        answer.pop("ResponseMetadata", None)
        env.stack.append(answer)

    def _eval_integration_pattern(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        """Look until the query has ended; a task that ends first takes its query along ("Run a Job").

        moto's own way cannot be tried again: its second attempt is over before it begins.
        """
        del normalised_parameters
        query = env.stack.pop()["QueryExecutionId"]
        client, pause = self._client(resource_runtime_part, state_credentials), threading.Event()
        while env.is_running():
            found = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            if found["Status"]["State"] not in _ONGOING:
                env.stack.append(self._outcome(env, found))
                return
            pause.wait(_LOOK)
        client.stop_query_execution(QueryExecutionId=query)
        env.stack.append(None)

    def _outcome(self, env: Any, found: Any) -> Any:
        told = times_as_text({"QueryExecution": found})
        if found["Status"]["State"] == "SUCCEEDED":
            return told
        name = StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed)
        raise FailureEventException(self._failure(env, name, json.dumps(told)))

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if not isinstance(ex, ClientError):
            return super()._from_error(env=env, ex=ex)
        error = ex.response["Error"]
        return self._failure(env, CustomErrorName(f"Athena.{error['Code']}"), error["Message"])

    def _failure(self, env: Any, name: Any, cause: str) -> FailureEvent:
        details: Any = {
            "taskFailedEventDetails": TaskFailedEventDetails(
                resource=self._get_sfn_resource(),
                resourceType=self._get_sfn_resource_type(),
                error=name.error_name,
                cause=cause,
            )
        }
        return FailureEvent(env, name, HistoryEventType.TaskFailed, details)


def install(engine: Engine) -> None:
    """Add the integration."""
    made = type("EngineAthenaTask", (AthenaTask,), {"engine": engine})

    def service_for(original: Callable[..., Any]) -> Callable[..., Any]:
        def service(service_name: str) -> Any:
            return made() if service_name == "athena" else original(service_name=service_name)

        return service

    replace(state_task_factory, "state_task_service_for", service_for)
