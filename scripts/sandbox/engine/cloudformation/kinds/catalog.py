"""Glue's catalog and Athena's workgroups."""

from scripts.sandbox.engine.cloudformation.faults import Unsupported
from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only


class Database(Kind):
    """AWS::Glue::Database."""

    type = "AWS::Glue::Database"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the database."""
        place.call("glue", "create_database", DatabaseInput=properties["DatabaseInput"])
        return Made(properties["DatabaseInput"]["Name"])

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """UpdateDatabase replaces all of it."""
        place.call("glue", "update_database", Name=ref, DatabaseInput=properties["DatabaseInput"])
        return Made(ref)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the database."""
        place.client("glue").delete_database(Name=ref)


class Table(Kind):
    """AWS::Glue::Table."""

    type = "AWS::Glue::Table"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the table."""
        place.call("glue", "create_table", **only(properties, "DatabaseName", "TableInput"))
        return Made(properties["TableInput"]["Name"])

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:  # noqa: ARG002
        """UpdateTable replaces all of it."""
        place.call("glue", "update_table", **only(properties, "DatabaseName", "TableInput"))
        return Made(ref)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Delete the table."""
        place.client("glue").delete_table(DatabaseName=properties["DatabaseName"], Name=ref)


class WorkGroup(Kind):
    """AWS::Athena::WorkGroup."""

    type = "AWS::Athena::WorkGroup"
    name_property = "Name"

    def create(self, place: Place, properties: Properties) -> Made:
        """Create the workgroup."""
        values = only(properties, "Name", "Description", "Tags")
        configuration = properties.get("WorkGroupConfiguration", {})
        place.call("athena", "create_work_group", **values, Configuration=configuration)
        return Made(properties["Name"])

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Make it again: moto cannot update a workgroup, and it holds nothing."""
        if "Name" in before and before["Name"] != ref:
            raise Unsupported("renaming a workgroup")
        self.delete(place, ref, before)
        return self.create(place, properties)

    def delete(self, place: Place, ref: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the workgroup."""
        place.client("athena").delete_work_group(WorkGroup=ref, RecursiveDeleteOption=True)
