"""Lambda: functions, their permissions and what happens to failed events."""

import io
import uuid
import zipfile
from typing import Any

from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.kinds.base import (
    Kind,
    Made,
    Place,
    Properties,
    only,
    tag_map,
    without,
)

# Create-time fields of a function that UpdateFunctionConfiguration takes too.
_CONFIGURATION = (
    "FunctionName",
    "Role",
    "Handler",
    "Description",
    "Timeout",
    "MemorySize",
    "VpcConfig",
    "Environment",
    "Runtime",
    "DeadLetterConfig",
    "KmsKeyArn",
    "TracingConfig",
    "Layers",
    "EphemeralStorage",
    "LoggingConfig",
)


def _code(code: Properties) -> dict[str, Any]:
    if "ZipFile" in code:  # in a template: the source of one file, not a zip
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.py", code["ZipFile"])
        return {"ZipFile": packed.getvalue()}
    return only(code, "S3Bucket", "S3Key", "S3ObjectVersion")


class Function(Kind):
    """AWS::Lambda::Function."""

    type = "AWS::Lambda::Function"
    name_property = "FunctionName"

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateFunction, then its reserved concurrency."""
        handled = {
            *_CONFIGURATION,
            "Architectures",
            "Code",
            "Tags",
            "PackageType",
            "ReservedConcurrentExecutions",
        }
        strange = sorted(set(properties) - handled)
        if strange:
            raise Unsupported(f"the properties {strange} of {self.type}")
        values = without(properties, "Code", "Tags", "ReservedConcurrentExecutions")
        code, tags = _code(properties["Code"]), tag_map(properties)
        made = place.call("lambda", "create_function", **values, Code=code, Tags=tags)
        self._concurrency(place, properties, {})
        return Made(made["FunctionName"], {"Arn": made["FunctionArn"]})

    def _concurrency(self, place: Place, properties: Properties, before: Properties) -> None:
        name, wanted = properties["FunctionName"], properties.get("ReservedConcurrentExecutions")
        if wanted is not None:
            place.client("lambda").put_function_concurrency(
                FunctionName=name, ReservedConcurrentExecutions=wanted
            )
        elif "ReservedConcurrentExecutions" in before:
            place.client("lambda").delete_function_concurrency(FunctionName=name)

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Update code and configuration as far as they changed."""
        if properties["Code"] != before["Code"] or properties.get("Architectures") != before.get(
            "Architectures"
        ):
            values = only(properties, "Architectures")
            place.call(
                "lambda", "update_function_code", FunctionName=ref, **values, **_code(properties["Code"])
            )
        place.call("lambda", "update_function_configuration", **only(properties, *_CONFIGURATION))
        self._concurrency(place, properties, before)
        return Made(ref, {"Arn": place.arn("lambda", f"function:{ref}")})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the function."""
        place.client("lambda").delete_function(FunctionName=ref)


class Permission(Kind):
    """AWS::Lambda::Permission."""

    type = "AWS::Lambda::Permission"

    def create(self, place: Place, properties: Properties) -> Made:
        """Add a statement to the function's policy."""
        sid = f"permission-{uuid.uuid4()}"
        place.call("lambda", "add_permission", StatementId=sid, **properties)
        return Made(sid, {"Id": sid})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """A statement cannot be changed, only removed and added."""
        self.delete(place, ref, before)
        return self.create(place, properties)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Remove the statement."""
        place.client("lambda").remove_permission(FunctionName=properties["FunctionName"], StatementId=ref)


class EventInvokeConfig(Kind):
    """AWS::Lambda::EventInvokeConfig."""

    type = "AWS::Lambda::EventInvokeConfig"

    def create(self, place: Place, properties: Properties) -> Made:
        """Put it; the API replaces what was there."""
        name, values = properties["FunctionName"], without(properties, "Qualifier")
        if properties["Qualifier"] != "$LATEST":
            raise Unsupported("EventInvokeConfig of a version or an alias")
        place.call("lambda", "put_function_event_invoke_config", **values)
        return Made(f"{name}|{properties['Qualifier']}")

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete it."""
        place.client("lambda").delete_function_event_invoke_config(FunctionName=properties["FunctionName"])


class EventSourceMapping(Kind):
    """AWS::Lambda::EventSourceMapping."""

    type = "AWS::Lambda::EventSourceMapping"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create it; Lambda checks the queue, the function and its role."""
        values = {**without(properties, "Tags"), "Tags": tag_map(properties)}
        return self._made(place.call("lambda", "create_event_source_mapping", **values))

    def _made(self, answer: Properties) -> Made:
        arn = answer["EventSourceMappingArn"]
        return Made(answer["UUID"], {"Id": answer["UUID"], "EventSourceMappingArn": arn})

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Set everything that may be changed; what is gone becomes what it is by default."""
        defaults: Properties = {"BatchSize": 10, "Enabled": True, "FunctionResponseTypes": []}
        gone = {name: value for name, value in defaults.items() if name in before and name not in properties}
        if "ScalingConfig" in before and "ScalingConfig" not in properties:
            gone["ScalingConfig"] = {}
        values = without({**gone, **properties}, "EventSourceArn", "Tags")
        return self._made(place.call("lambda", "update_event_source_mapping", UUID=ref, **values))

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete it."""
        place.client("lambda").delete_event_source_mapping(UUID=ref)
