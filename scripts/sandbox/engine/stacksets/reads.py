"""What the stack-set calls of the CloudFormation API answer when they are only asked."""

from typing import Any

from moto.cloudformation.exceptions import StackInstanceNotFound
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from scripts.sandbox.engine.stacksets import answers
from scripts.sandbox.engine.stacksets.model import Operation, StackSet
from scripts.sandbox.engine.stacksets.registry import OperationNotFound, Registry
from scripts.sandbox.engine.stacksets.targets import owner_of

_PAGE = 100
Request = CloudFormationResponse


def page(request: Request, items: list[dict[str, Any]], member: str = "Summaries") -> ActionResult:
    """One page of a list; the token is the place where the next begins."""
    start, size = int(request._get_param("NextToken") or 0), int(request._get_param("MaxResults") or _PAGE)
    answer: dict[str, Any] = {member: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return ActionResult(answer)


class Reads:
    """One method for each call that changes nothing; `self` is ours, the request is moto's.

    Args:
        registry: All stack sets.

    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def _owner(self, request: Request) -> str:
        return owner_of(request.current_account, request._get_param("CallAs"))

    def _set(self, request: Request) -> StackSet:
        return self._registry.get(self._owner(request), request.region, request._get_param("StackSetName"))

    def _operation(self, request: Request, stack_set: StackSet) -> Operation:
        wanted = request._get_param("OperationId")
        for operation in stack_set.operations:
            if operation.id == wanted:
                return operation
        raise OperationNotFound(f"Operation {wanted} not found")

    def describe_stack_set(self, request: Request) -> ActionResult:
        """DescribeStackSet."""
        return ActionResult({"StackSet": answers.of_stack_set(self._set(request))})

    def list_stack_sets(self, request: Request) -> ActionResult:
        """ListStackSets."""
        sets = self._registry.of(self._owner(request), request.region)
        wanted = request._get_param("Status") or "ACTIVE"
        return page(request, [answers.of_summary(s) for s in sets if s.status == wanted])

    def describe_stack_instance(self, request: Request) -> ActionResult:
        """DescribeStackInstance."""
        stack_set = self._set(request)
        key = (request._get_param("StackInstanceAccount"), request._get_param("StackInstanceRegion"))
        if key not in stack_set.instances:
            raise StackInstanceNotFound
        found = answers.of_instance(stack_set, stack_set.instances[key], whole=True)
        return ActionResult({"StackInstance": found})

    def list_stack_instances(self, request: Request) -> ActionResult:
        """ListStackInstances, filtered and in pages."""
        stack_set = self._set(request)
        account, region = (
            request._get_param("StackInstanceAccount"),
            request._get_param("StackInstanceRegion"),
        )
        wanted = {f["Name"]: f["Values"] for f in request._get_param("Filters") or []}
        shown = [
            answers.of_instance(stack_set, instance)
            for _, instance in sorted(stack_set.instances.copy().items())
            if account in (None, instance.account)
            and region in (None, instance.region)
            and wanted.get("DETAILED_STATUS", instance.detailed) == instance.detailed
            and wanted.get("LAST_OPERATION_ID", instance.operation) == instance.operation
        ]
        return page(request, shown)

    def describe_stack_set_operation(self, request: Request) -> ActionResult:
        """DescribeStackSetOperation."""
        stack_set = self._set(request)
        found = answers.of_operation(stack_set, self._operation(request, stack_set))
        return ActionResult({"StackSetOperation": found})

    def list_stack_set_operations(self, request: Request) -> ActionResult:
        """ListStackSetOperations, the latest first."""
        stack_set = self._set(request)
        return page(request, [answers.of_operation(stack_set, o) for o in reversed(stack_set.operations)])

    def list_stack_set_operation_results(self, request: Request) -> ActionResult:
        """ListStackSetOperationResults."""
        stack_set = self._set(request)
        return page(request, answers.of_results(self._operation(request, stack_set)))

    def list_stack_set_auto_deployment_targets(self, request: Request) -> ActionResult:
        """ListStackSetAutoDeploymentTargets: each OU or root aimed at, with its regions."""
        units = sorted(self._set(request).units.items())
        return page(request, [{"OrganizationalUnitId": unit, "Regions": regions} for unit, regions in units])
