"""Taking existing resources into a stack.

CloudFormation User Guide, "Import AWS resources into a CloudFormation stack": each must exist, belong to no
stack, be identified and have a DeletionPolicy; nothing else of the template may be new, and outputs may not.
"""

from collections.abc import Mapping
from typing import Any

from moto.cloudformation.models import CloudFormationBackend, Stack

from scripts.sandbox.engine.cloudformation import provision
from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.kinds.base import Place
from scripts.sandbox.engine.cloudformation.references import in_order
from scripts.sandbox.engine.cloudformation.resources import kind_of, prepare
from scripts.sandbox.engine.cloudformation.run import Failure, Run
from scripts.sandbox.engine.cloudformation.template import Template
from scripts.sandbox.engine.core import Engine


def check(
    engine: Engine,
    backend: CloudFormationBackend,
    template: Template,
    held: Mapping[str, Any],
    wanted: list[dict[str, Any]],
) -> None:
    """Refuse what AWS refuses when the change set is created.

    Raises:
        ValidationError: The template or the list of what is to be imported is not as it must be.

    """
    listed = {each["LogicalResourceId"]: each for each in wanted}
    if "Outputs" in template:
        raise refuse("As part of the import operation, you cannot modify or add [Outputs]")
    for name, resource in template["Resources"].items():
        if name not in listed and name not in held:
            raise refuse(
                f"You have modified resources in your template that are not being imported. [{name}]"
            )
        if name in listed and "DeletionPolicy" not in resource:
            raise refuse(f"Resources [{name}] is missing DeletionPolicy attribute in template")
    place = Place(engine, backend.account_id, backend.region_name)
    for name, each in listed.items():
        (ref,) = each["ResourceIdentifier"].values()
        _check_free(backend, each["ResourceType"], ref)
        if not kind_of(each["ResourceType"]).there(place, ref):
            raise refuse(f"Resource {name} with identifier {ref} does not exist")


def _check_free(backend: CloudFormationBackend, kind: str, ref: str) -> None:
    for stack in backend.stacks.values():
        for resource in provision.held(stack.resource_map).values():
            if (resource.cf_resource_type, resource.physical_resource_id) == (kind, ref):
                raise refuse(f"Resource {ref} already exists in stack {stack.stack_id}")


def run(
    engine: Engine,
    stack: Stack,
    text: str,
    parameters: dict[str, str],
    imported: Mapping[str, Mapping[str, str]],
) -> None:
    """Take resources into a new or an existing stack; nothing about them is changed."""
    was = provision.held(stack.resource_map) if stack.template_dict.get("Resources") else {}
    stack.template, stack.parameters = text, parameters
    stack._parse_template()
    stack.resource_map = stack._create_resource_map()
    work = Run(engine, stack)
    work.tell("IMPORT_IN_PROGRESS", "User Initiated")
    known, resources = stack.resource_map._parsed_resources, stack.template_dict["Resources"]
    try:
        for name in in_order(stack.template_dict):
            if name in was:
                known[name] = was[name]
                continue
            resource = prepare(work.place, name, resources[name], stack.resource_map)
            (ref,) = imported[name].values()
            resource.name = ref
            resource.made = work.attempt(resource, "IMPORT", _adopting(work.place, resource, ref))
            resource.retained = resources[name]["DeletionPolicy"] in ("Retain", "RetainExceptOnCreate")
            known[name] = resource
    except Failure as problem:
        work.tell("IMPORT_ROLLBACK_COMPLETE", f"The following resource(s) failed to import: {problem}. ")
        return
    stack.output_map = stack._create_output_map()
    work.tell("IMPORT_COMPLETE")


def _adopting(place: Place, resource: Any, ref: str) -> Any:
    kind = kind_of(resource.cf_resource_type)
    return lambda: kind.adopt(place, ref)
