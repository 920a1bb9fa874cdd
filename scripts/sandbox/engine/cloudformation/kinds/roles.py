"""IAM roles; moto's own type cannot change one in place."""

import json

from scripts.sandbox.engine.cloudformation.kinds.base import Kind, Made, Place, Properties, only


class Role(Kind):
    """AWS::IAM::Role with its inline and managed policies."""

    type = "AWS::IAM::Role"
    name_property = "RoleName"

    def create(self, place: Place, properties: Properties) -> Made:
        """CreateRole, then its policies."""
        values = only(
            properties, "RoleName", "Path", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration"
        )
        values |= only(properties, "PermissionsBoundary", "Tags")
        role = place.call("iam", "create_role", **values)["Role"]
        name = role["RoleName"]
        try:
            self._policies(place, name, properties, {})
        except Exception:
            self.delete(place, name, properties)
            raise
        return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def _policies(self, place: Place, name: str, properties: Properties, before: Properties) -> None:
        iam = place.client("iam")
        new = {p["PolicyName"]: p["PolicyDocument"] for p in properties.get("Policies", [])}
        for gone in {p["PolicyName"] for p in before.get("Policies", [])} - set(new):
            iam.delete_role_policy(RoleName=name, PolicyName=gone)
        for policy, document in new.items():
            text = document if isinstance(document, str) else json.dumps(document)
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)
        wanted, had = (set(p.get("ManagedPolicyArns", [])) for p in (properties, before))
        for arn in sorted(had - wanted):
            iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        for arn in sorted(wanted - had):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)

    def update(self, place: Place, ref: str, properties: Properties, before: Properties) -> Made:
        """Everything but name and path changes in place."""
        iam = place.client("iam")
        place.call(
            "iam",
            "update_assume_role_policy",
            RoleName=ref,
            PolicyDocument=properties["AssumeRolePolicyDocument"],
        )
        place.call(
            "iam", "update_role", RoleName=ref, **only(properties, "Description", "MaxSessionDuration")
        )
        boundary = properties.get("PermissionsBoundary")
        if boundary and boundary != before.get("PermissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=ref, PermissionsBoundary=boundary)
        elif before.get("PermissionsBoundary") and not boundary:
            iam.delete_role_permissions_boundary(RoleName=ref)
        if properties.get("Tags", []) != before.get("Tags", []):
            iam.untag_role(RoleName=ref, TagKeys=[t["Key"] for t in before.get("Tags", [])])
            place.call("iam", "tag_role", RoleName=ref, Tags=properties.get("Tags", []))
        self._policies(place, ref, properties, before)
        role = iam.get_role(RoleName=ref)["Role"]
        return Made(ref, {"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def delete(self, place: Place, ref: str, properties: Properties) -> None:
        """Take everything off the role, then delete it."""
        iam = place.client("iam")
        for policy in iam.list_role_policies(RoleName=ref)["PolicyNames"]:
            iam.delete_role_policy(RoleName=ref, PolicyName=policy)
        for arn in properties.get("ManagedPolicyArns", []):
            iam.detach_role_policy(RoleName=ref, PolicyArn=arn)
        iam.delete_role(RoleName=ref)
