"""What a hub function is told by its environment; the template renders the same fields."""

import os

from pydantic import BaseModel, ConfigDict, Field

from orgconfig.names import Names


class Settings(BaseModel):
    """The environment of every hub function, one variable `NATREC_<FIELD>` per field.

    Raises:
        pydantic.ValidationError: A variable is missing. Its message never shows the environment.

    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    namespace: str = Field(description="The config's namespace")
    partition: str = Field(description="aws, aws-us-gov or aws-cn")
    account: str = Field(description="The hub's own account")
    region: str = Field(description="The hub's own region")
    role_path: str = Field(description="IAM path of every natrec role")
    table: str = Field(description="Name of the hub's table")
    topic_arn: str = Field(description="Topic of the central team's notices")
    routes_topic_arn: str = Field(description="Topic of notices to whoever has a route")
    chat_topic_arn: str = Field(description="Topic of Amazon Q Developer; empty where there is none")
    notices_url: str = Field(description="Queue of notices on their way")
    dead_notices_url: str = Field(description="Queue of notices that no channel took")
    reports_bucket: str = Field(description="Bucket of reports, in the hub")
    archive_bucket: str = Field(description="Bucket of flow log records, perhaps in another account")

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
    def from_environment(cls) -> "Settings":
        """Read the process's environment."""
        return cls.model_validate({field: os.environ.get(cls.variable(field)) for field in cls.model_fields})
