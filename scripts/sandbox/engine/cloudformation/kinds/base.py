"""One resource type: the AWS calls that create, update and delete it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.fitting import call
from scripts.sandbox.engine.core import Engine

Properties = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a stack's resources are made."""

    engine: Engine
    account: str
    region: str

    def client(self, service: str) -> Any:
        """A client acting in this account and region."""
        return self.engine.client(self.account, self.region, service)

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation with parameters in CloudFormation's spelling (see `fitting.call`)."""
        return call(self.client(service), operation, **parameters)

    def arn(self, service: str, rest: str) -> str:
        """The ARN of something here."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


@dataclass(frozen=True)
class Made:
    """What `Ref` and `Fn::GetAtt` give of a resource."""

    ref: str
    attributes: dict[str, Any] = field(default_factory=dict)


class Kind(ABC):
    """A resource type.

    Attributes:
        type: CloudFormation's name of it.
        name_property: The property that names it; CloudFormation makes up a value where it is missing.

    """

    type: ClassVar[str]
    name_property: ClassVar[str | None] = None

    def named(self, made_up: str, properties: Properties) -> str:  # noqa: ARG002
        """The name that CloudFormation makes up; by default whatever the stack and the template say."""
        return made_up

    @abstractmethod
    def create(self, place: Place, properties: Properties) -> Made:
        """Create it; `properties` conform to the schema and hold the name."""

    @abstractmethod
    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Delete it."""

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """Make it what `properties` say, in place; by default creating again overwrites."""
        return self.create(place, properties)

    def there(self, place: Place, ref: str) -> bool:
        """Whether one of this id exists and can be imported.

        Raises:
            Unsupported: The engine cannot import this type.

        """
        raise Unsupported(f"importing {self.type} {ref} in {place.account}")

    def adopt(self, place: Place, ref: str) -> Made:
        """What `Ref` and `Fn::GetAtt` give of one that exists already (see `there`)."""
        raise Unsupported(f"importing {self.type} {ref} in {place.account}")


def tag_map(properties: Properties) -> dict[str, str]:
    """The property `Tags` as the map that some APIs take."""
    given = properties.get("Tags") or {}
    return given if isinstance(given, dict) else {tag["Key"]: str(tag["Value"]) for tag in given}


def only(properties: Properties, *names: str) -> Properties:
    """Those of the named properties that are given."""
    return {name: properties[name] for name in names if name in properties}


def without(properties: Properties, *names: str) -> Properties:
    """All properties but the named ones."""
    return {name: value for name, value in properties.items() if name not in names}
