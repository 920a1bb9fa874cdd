"""The stack-set calls of the CloudFormation API."""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from scripts.sandbox.engine.cloudformation.faults import Unsupported, refuse
from scripts.sandbox.engine.cloudformation.parameters import check_capabilities, check_parameters
from scripts.sandbox.engine.cloudformation.requests import (
    capabilities_of,
    parameters_of,
    tags_of,
    template_of,
)
from scripts.sandbox.engine.cloudformation.template import parse
from scripts.sandbox.engine.stacksets.deployment import DETECT
from scripts.sandbox.engine.stacksets.model import Instance, Operation, StackSet
from scripts.sandbox.engine.stacksets.reads import Reads, Request
from scripts.sandbox.engine.stacksets.registry import busy, complete, existing, found, new_operation, targeted

# API reference, CreateStackInstances, UpdateStackSet and DeleteStackInstances.
MOST_UNITS = 50


def _true(value: object) -> bool:
    return str(value).lower() == "true"


class Calls(Reads):
    """One method for each call; `self` is ours, the request is moto's."""

    def _given(self, request: Request) -> dict[str, Any]:
        names = ("OperationId", "OperationPreferences", "DeploymentTargets", "RetainStacks")
        given = {name: request._get_param(name) for name in names}
        if len((given["DeploymentTargets"] or {}).get("OrganizationalUnitIds") or []) > MOST_UNITS:
            raise refuse(f"An operation takes at most {MOST_UNITS} organizational units")
        return given

    def _overrides(self, request: Request) -> dict[str, str]:
        entries = request._get_param("ParameterOverrides") or []
        return {entry["ParameterKey"]: entry["ParameterValue"] for entry in entries}

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
            managed=_true((request._get_param("ManagedExecution") or {}).get("Active")),
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
        """UpdateStackSet: what is given changes, in all instances or in the targeted ones.

        API reference, UpdateStackSet: `AutoDeployment` does not go with targets; a new template or parameters
        mark every instance as outdated, without them the others keep their status.
        """
        stack_set, given = self._set(request), self._given(request)
        text = template_of(request, stack_set.text)
        parameters = parameters_of(request, stack_set.parameters)
        check_parameters(parse(text), parameters)
        check_capabilities(parse(text), capabilities_of(request))
        regions = list(request._get_param("Regions") or [])
        aimed = bool(regions or given["DeploymentTargets"])
        if aimed and request._get_param("AutoDeployment"):
            raise refuse("AutoDeployment can not be specified together with DeploymentTargets or Regions")
        self._manage(request, stack_set)
        new = any(request._get_param(name) for name in ("TemplateBody", "TemplateURL", "Parameters"))

        def choose() -> list[Instance]:
            chosen = [i for i in stack_set.instances.values() if i.status != "INOPERABLE"]
            if aimed:
                chosen = complete(stack_set, given["DeploymentTargets"] or {}, regions)
            self._change(request, stack_set, text, parameters)
            for instance in stack_set.instances.values():
                if new and instance.status == "CURRENT":
                    instance.status = "OUTDATED"
            return chosen

        return self._start(request, stack_set, new_operation("UPDATE", given), choose)

    def _manage(self, request: Request, stack_set: StackSet) -> None:
        """ManagedExecution cannot be changed while an operation runs (API reference, ManagedExecution)."""
        asked = request._get_param("ManagedExecution")
        if asked is None or _true(asked.get("Active")) == stack_set.managed:
            return
        if stack_set.busy.locked():
            raise busy(stack_set)
        stack_set.managed = _true(asked.get("Active"))

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
        """DeleteStackInstances; to find none is no error (API reference, its errors)."""
        stack_set, given = self._set(request), self._given(request)
        targets, regions = given["DeploymentTargets"] or {}, list(request._get_param("Regions") or [])

        def choose() -> list[Instance]:
            chosen = found(stack_set, targets, regions)
            if (targets.get("AccountFilterType") or "NONE") == "NONE":
                for unit in targets["OrganizationalUnitIds"]:
                    stack_set.forget(unit, regions)
            return chosen

        return self._start(request, stack_set, new_operation("DELETE", given), choose)

    def detect_stack_set_drift(self, request: Request) -> ActionResult:
        """DetectStackSetDrift: an operation over every instance that has a stack.

        One at a time, and not while another operation runs (API reference, DetectStackSetDrift, its errors).
        """
        stack_set = self._set(request)
        operation = new_operation(DETECT, self._given(request))

        def choose() -> list[Instance]:
            return [each for each in stack_set.instances.values() if each.stack_id]

        self._registry.operate(stack_set, operation, choose, self._registry.deployer.look)
        return ActionResult({"OperationId": operation.id})

    def delete_stack_set(self, request: Request) -> EmptyResult:
        """DeleteStackSet."""
        self._registry.drop(self._set(request))
        return EmptyResult()

    def stop_stack_set_operation(self, request: Request) -> EmptyResult:
        """StopStackSetOperation: what has not begun is cancelled."""
        operation = self._operation(request, self._set(request))
        if operation.status == "RUNNING":
            operation.status = "STOPPING"
        return EmptyResult()
