"""Resources of a stack: made by the engine's own types, or by moto's behind the same face."""

import re
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

from scripts.sandbox.engine.cloudformation import schemas
from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.kinds import KINDS
from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties

# How the services behind the types say that something does not exist.
_GONE = re.compile(r"NotFound|NoSuch|NonExistent|DoesNotExist")
# moto has a model of these, but a nested stack or a custom resource would not do what AWS does.
_NOT_MOTOS = {"AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource"}


class MotoKind(Kind):
    """A resource type that only moto knows."""

    def __init__(self, model: Any) -> None:
        self.model = model

    @property
    def moto_name_property(self) -> str | None:
        """The property that names it; some of moto's models answer nothing."""
        name: str | None = self.model.cloudformation_name_type()
        return name or None

    def create(self, place: Place, properties: Properties) -> Made:
        """Not used: moto's models return objects (see `Resource.create`)."""
        raise NotImplementedError

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Not used: moto's objects delete themselves."""
        raise NotImplementedError


def known_types() -> set[str]:
    """Every type a template may have here."""
    return set(KINDS) | (set(parsing.get_model_map()) - _NOT_MOTOS)


def kind_of(kind: str) -> Kind:
    """The type's implementation, the engine's own first."""
    return KINDS.get(kind) or MotoKind(parsing.get_model_map()[kind])


@dataclass
class Resource:
    """What a stack holds of one resource; moto asks it for `Ref` and `Fn::GetAtt`.

    Attributes:
        logical_resource_id: Its name in the template.
        cf_resource_type: Its type.
        name: The given or made-up value of its name property.
        properties: As resolved from the template, without a made-up name.
        made: What creating or updating it answered; None for moto's.
        moto: moto's own object; None for the engine's.
        retained: Whether it stays when it leaves the stack, or the stack goes.
        outlives_rollback: Whether it stays even when the operation that makes it is rolled back.
        outlives_replacement: Whether it stays when an update puts another in its place.

    """

    place: Place
    logical_resource_id: str
    cf_resource_type: str
    name: str
    properties: Properties
    made: Made | None = None
    moto: Any = None
    retained: bool = field(default=False)
    outlives_rollback: bool = field(default=False)
    outlives_replacement: bool = field(default=False)

    @property
    def type(self) -> str:
        """The type, as some of moto's answers call it."""
        return self.cf_resource_type

    @property
    def physical_resource_id(self) -> str:
        """What `Ref` gives."""
        if self.made is not None:
            return self.made.ref
        return str(getattr(self.moto, "physical_resource_id", None) or self.name)

    def get_cfn_attribute(self, name: str) -> Any:
        """What `Fn::GetAtt` gives.

        Raises:
            UnformattedGetAttTemplateException: The type has no such attribute.

        """
        if self.made is None:
            return self.moto.get_cfn_attribute(name)
        if name not in self.made.attributes:
            raise UnformattedGetAttTemplateException
        return self.made.attributes[name]

    def is_created(self) -> bool:
        """Whether it is ready; creation waits, so always."""
        return True

    def _named(self, properties: Properties) -> Properties:
        kind = kind_of(self.cf_resource_type)
        return {kind.name_property: self.name, **properties} if kind.name_property else dict(properties)

    def _json(self, properties: Properties) -> dict[str, Any]:
        return {"Type": self.cf_resource_type, "Properties": properties}

    def create(self) -> None:
        """Create it."""
        kind = kind_of(self.cf_resource_type)
        if not isinstance(kind, MotoKind):
            self.made = kind.create(self.place, self._named(self.properties))
            return
        self.moto = kind.model.create_from_cloudformation_json(
            self.name,
            self._json(dict(self.properties)),
            self.place.account,
            self.place.region,
            LogicalId=self.logical_resource_id,
            StackId="",
            ResourceType=self.cf_resource_type,
        )

    def update(self, properties: Properties) -> "Resource":
        """Change it in place; returns what it is then."""
        changed = Resource(
            self.place,
            self.logical_resource_id,
            self.cf_resource_type,
            self.name,
            properties,
            self.made,
            self.moto,
        )
        kind = kind_of(self.cf_resource_type)
        if not isinstance(kind, MotoKind):
            new, old = self._named(properties), self._named(self.properties)
            changed.made = kind.update(self.place, self.physical_resource_id, new, old)
            return changed
        changed.moto = kind.model.update_from_cloudformation_json(
            original_resource=self.moto,
            new_resource_name=self.name,
            cloudformation_json=self._json(dict(properties)),
            account_id=self.place.account,
            region_name=self.place.region,
        )
        return changed

    def delete(self) -> None:
        """Delete it."""
        kind = kind_of(self.cf_resource_type)
        if not isinstance(kind, MotoKind):
            try:
                kind.delete(self.place, self.physical_resource_id, self._named(self.properties))
            except ClientError as error:
                # What is gone is deleted (CloudFormation CLI User Guide, "Resource type handler contract":
                # a delete handler answers NotFound then, and the stack's deletion goes on).
                if not _GONE.search(error.response["Error"]["Code"]):
                    raise
            return
        try:
            self.moto.delete(self.place.account, self.place.region)
        except (TypeError, AttributeError):  # moto's own order: the object's, else its class's
            kind.model.delete_from_cloudformation_json(
                self.physical_resource_id,
                self._json(dict(self.properties)),
                self.place.account,
                self.place.region,
            )

    def replaced_by(self, properties: Properties) -> bool:
        """Whether these properties need a new resource in its place.

        Raises:
            ValidationError: They do, and the new one would have the old one's name.

        """
        if self.made is None:
            return False
        fixed = schemas.create_only(self.cf_resource_type)
        if all(schemas.part(self.properties, path) == schemas.part(properties, path) for path in fixed):
            return False
        name = kind_of(self.cf_resource_type).name_property
        if name and name in properties and properties[name] == self.name:
            raise refuse(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {self.name} and update the stack again."
            )
        return True


def prepare(place: Place, logical_id: str, definition: dict[str, Any], scope: Any) -> Resource:
    """A resource as the template wants it, not yet made.

    Args:
        place: The stack's account and region.
        logical_id: Its name in the template.
        definition: Its part of the template.
        scope: moto's ResourceMap, which knows the parameters and what is already made.

    Raises:
        ValidationError: A reference or a property is wrong.

    """
    kind = definition["Type"]
    properties = parsing.clean_json(definition.get("Properties") or {}, scope)
    if schemas.exists(kind):
        properties = schemas.conform(kind, properties, logical_id)
    implementation = kind_of(kind)
    wanted = implementation.name_property
    if isinstance(implementation, MotoKind):
        wanted = implementation.moto_name_property
    made_up = parsing.generate_resource_name(kind, scope["AWS::StackName"], logical_id)
    made_up = implementation.named(str(made_up), properties)
    name = properties.get(wanted, made_up) if wanted else made_up
    return Resource(place, logical_id, kind, str(name), properties)
