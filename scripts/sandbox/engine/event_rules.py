"""PutTargets and PutPermission as strict as AWS, where moto takes everything."""

from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.events import models
from moto.events.exceptions import ValidationException

from scripts.sandbox.engine import event_targets, principals
from scripts.sandbox.engine.event_delivery import SERVICE
from scripts.sandbox.engine.seams import replace

TARGETS_PER_RULE = 5


def check_target(account: str, region: str, target: Mapping[str, Any]) -> None:
    """Refuse a target that EventBridge would refuse, or that nothing here delivers to.

    Sources: AWS docs "Sending and receiving events between AWS accounts in Amazon EventBridge" (a bus of
    another account or region needs a role; other targets cross accounts in the same region only, with a
    role), API reference "Target" (one kind of input; Step Functions needs a role).

    Raises:
        ValidationException: Says what is wrong with which target.

    """
    arn, name = target["Arn"], target["Id"]
    if not event_targets.supported(arn):
        raise ValidationException(f"The sandbox does not deliver to targets such as {arn} (target {name}).")
    service, target_region, target_account = arn.split(":")[2:5]
    elsewhere = (target_account, target_region) != (account, region)
    if elsewhere and service != "events" and target_region != region:
        raise ValidationException(f"Target {name} must be in the rule's region: {arn}")
    role = target.get("RoleArn")
    if not role and (elsewhere or service == "states"):
        raise ValidationException(f"RoleArn is required for target {arn}.")
    if role and not principals.trusts(role, SERVICE):
        raise ValidationException(f"Provided role '{role}' cannot be assumed by principal '{SERVICE}'.")
    if sum(target.get(kind) is not None for kind in ("Input", "InputPath", "InputTransformer")) > 1:
        raise ValidationException(
            f"Only one of Input, InputPath, or InputTransformer must be provided: {name}"
        )


def install() -> None:
    """Check targets as they are put; keep a bus policy as it is written."""

    def put_targets(original: Any) -> Any:
        def checked(
            self: models.EventsBackend, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]
        ) -> None:
            for target in targets:
                check_target(self.account_id, self.region_name, target)
            rule = self.describe_rule(name, event_bus_arn)
            if len({one["Id"] for one in [*rule.targets, *targets]}) > TARGETS_PER_RULE:
                raise JsonRESTError(
                    "LimitExceededException", "The requested resource exceeds the maximum number allowed."
                )
            original(self, name, event_bus_arn, targets)

        return checked

    def from_dict(original: Any) -> Any:
        def kept(statement: dict[str, Any]) -> models.EventBusPolicyStatement:
            # moto forgets the effect, which turns a Deny into an Allow.
            made: models.EventBusPolicyStatement = original(statement)
            made.effect = statement["Effect"]
            return made

        return staticmethod(kept)

    def add_policy(_: Any) -> Any:
        def replaced(self: models.EventBus, policy: dict[str, Any]) -> None:
            # "The policy that describes the permissions": it replaces what was there.
            statements = policy["Statement"]
            self._statements.clear()
            for number, one in enumerate(statements if isinstance(statements, list) else [statements]):
                named = {"Sid": f"statement-{number}", **one}
                self._statements[named["Sid"]] = models.EventBusPolicyStatement.from_dict(named)

        return replaced

    replace(models.EventsBackend, "put_targets", put_targets)
    replace(models.EventBusPolicyStatement, "from_dict", from_dict)
    replace(models.EventBus, "add_policy", add_policy)
