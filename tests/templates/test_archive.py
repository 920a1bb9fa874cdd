"""The stack of the archive."""

from orgconfig.models import OrgConfig
from tests.templates.reading import Template


def _policy(archive: Template) -> dict[str, dict[str, object]]:
    return {each["Sid"]: each for each in archive["ArchivePolicy"]["PolicyDocument"]["Statement"]}


def test_the_key_is_the_one_that_the_config_names(archive: Template, config: OrgConfig) -> None:
    (rule,) = archive["Archive"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    chosen = rule["ServerSideEncryptionByDefault"]
    expected: dict[str, object] = {
        "managed": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["ArchiveKey", "Arn"]}},
        "none": {"SSEAlgorithm": "AES256"},
    }
    kms = config.organization.archive.kms
    assert chosen == expected.get(kms, {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms})
    assert ("ArchiveKey" in archive.document["Resources"]) == (kms == "managed")
    assert rule.get("BucketKeyEnabled", False) == (kms != "none")


def test_log_delivery_is_admitted_for_this_organization_only(archive: Template, config: OrgConfig) -> None:
    policies = [archive["ArchivePolicy"]["PolicyDocument"]]
    policies += [key["KeyPolicy"] for key in archive.of_type("AWS::KMS::Key").values()]
    found = [
        statement
        for policy in policies
        for statement in policy["Statement"]
        if statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    ]
    assert len(found) == 1 + len(policies)
    for statement in found:
        assert statement["Condition"]["StringEquals"] == {"aws:SourceOrgID": config.organization.id}


def test_records_are_written_below_our_prefix_only(archive: Template, config: OrgConfig) -> None:
    write = _policy(archive)["LogDeliveryWrites"]
    assert write["Action"] == "s3:PutObject"
    assert write["Resource"] == {"Fn::Sub": f"${{Archive.Arn}}/{config.namespace}/AWSLogs/*"}


def test_the_hub_reads_by_a_role_that_need_not_exist_yet(archive: Template, config: OrgConfig) -> None:
    hub, path = config.organization.hub.account, config.iam.role_path
    role = f"arn:${{AWS::Partition}}:iam::{hub}:role{path}{config.namespace}-hub-"
    # Athena reads as whoever asks it: the state machine. The function only lists.
    asking, listing = {"Fn::Sub": f"{role}recording"}, {"Fn::Sub": f"{role}write-report"}
    admitted: dict[str, object] = {
        "ReportsOfTheHubList": [asking, listing],
        "ReportsOfTheHubFindTheRegion": asking,
        "ReportsOfTheHubRead": asking,
    }
    for name, roles in admitted.items():
        statement = _policy(archive)[name]
        assert statement["Principal"] == {"AWS": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{hub}:root"}}
        assert isinstance(statement["Condition"], dict)
        assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": roles}


def test_its_outputs_name_bucket_and_key(archive: Template, config: OrgConfig) -> None:
    keyed = config.organization.archive.kms != "none"
    assert set(archive.document["Outputs"]) == {"ArchiveBucket", *(["ArchiveKeyArn"] if keyed else [])}
