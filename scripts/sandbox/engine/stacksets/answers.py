"""Stack sets, instances and operations as the API shows them."""

from typing import Any

from scripts.sandbox.engine.stacksets.model import Instance, Operation, StackSet


def _pairs(values: dict[str, str], key: str, value: str) -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in values.items()]


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def of_stack_set(stack_set: StackSet) -> dict[str, Any]:
    """As DescribeStackSet answers."""
    regions = sorted({region for _, region in stack_set.instances})
    return of_summary(stack_set) | _given(
        TemplateBody=stack_set.text,
        Parameters=stack_set.parameters,  # moto makes the list of pairs of it
        Capabilities=stack_set.capabilities,
        Tags=stack_set.tags,  # the same
        StackSetARN=stack_set.arn,
        OrganizationalUnitIds=sorted(stack_set.units),
        Regions=regions,
    )


def of_summary(stack_set: StackSet) -> dict[str, Any]:
    """As ListStackSets answers."""
    automatic: dict[str, Any] = {"Enabled": stack_set.automatic}
    if stack_set.automatic:
        automatic["RetainStacksOnAccountRemoval"] = stack_set.retain
    return _given(
        StackSetName=stack_set.name,
        StackSetId=stack_set.id,
        Description=stack_set.description,
        Status=stack_set.status,
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment=automatic,
        ManagedExecution={"Active": stack_set.managed},
    )


def of_instance(stack_set: StackSet, instance: Instance, *, whole: bool = False) -> dict[str, Any]:
    """As ListStackInstances answers; `whole` as DescribeStackInstance does."""
    overrides = _pairs(instance.overrides, "ParameterKey", "ParameterValue") if whole else None
    return _given(
        StackSetId=stack_set.id,
        Account=instance.account,
        Region=instance.region,
        StackId=instance.stack_id,
        Status=instance.status,
        StatusReason=instance.reason,
        StackInstanceStatus={"DetailedStatus": instance.detailed},
        OrganizationalUnitId=instance.unit,
        LastOperationId=instance.operation,
        DriftStatus=instance.drift,
        LastDriftCheckTimestamp=instance.looked_at,
        ParameterOverrides=overrides,
    )


def of_operation(stack_set: StackSet, operation: Operation) -> dict[str, Any]:
    """As DescribeStackSetOperation and ListStackSetOperations answer."""
    failed = sum(result.status == "FAILED" for result in operation.results)
    return _given(
        OperationId=operation.id,
        StackSetId=stack_set.id,
        Action=operation.action,
        Status=operation.status,
        OperationPreferences=operation.preferences or None,
        RetainStacks=operation.retain if operation.action == "DELETE" else None,
        CreationTimestamp=operation.created,
        EndTimestamp=operation.ended,
        DeploymentTargets=operation.targets or None,
        StatusDetails={"FailedStackInstancesCount": failed},
    )


def of_results(operation: Operation) -> list[dict[str, Any]]:
    """As ListStackSetOperationResults answers."""
    return [
        _given(
            Account=result.account,
            Region=result.region,
            Status=result.status,
            StatusReason=result.reason,
            OrganizationalUnitId=result.unit,
        )
        for result in sorted(operation.listed(), key=lambda r: (r.account, r.region))
    ]
