"""The hub's key: without it the table, the queues and the topics of the hub are closed to everybody.

Source: DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes" (a table whose key cannot be used
is archived after seven days); KMS Developer Guide, "Key states of AWS KMS keys".
"""

from dataclasses import dataclass

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.installation import Installation


@dataclass(frozen=True)
class HubKeySeen:
    """What the table names as its key.

    Attributes:
        wanted: Whether the config wants one.
        key: Its ARN; None where there is no table, or it names none.
        state: As KMS has it; None where there is no such key.

    """

    wanted: bool
    key: str | None = None
    state: str | None = None


def read_hub_key(installation: Installation, place: Place) -> HubKeySeen:
    """The table's key, asked of KMS."""
    wanted = installation.config.organization.archive.keyed
    client, kms = installation.client(place, "dynamodb"), installation.client(place, "kms")
    try:
        table = client.describe_table(TableName=installation.config.names.table)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return HubKeySeen(wanted)
    key: str | None = table.get("SSEDescription", {}).get("KMSMasterKeyArn")
    if key is None:
        return HubKeySeen(wanted)
    try:
        return HubKeySeen(wanted, key, kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"])
    except kms.exceptions.NotFoundException:
        return HubKeySeen(wanted, key)


def judge_hub_key(seen: HubKeySeen) -> Verdict:
    """A key that is disabled stops the hub: no alarm is answered until it is enabled again."""
    if not seen.wanted:
        return well("the config wants none")
    if seen.key is None:
        return ill("the hub's table is under no key, and the config wants one", "`natrec apply` sets it.")
    if seen.state != "Enabled":
        return ill(
            f"the hub's key {seen.key} is {seen.state or 'not there'}: the hub answers no alarm, and what it "
            "keeps cannot be read",
            "Cancel its deletion (aws kms cancel-key-deletion) and enable it (aws kms enable-key); after "
            "seven days DynamoDB archives the table.",
        )
    return well("the hub's key is enabled")


CHECKS = (Check("hub key", "hub", read_hub_key, judge_hub_key),)
