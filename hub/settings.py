"""What a hub function is told by its environment; the template renders the same fields."""

import os
from collections.abc import Mapping
from typing import Self

from msgspec import Struct

from orgconfig.names import Names


class SettingsError(ValueError):
    """A function's environment lacks a variable."""


class Settings(Struct, frozen=True, kw_only=True):
    """The environment of every hub function, one variable `NATREC_<FIELD>` per field.

    Attributes:
        namespace: The config's namespace.
        partition: aws, aws-us-gov or aws-cn.
        account: The hub's own account.
        region: The hub's own region.
        role_path: IAM path of every natrec role.
        table: Name of the hub's table.
        topic_arn: Topic of the central team's notices.
        routes_topic_arn: Topic of notices to whoever has a route.
        chat_topic_arn: Topic of Amazon Q Developer; empty where there is none.
        notices_url: Queue of notices on their way.
        dead_notices_url: Queue of notices that no channel took.
        reports_bucket: Bucket of reports, in the hub.
        archive_bucket: Bucket of flow log records, perhaps in another account.

    """

    namespace: str
    partition: str
    account: str
    region: str
    role_path: str
    table: str
    topic_arn: str
    routes_topic_arn: str
    chat_topic_arn: str
    notices_url: str
    dead_notices_url: str
    reports_bucket: str
    archive_bucket: str

    @property
    def names(self) -> Names:
        """The names of this installation."""
        return Names(self.namespace, self.role_path)

    @property
    def state_machine_arn(self) -> str:
        """The state machine of one recording."""
        return self._machine(self.names.state_machine)

    @property
    def sweep_machine_arn(self) -> str:
        """The state machine of one sweep."""
        return self._machine(self.names.sweep_machine)

    def _machine(self, name: str) -> str:
        return f"arn:{self.partition}:states:{self.region}:{self.account}:stateMachine:{name}"

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable of a field, as in `NATREC_TABLE`."""
        return f"NATREC_{field.upper()}"

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """The names of all fields."""
        return cls.__struct_fields__

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the process's environment.

        Raises:
            SettingsError: A variable is missing. The message never shows the environment.

        """
        given = {field: environment.get(cls.variable(field)) for field in cls.fields()}
        missing = [cls.variable(field) for field, value in given.items() if value is None]
        if missing:
            raise SettingsError(f"the function's environment lacks {', '.join(missing)}: run `natrec apply`")
        return cls(**{field: value for field, value in given.items() if value is not None})
