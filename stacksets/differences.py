"""What would change in a stack, resource by resource, found out without asking CloudFormation to change it.

`plan` only reads, so it makes no change set: it compares the stack's own template with the rendered one.
`apply` makes the real change set and shows that.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stacksets.templates import Template, parse

# Properties whose change makes CloudFormation put a new resource in the old one's place, of the types that
# natrec's stacks have: their paths (`createOnlyProperties` of the resource schemas).
CREATE_ONLY: Mapping[str, frozenset[str]] = {
    "AWS::Athena::WorkGroup": frozenset({"Name"}),
    "AWS::CloudWatch::Alarm": frozenset({"AlarmName"}),
    "AWS::CloudWatch::Dashboard": frozenset({"DashboardName"}),
    "AWS::DynamoDB::Table": frozenset({"TableName", "ImportSourceSpecification"}),
    "AWS::Events::EventBus": frozenset({"Name"}),
    "AWS::Events::EventBusPolicy": frozenset({"EventBusName", "StatementId"}),
    "AWS::Events::Rule": frozenset({"Name"}),
    "AWS::Glue::Database": frozenset({"DatabaseName"}),
    "AWS::Glue::Table": frozenset({"CatalogId", "DatabaseName", "Name", "TableInput.Name"}),
    "AWS::IAM::Role": frozenset({"Path", "RoleName"}),
    "AWS::KMS::Key": frozenset(),
    "AWS::Lambda::EventInvokeConfig": frozenset({"FunctionName", "Qualifier"}),
    "AWS::Lambda::EventSourceMapping": frozenset(
        {"EventSourceArn", "SelfManagedEventSource", "StartingPosition", "StartingPositionTimestamp"}
    ),
    "AWS::Lambda::Function": frozenset({"FunctionName", "PackageType", "TenancyConfig"}),
    "AWS::Lambda::Permission": frozenset(
        {
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "InvokedViaFunctionUrl",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        }
    ),
    "AWS::Logs::LogGroup": frozenset({"LogGroupName"}),
    "AWS::S3::Bucket": frozenset({"BucketName", "BucketNamePrefix", "BucketNamespace"}),
    "AWS::S3::BucketPolicy": frozenset({"Bucket"}),
    "AWS::SNS::Subscription": frozenset({"Endpoint", "Protocol", "TopicArn"}),
    "AWS::SNS::Topic": frozenset({"FifoTopic", "TopicName"}),
    "AWS::SNS::TopicPolicy": frozenset(),
    "AWS::SQS::Queue": frozenset({"FifoQueue", "QueueName"}),
    "AWS::SQS::QueuePolicy": frozenset(),
    "AWS::Scheduler::ScheduleGroup": frozenset({"Name"}),
    "AWS::StepFunctions::StateMachine": frozenset({"StateMachineName", "StateMachineType"}),
}


@dataclass(frozen=True)
class Difference:
    """How a stack would differ.

    Attributes:
        words: In a few words; empty where nothing differs.
        lines: One for each resource: what would be done with it, and to which of its properties.

    """

    words: str
    lines: tuple[str, ...] = ()


def difference(deployed: str, wanted: str, was: Mapping[str, str], given: Mapping[str, str]) -> Difference:
    """Compare two templates with the values of their parameters.

    Args:
        deployed: The stack's template.
        wanted: The rendered one.
        was: The values that the stack has.
        given: Those that it would get.

    """
    moved = sorted(name for name, value in given.items() if was.get(name) != value)
    old, new = parse(deployed).get("Resources", {}), parse(wanted).get("Resources", {})
    lines = tuple(sorted([*_removed(old, new), *_kept(old, new, set(moved))]))
    words = [
        *([f"its template differs in {len(lines)} resources"] if deployed != wanted and lines else []),
        *(
            ["its template differs in outputs, parameters or words only"]
            if deployed != wanted and not lines
            else []
        ),
        *([f"{', '.join(moved)} differs"] if moved and deployed == wanted else []),
    ]
    return Difference("; ".join(words), lines)


def of_new_stack(text: str, taken_over: Collection[str] = ()) -> tuple[str, ...]:
    """The same lines of a stack that is not there yet.

    Args:
        text: Its template.
        taken_over: Logical ids of what an earlier stack left behind.

    """
    resources = parse(text).get("Resources", {})
    words = {name: "import" if name in taken_over else "add" for name in resources}
    return tuple(sorted(_line(words[name], name, each["Type"]) for name, each in resources.items()))


def of_change_set(changes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The same lines of a change set's own Changes (API Reference, ResourceChange)."""
    for each in changes:
        change = each.get("ResourceChange", {})
        action, replaces = str(change.get("Action", "")).lower(), change.get("Replacement", "False")
        names = {
            detail["Target"]["Name"]
            for detail in change.get("Details", ())
            if detail.get("Target", {}).get("Name")
        }
        word = {"True": "replace", "Conditional": "perhaps replace"}.get(replaces, action)
        yield _line(word, change.get("LogicalResourceId", ""), change.get("ResourceType", ""), sorted(names))


def _removed(old: Template, new: Template) -> Iterator[str]:
    for name in old.keys() - new.keys():
        keeps = (
            "" if old[name].get("DeletionPolicy", "Delete") == "Delete" else ", which stays in the account"
        )
        yield f"{_line('remove', name, old[name]['Type'])}{keeps}"


def _kept(old: Template, new: Template, moved: set[str]) -> Iterator[str]:
    for name, resource in new.items():
        if name not in old:
            yield _line("add", name, resource["Type"])
            continue
        before = old[name]
        changed = sorted(_changed(before.get("Properties") or {}, resource.get("Properties") or {}, moved))
        if before["Type"] != resource["Type"]:
            yield _line("replace", name, resource["Type"], ["Type"])
        elif changed:
            yield _line(_word(resource["Type"], changed), name, resource["Type"], changed)
        elif before != resource:
            yield _line("modify", name, resource["Type"], ["its own attributes"])


def _word(kind: str, changed: Iterable[str]) -> str:
    """Whether these changed paths touch what is never changed: something in it, or all that it is in."""
    fixed, paths = [f"{each}." for each in CREATE_ONLY.get(kind, ())], [f"{each}." for each in changed]
    touched = any(path.startswith(each) or each.startswith(path) for path in paths for each in fixed)
    return "replace" if touched else "modify"


def _changed(old: Any, new: Any, moved: set[str], path: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    """The paths of what differs, as deep as both are mappings; a reference to what has moved differs too."""
    if isinstance(old, dict) and isinstance(new, dict) and not _is_function(old) and not _is_function(new):
        for key in old.keys() | new.keys():
            here = f"{path}.{key}" if path else str(key)
            if key in old and key in new:
                yield from _changed(old[key], new[key], moved, here)
            else:
                yield here
    elif old != new or any(_refers(new, name) for name in moved):
        yield path


def _is_function(value: Mapping[str, Any]) -> bool:
    (name,) = value if len(value) == 1 else ("",)
    return name == "Ref" or name.startswith("Fn::")


def _refers(value: Any, name: str) -> bool:  # noqa: ANN401 - any part of a template
    if isinstance(value, dict):
        sub = value.get("Fn::Sub")
        text = sub if isinstance(sub, str) else sub[0] if isinstance(sub, list) else ""
        return (
            value.get("Ref") == name
            or f"${{{name}}}" in text
            or any(_refers(e, name) for e in value.values())
        )
    return isinstance(value, list) and any(_refers(each, name) for each in value)


def _line(word: str, name: str, kind: str, properties: Iterable[str] = ()) -> str:
    shown = ", ".join(properties)
    return f"{word:7} {name} ({kind}){f': {shown}' if shown else ''}"
