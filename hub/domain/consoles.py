"""Links into AWS's console: they carry no right, and ask whoever opens them to sign in."""

from urllib.parse import quote

from hub.domain.gateways import GatewayRef

# The console of each partition (IAM User Guide, "AWS service endpoints and consoles by partition"; AWS
# European Sovereign Cloud User Guide, "Endpoints").
_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-eusc": "console.amazonaws-eusc.eu",
}


# By what a region's name begins with (AWS General Reference, "Regions and Zones"); the isolated partitions'
# consoles are not public, so theirs are none.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-iso": "aws-iso",
    "eu-iso": "aws-iso",
}


def partition_of(region: str) -> str:
    """Which partition a region belongs to."""
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")


def console(partition: str, region: str) -> str | None:
    """Where the console of a region begins, without a slash at the end; None where that is not known."""
    host = _HOSTS.get(partition)
    return host and f"https://{region}.{host}"


def page_link(execution: str, report: str) -> str:
    """Where people read a report: its page stands beside the document.

    Args:
        execution: ARN of an execution in the bucket's account.
        report: The document, as in `s3://bucket/key.json`.

    """
    return object_link(execution, report.removesuffix(".json") + ".html")


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


def gateway_link(gateway: GatewayRef) -> str | None:
    """The console's page of a gateway; None where the partition's console is not known."""
    home = console(partition_of(gateway.region), gateway.region)
    page = f"#NatGatewayDetails:natGatewayId={quote(gateway.gateway, safe='')}"
    return home and f"{home}/vpcconsole/home?region={gateway.region}{page}"


def alarm_link(region: str, alarm: str) -> str | None:
    """The console's page of an alarm, whose name may hold anything; None where it is not known."""
    home = console(partition_of(region), region)
    return home and f"{home}/cloudwatch/home?region={region}#alarmsV2:alarm/{quote(alarm, safe='')}"


def execution_link(execution: str) -> str | None:
    """The console's page of an execution, by its ARN; None where it is not known."""
    _, partition, _, region, *_ = execution.split(":")
    home = console(partition, region)
    page = f"#/v2/executions/details/{quote(execution, safe=':')}"
    return home and f"{home}/states/home?region={region}{page}"
