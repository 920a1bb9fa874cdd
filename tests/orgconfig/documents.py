"""Configs as plain values, for tests to vary."""

import copy
from typing import Any

Document = dict[str, Any]

_SMALLEST: Document = {
    "version": 1,
    "organization": {
        "id": "o-exampleorgid",
        "management_account": "111111111111",
        "hub": {"account": "222222222222", "region": "eu-west-1"},
        "archive": {"account": "333333333333", "bucket": "acme-natrec-archive"},
    },
    "targets": {"ous": ["r-ab12"], "regions": ["eu-west-1"]},
    "tiers": {"standard": {"threshold": "1 GB"}},
}


def config(**fields: object) -> Document:
    """The smallest valid config, with `fields` set.

    A field within a field is named with two underscores, as in `organization__hub__region`; the value
    `...` takes the field away.
    """
    document = copy.deepcopy(_SMALLEST)
    for name, value in fields.items():
        *above, last = name.split("__")
        at = document
        for part in above:
            at = at.setdefault(part, {})
        if value is ...:
            del at[last]
        else:
            at[last] = value
    return document
