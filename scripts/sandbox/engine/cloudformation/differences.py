"""What a change set tells: each resource that is added, changed, removed or imported.

An approximation of AWS's own: a resource changes when its part of the template does, or a parameter that it
refers to; it is replaced when a property does that AWS's schema calls create-only.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scripts.sandbox.engine.cloudformation import schemas
from scripts.sandbox.engine.cloudformation.references import references
from scripts.sandbox.engine.cloudformation.template import Template

Change = dict[str, Any]


def changes(
    old: Template,
    new: Template,
    was: Mapping[str, str],
    given: Mapping[str, str],
    imported: Mapping[str, Mapping[str, str]],
    *,
    deleted: Collection[str] = (),
) -> list[Change]:
    """Every ResourceChange between two templates with their parameters.

    Args:
        old: The stack's template; one without resources where there is no stack.
        new: The change set's.
        was: The parameters that the stack was given.
        given: Those of the change set.
        imported: What is taken in, by logical id.
        deleted: What somebody has deleted and shall be made again.

    """
    before, after = dict(old.get("Resources") or {}), new.get("Resources") or {}
    for name in deleted:
        before.pop(name, None)
    moved = {name for name in _slots(new) if _value(old, was, name) != _value(new, given, name)}
    found = [*_gone(before, after), *_here(before, after, moved, imported)]
    return sorted(found, key=lambda change: str(change["LogicalResourceId"]))


def _slots(template: Template) -> Mapping[str, Any]:
    return template.get("Parameters") or {}


def _value(template: Template, given: Mapping[str, str], name: str) -> str:
    return str(given.get(name, _slots(template).get(name, {}).get("Default")))


def _gone(before: Template, after: Template) -> Iterator[Change]:
    for name in before.keys() - after.keys():
        yield _change("Remove", name, before[name])


def _here(
    before: Template, after: Template, moved: set[str], imported: Mapping[str, Mapping[str, str]]
) -> Iterator[Change]:
    for name, resource in after.items():
        if name in imported:
            yield _change("Import", name, resource)
        elif name not in before:
            yield _change("Add", name, resource)
        else:
            yield from _modified(name, before[name], resource, moved)


def _modified(name: str, old: Template, new: Template, moved: set[str]) -> Iterator[Change]:
    was, now = old.get("Properties") or {}, new.get("Properties") or {}
    changed = {
        key
        for key in was.keys() | now.keys()
        if was.get(key) != now.get(key) or moved & set(references(now.get(key)))
    }
    if not changed and old == new:
        return
    fixed = {
        path[0]
        for path in (schemas.create_only(new["Type"]) if schemas.exists(new["Type"]) else ())
        if schemas.part(was, path) != schemas.part(now, path)
        or moved & set(references(schemas.part(now, path)))
    }
    yield {
        **_change("Modify", name, new),
        "Replacement": "True" if fixed else "False",
        "Scope": ["Properties"] if changed else ["Metadata"],
        "Details": [
            {
                "Target": {
                    "Attribute": "Properties",
                    "Name": key,
                    "RequiresRecreation": "Always" if key in fixed else "Never",
                },
                "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
            for key in sorted(changed)
        ],
    }


def _change(action: str, name: str, resource: Template) -> Change:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": resource["Type"]}
