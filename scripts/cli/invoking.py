"""The hub's functions, for whoever asks one by hand."""

import json
from collections.abc import Mapping
from typing import Any

from orgconfig.errors import NatrecError

DEPLOYED = "Is it deployed? See `natrec status`."


def invoked(client: Any, function: str, asked: Mapping[str, Any], *, doing: str, advice: str) -> Any:  # noqa: ANN401 - a client, and any JSON
    """What a function answers.

    Args:
        client: Lambda in the hub's account and region.
        function: Its name.
        asked: Its event.
        doing: What it could not do, should it fail, as in `stop rec-1`.
        advice: What to do then.

    Raises:
        NatrecError: It is not there, or failed.

    """
    try:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(asked))
    except client.exceptions.ResourceNotFoundException as missing:
        raise NatrecError(f"the hub has no function {function}", next=DEPLOYED) from missing
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise NatrecError(f"the hub could not {doing}: {said.get('errorMessage', said)}", next=advice)
    return said
