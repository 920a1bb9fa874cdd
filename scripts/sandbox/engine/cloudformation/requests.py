"""What a request to CloudFormation says: its template, parameters, tags and capabilities, checked."""

from urllib.parse import urlsplit

from moto.cloudformation.responses import CloudFormationResponse

from scripts.sandbox.engine.cloudformation.faults import refuse
from scripts.sandbox.engine.cloudformation.references import check_references, in_order
from scripts.sandbox.engine.cloudformation.resources import known_types
from scripts.sandbox.engine.cloudformation.template import BODY_LIMIT, URL_LIMIT, check_form, parse


def check_template(text: str) -> None:
    """Refuse a template that AWS refuses on receipt.

    Raises:
        ValidationError: Its form, its types or its references are wrong.

    """
    template = parse(text)
    check_form(template, known_types())
    check_references(template)
    in_order(template)


def template_of(request: CloudFormationResponse, previous: str | None = None) -> str:
    """The template that a request names, checked.

    Raises:
        ValidationError: None, too large a one, or one that AWS refuses.

    """
    body, url = request._get_param("TemplateBody"), request._get_param("TemplateURL")
    limit, where = (URL_LIMIT, "templateURL") if url else (BODY_LIMIT, "templateBody")
    if url:
        try:
            body = request._get_stack_from_s3_url(_at_amazon(url))
        except Exception as problem:
            raise refuse(f"S3 error: Access Denied ({problem})") from problem
    elif not body and previous is not None and request._get_bool_param("UsePreviousTemplate"):
        return previous
    if not body:
        raise refuse("Either Template URL or Template Body must be specified.")
    if len(body.encode()) > limit:
        raise refuse(
            f"1 validation error detected: Value at '{where}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {limit}"
        )
    check_template(body)
    return str(body)


def _at_amazon(url: str) -> str:
    """Moto knows S3 by Amazon's hosts only; the endpoint's own URLs hold the bucket in their path too."""
    parts = urlsplit(url)
    return (
        url if parts.hostname and "amazonaws" in parts.hostname else f"https://s3.amazonaws.com{parts.path}"
    )


def parameters_of(request: CloudFormationResponse, previous: dict[str, str] | None = None) -> dict[str, str]:
    """The parameters of a request, previous values taken over where asked."""
    values = {}
    for entry in request._get_param("Parameters", []):
        key = entry["ParameterKey"]
        if str(entry.get("UsePreviousValue", "")).lower() != "true":
            values[key] = entry.get("ParameterValue", "")
        elif previous is None:
            raise refuse(f"Parameter {key}: UsePreviousValue is allowed in an update only")
        elif key in previous:
            values[key] = previous[key]
    return values


def tags_of(request: CloudFormationResponse) -> dict[str, str]:
    """The tags of a request."""
    return {entry["Key"]: entry["Value"] for entry in request._get_param("Tags", [])}


def capabilities_of(request: CloudFormationResponse) -> list[str]:
    """What the caller acknowledges."""
    return list(request._get_param("Capabilities", []))
