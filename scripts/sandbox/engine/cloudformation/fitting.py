"""Turns a resource's properties into an API call's parameters.

CloudFormation and the API behind it mostly agree but for the case of the first letter, and for documents,
which the API takes as text. botocore's model of the call says which is which.
"""

import json
from typing import Any

from botocore import xform_name

from scripts.sandbox.engine.cloudformation.faults import Unsupported


def fit(shape: Any, value: Any, where: str = "") -> Any:
    """A value in the form of a botocore shape.

    Raises:
        Unsupported: The call has no such parameter.

    """
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {name.lower(): name for name in shape.members}
        fitted = {}
        for key, item in value.items():
            name = key if key in shape.members else names.get(key.lower())
            if name is None:
                raise Unsupported(f"the property {where}{key}")
            fitted[name] = fit(shape.members[name], item, f"{where}{key}.")
        return fitted
    if shape.type_name == "list" and isinstance(value, list):
        return [fit(shape.member, item, where) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: fit(shape.value, item, where) for key, item in value.items()}
    if shape.type_name == "string" and isinstance(value, (dict, list)):
        return json.dumps(value)
    if shape.type_name == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def call(client: Any, operation: str, **parameters: Any) -> dict[str, Any]:
    """Call one operation (`put_metric_alarm`) with parameters in CloudFormation's spelling."""
    model = client.meta.service_model
    name = next(n for n in model.operation_names if xform_name(n) == operation)
    answer: dict[str, Any] = getattr(client, operation)(
        **fit(model.operation_model(name).input_shape, parameters)
    )
    return answer
