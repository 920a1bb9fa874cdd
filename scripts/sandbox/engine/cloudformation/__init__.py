"""CloudFormation: moto's API with AWS's strictness, rollback and the resource types that moto lacks."""

from scripts.sandbox.engine.cloudformation import change_sets, drift, function_settings, stacks
from scripts.sandbox.engine.core import Engine


def install(engine: Engine) -> None:
    """Put every seam of CloudFormation in place."""
    function_settings.install()
    stacks.install(engine)
    change_sets.install(engine)
    drift.install()
