"""Auto-deployment: accounts that join a targeted OU get their stacks, accounts that leave lose them.

CloudFormation User Guide, "Enable or disable automatic deployments": it knows no account filters, no
parameter overrides and no operation preferences.
"""

import queue
import threading
from typing import Any

from moto.organizations.models import OrganizationsBackend

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.seams import replace
from scripts.sandbox.engine.stacksets.model import Instance, Operation, StackSet
from scripts.sandbox.engine.stacksets.registry import Registry, new_operation
from scripts.sandbox.engine.stacksets.targets import unit_of

# As wide as AWS says auto-deployment is: one account's failure in a region stops nothing.
_PREFERENCES = {"RegionConcurrencyType": "PARALLEL", "FailureTolerancePercentage": 100}


def _operation(action: str) -> Operation:
    return new_operation(action, {"OperationPreferences": _PREFERENCES})


def _joined(registry: Registry, stack_set: StackSet, account: str, unit: str) -> None:
    def choose() -> list[Instance]:
        return [
            stack_set.new_instance(account, region, unit)
            for region in stack_set.units.get(unit, [])
            if (account, region) not in stack_set.instances
        ]

    registry.operate(stack_set, _operation("CREATE"), choose, registry.deployer.apply, wait=True)


def _left(registry: Registry, stack_set: StackSet, account: str) -> None:
    def choose() -> list[Instance]:
        return [instance for (owner, _), instance in stack_set.instances.items() if owner == account]

    action = None if stack_set.retain else registry.deployer.remove
    registry.operate(stack_set, _operation("DELETE"), choose, action, wait=True)


def _settle(registry: Registry, organization: OrganizationsBackend, account_id: str) -> None:
    """Compare where an account is with what it has, for every automatic stack set."""
    account = next((a for a in organization.accounts if a.id == account_id), None)
    for stack_set in registry.of(organization.account_id):
        if not stack_set.automatic or account_id == organization.account_id:
            continue
        with stack_set.busy:
            pass  # what runs now may be about this very account
        unit = unit_of(organization, account, list(stack_set.units)) if account else None
        has = any(owner == account_id for owner, _ in stack_set.instances)
        wanted = {(account_id, region) for region in stack_set.units.get(unit or "", [])}
        if unit and wanted - set(stack_set.instances):
            _joined(registry, stack_set, account_id, unit)
        elif not unit and has:
            _left(registry, stack_set, account_id)


def install(engine: Engine, registry: Registry) -> None:
    """Watch accounts being created, moved and removed; follow them one by one, as AWS does, later."""
    moves: queue.Queue[tuple[OrganizationsBackend, str] | None] = queue.Queue()

    def follow() -> None:
        while (move := moves.get()) is not None:
            _settle(registry, *move)

    threading.Thread(target=follow, name="auto-deployment", daemon=True).start()
    engine.at_stop(lambda: moves.put(None))

    def watched(original: Any) -> Any:
        def changed(self: OrganizationsBackend, **request: Any) -> Any:
            answer = original(self, **request)
            account = request.get("AccountId") or answer["CreateAccountStatus"]["AccountId"]
            moves.put((self, account))
            return answer

        return changed

    for name in ("create_account", "move_account", "remove_account_from_organization"):
        replace(OrganizationsBackend, name, watched)
