"""The stack-set calls of the CloudFormation API."""

from collections.abc import Callable
from typing import Any

from moto.cloudformation.exceptions import StackInstanceNotFound
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.parameters import check_capabilities, check_parameters
from scripts.sandbox.engine.cloudformation.requests import (
    capabilities_of,
    parameters_of,
    tags_of,
    template_of,
)
from scripts.sandbox.engine.cloudformation.template import parse
from scripts.sandbox.engine.stacksets import answers
from scripts.sandbox.engine.stacksets.model import Instance, Operation, StackSet
from scripts.sandbox.engine.stacksets.registry import (
    OperationNotFound,
    Registry,
    existing,
    new_operation,
    targeted,
)
from scripts.sandbox.engine.stacksets.targets import owner_of

_PAGE = 100
Request = CloudFormationResponse


def _true(value: object) -> bool:
    return str(value).lower() == "true"


def page(request: Request, items: list[dict[str, Any]], member: str = "Summaries") -> ActionResult:
    """One page of a list; the token is the place where the next begins."""
    start, size = int(request._get_param("NextToken") or 0), int(request._get_param("MaxResults") or _PAGE)
    answer: dict[str, Any] = {member: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return ActionResult(answer)


class Calls:
    """One method for each call; `self` is ours, the request is moto's.

    Args:
        registry: All stack sets.

    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def _owner(self, request: Request) -> str:
        return owner_of(request.current_account, request._get_param("CallAs"))

    def _set(self, request: Request) -> StackSet:
        return self._registry.get(self._owner(request), request.region, request._get_param("StackSetName"))

    def _given(self, request: Request) -> dict[str, Any]:
        names = ("OperationId", "OperationPreferences", "DeploymentTargets", "RetainStacks")
        return {name: request._get_param(name) for name in names}

    def _overrides(self, request: Request) -> dict[str, str]:
        entries = request._get_param("ParameterOverrides") or []
        return {entry["ParameterKey"]: entry["ParameterValue"] for entry in entries}

    def _operation(self, request: Request, stack_set: StackSet) -> Operation:
        wanted = request._get_param("OperationId")
        for operation in stack_set.operations:
            if operation.id == wanted:
                return operation
        raise OperationNotFound(f"Operation {wanted} not found")

    def create_stack_set(self, request: Request) -> ActionResult:
        """CreateStackSet."""
        if request._get_param("PermissionModel") != "SERVICE_MANAGED":
            raise Unsupported("stack sets with self-managed permissions")
        owner, text, parameters = self._owner(request), template_of(request), parameters_of(request)
        check_parameters(parse(text), parameters)
        check_capabilities(parse(text), capabilities_of(request))
        automatic = request._get_param("AutoDeployment") or {}
        stack_set = StackSet(
            owner,
            request.region,
            request._get_param("StackSetName"),
            text,
            parameters,
            capabilities_of(request),
            tags_of(request),
            request._get_param("Description"),
            automatic=_true(automatic.get("Enabled")),
            retain=_true(automatic.get("RetainStacksOnAccountRemoval")),
        )
        self._registry.add(stack_set)
        return ActionResult({"StackSetId": stack_set.id})

    def create_stack_instances(self, request: Request) -> ActionResult:
        """CreateStackInstances."""
        stack_set, given = self._set(request), self._given(request)
        targets, regions = given["DeploymentTargets"] or {}, list(request._get_param("Regions") or [])
        accounts, overrides = targeted(stack_set, targets, creating=True), self._overrides(request)

        def choose() -> list[Instance]:
            for unit in targets["OrganizationalUnitIds"]:
                stack_set.aim(unit, regions)
            chosen = []
            for account, unit in accounts.items():
                for region in regions:
                    instance = stack_set.instances.get((account, region))
                    if instance is None:
                        instance = stack_set.new_instance(account, region, unit)
                        instance.overrides = dict(overrides)
                    elif instance.status == "CURRENT":
                        continue
                    chosen.append(instance)
            return chosen

        return self._start(request, stack_set, new_operation("CREATE", given), choose)

    def _start(
        self, _: Request, stack_set: StackSet, operation: Operation, choose: Callable[[], list[Instance]]
    ) -> ActionResult:
        deployer = self._registry.deployer
        action = deployer.remove if operation.action == "DELETE" else deployer.apply
        self._registry.operate(stack_set, operation, choose, None if operation.retain else action)
        return ActionResult({"OperationId": operation.id})

    def update_stack_instances(self, request: Request) -> ActionResult:
        """UpdateStackInstances: other parameter overrides."""
        stack_set, given = self._set(request), self._given(request)
        regions, overrides = list(request._get_param("Regions") or []), self._overrides(request)

        def choose() -> list[Instance]:
            chosen = existing(stack_set, given["DeploymentTargets"] or {}, regions)
            for instance in chosen:
                instance.overrides = dict(overrides)
            return chosen

        return self._start(request, stack_set, new_operation("UPDATE", given), choose)

    def update_stack_set(self, request: Request) -> ActionResult:
        """UpdateStackSet: what is given changes, in all instances or in the targeted ones."""
        stack_set, given = self._set(request), self._given(request)
        text = template_of(request, stack_set.text)
        parameters = parameters_of(request, stack_set.parameters)
        check_parameters(parse(text), parameters)
        check_capabilities(parse(text), capabilities_of(request))
        regions = list(request._get_param("Regions") or [])

        def choose() -> list[Instance]:
            chosen = [i for i in stack_set.instances.values() if i.status != "INOPERABLE"]
            if given["DeploymentTargets"]:
                chosen = existing(stack_set, given["DeploymentTargets"], regions)
            self._change(request, stack_set, text, parameters)
            for instance in stack_set.instances.values():
                if instance.status == "CURRENT":
                    instance.status = "OUTDATED"
            return chosen

        return self._start(request, stack_set, new_operation("UPDATE", given), choose)

    def _change(self, request: Request, stack_set: StackSet, text: str, parameters: dict[str, str]) -> None:
        stack_set.text, stack_set.parameters = text, parameters
        stack_set.capabilities = capabilities_of(request)
        stack_set.tags = tags_of(request) or stack_set.tags
        stack_set.description = request._get_param("Description") or stack_set.description
        automatic = request._get_param("AutoDeployment")
        if automatic:
            stack_set.automatic = _true(automatic.get("Enabled"))
            stack_set.retain = _true(automatic.get("RetainStacksOnAccountRemoval"))

    def delete_stack_instances(self, request: Request) -> ActionResult:
        """DeleteStackInstances."""
        stack_set, given = self._set(request), self._given(request)
        targets, regions = given["DeploymentTargets"] or {}, list(request._get_param("Regions") or [])

        def choose() -> list[Instance]:
            chosen = existing(stack_set, targets, regions)
            if (targets.get("AccountFilterType") or "NONE") == "NONE":
                for unit in targets["OrganizationalUnitIds"]:
                    stack_set.forget(unit, regions)
            return chosen

        return self._start(request, stack_set, new_operation("DELETE", given), choose)

    def delete_stack_set(self, request: Request) -> EmptyResult:
        """DeleteStackSet."""
        self._registry.drop(self._set(request))
        return EmptyResult()

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

    def stop_stack_set_operation(self, request: Request) -> EmptyResult:
        """StopStackSetOperation: what has not begun is cancelled."""
        operation = self._operation(request, self._set(request))
        if operation.status == "RUNNING":
            operation.status = "STOPPING"
        return EmptyResult()
