"""Links into AWS's console: they carry no right, and ask whoever opens them to sign in."""

from urllib.parse import quote

# The console of each partition (IAM User Guide, "AWS service endpoints and consoles by partition"; AWS
# European Sovereign Cloud User Guide, "Endpoints").
_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-eusc": "console.amazonaws-eusc.eu",
}


def console(partition: str, region: str) -> str | None:
    """Where the console of a region begins, without a slash at the end; None where that is not known."""
    host = _HOSTS.get(partition)
    return host and f"https://{region}.{host}"


def object_link(execution: str, url: str) -> str:
    """The console's page of one object in S3, where a person opens or downloads it.

    Args:
        execution: ARN of an execution in the bucket's account; it names partition and region.
        url: The object, as in `s3://bucket/key`.

    Returns:
        The link; the object's own URL where the partition's console is not known, for no link is better than
        a wrong one.

    """
    _, partition, _, region, *_ = execution.split(":")
    bucket, _, key = url.removeprefix("s3://").partition("/")
    home = console(partition, region)
    if home is None:
        return url
    return f"{home}/s3/object/{quote(bucket)}?region={region}&prefix={quote(key)}"
