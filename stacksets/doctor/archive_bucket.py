"""The archive's bucket: log delivery of this organization must be let in, and nobody without TLS.

Source: VPC User Guide, "Publish flow logs to Amazon S3" (the bucket's policy).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.doctor.principals import DELIVERY, archive_reader, delivery_keys
from stacksets.inspection.asking import NotAskedError, asking, code_of
from stacksets.inspection.control import rule
from stacksets.inspection.installation import Installation
from stacksets.inspection.rendered import Rendered
from stacksets.inspection.statements import Asked, Outcome, decide, statements_of

_NO_BUCKET = ("404", "NoSuchBucket", "NotFound")
_PASTE = "Put this into the policy of bucket {bucket}, or undo by hand what was done by hand."


@dataclass(frozen=True)
class BucketSeen:
    """The bucket as it was read.

    Attributes:
        bucket: Its name.
        exists: Whether there is one that may be looked at.
        writes: What its policy says to log delivery that puts a record.
        looks: What it says to log delivery that looks at the bucket.
        reads: What it says to the hub's reports that read a record.
        in_the_clear: What it says to a request without TLS.
        blocked: Whether all public access is blocked.
        forbidden: Which resource control policy keeps log delivery out, or may; empty where none does.
        wanted: The policy that the template gives it.

    """

    bucket: str
    exists: bool
    writes: Outcome = "unmentioned"
    looks: Outcome = "unmentioned"
    reads: Outcome = "unmentioned"
    in_the_clear: Outcome = "unmentioned"
    blocked: bool = False
    forbidden: str = ""
    wanted: Mapping[str, Any] | None = None


def read_bucket(installation: Installation, place: Place) -> BucketSeen:
    """The bucket's policy, asked as log delivery and as the hub."""
    client, bucket = installation.client(place, "s3"), installation.config.organization.archive.bucket
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as problem:
        if code_of(problem) not in _NO_BUCKET:
            raise
        return BucketSeen(bucket, exists=False)
    statements = statements_of(_or_nothing(lambda: client.get_bucket_policy(Bucket=bucket)["Policy"]))
    block = _or_nothing(
        lambda: client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    )
    arn = f"arn:{installation.partition}:s3:::{bucket}"
    prefix = f"{arn}/{installation.config.names.record_prefix}AWSLogs"
    delivery = delivery_keys(installation)
    record = f"{prefix}/aws-account-id={delivery['aws:SourceAccount']}/record"
    role, reader = archive_reader(installation)
    open_keys = {**reader, "aws:SecureTransport": "false"}
    wanted = Rendered(installation.archive_text, place, installation.partition).properties("ArchivePolicy")[
        "PolicyDocument"
    ]

    def says(principal: str, action: str, resource: str, keys: Mapping[str, str | None]) -> Outcome:
        return decide(statements, Asked(principal, action, resource, keys)).outcome

    return BucketSeen(
        bucket,
        exists=True,
        writes=says(DELIVERY, "s3:PutObject", record, delivery),
        looks=says(DELIVERY, "s3:GetBucketAcl", arn, delivery),
        reads=says(role, "s3:GetObject", record, reader),
        in_the_clear=says(role, "s3:GetObject", record, open_keys),
        blocked=bool(block) and all(block.values()),
        forbidden=_forbidden(installation, Asked(DELIVERY, "s3:PutObject", record, delivery)),
        wanted=wanted,
    )


def _forbidden(installation: Installation, asked: Asked) -> str:
    """Which resource control policy keeps log delivery out of the archive's account."""
    try:
        with asking():
            levels = installation.resource_control.levels(installation.archive.account)
    except NotAskedError as problem:
        return f"one that could not be read ({problem.what})"
    ruling = rule(levels, asked)
    return "" if ruling.outcome == "allowed" else str(ruling.policy or f"that of {ruling.target}")


def judge_bucket(seen: BucketSeen) -> Verdict:
    """Log delivery must be let in, the hub must read, nobody without TLS, nothing public."""
    if not seen.exists:
        return ill(f"there is no bucket {seen.bucket}", "`natrec apply` makes it.")
    paste = _PASTE.format(bucket=seen.bucket)
    faults = (
        (seen.writes, "does not let log delivery of this organization write records"),
        (seen.looks, "does not let log delivery look at the bucket"),
        (seen.reads, "does not let the hub's reports read records"),
    )
    for outcome, words in faults:
        if outcome == "unclear":
            words = f"has conditions that cannot be judged from here; perhaps it {words}"  # noqa: PLW2901
        if outcome != "allowed":
            return ill(f"the policy of bucket {seen.bucket} {words}", paste, seen.wanted)
    if seen.forbidden:
        return ill(
            f"a resource control policy keeps log delivery from {seen.bucket}, or may: {seen.forbidden}",
            "Exempt log delivery in it: aws:PrincipalIsAWSService with aws:SourceOrgID of this organization.",
        )
    if seen.in_the_clear != "denied":
        return ill(f"bucket {seen.bucket} may be reached without TLS", paste, seen.wanted)
    if not seen.blocked:
        return ill(
            f"public access to bucket {seen.bucket} is not blocked",
            f"aws s3api put-public-access-block --bucket {seen.bucket} --public-access-block-configuration "
            "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        )
    return well("log delivery of this organization may write, the hub may read, nobody without TLS")


def _or_nothing(call: Any) -> Any:  # noqa: ANN401 - whatever S3 answers
    """What S3 answers, or None where it says that there is no such setting."""
    try:
        return call()
    except ClientError as problem:
        if not code_of(problem).startswith("NoSuch"):
            raise
        return None


CHECKS = (Check("archive bucket", "archive", read_bucket, judge_bucket),)
