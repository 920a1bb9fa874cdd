"""The hub's own functions, state machines and topics: CloudFormation does not see that somebody deleted one.

Source: Lambda Developer Guide, "Lambda function states" (only what is Active, or wakes up at a call because
it has been Inactive, can be invoked); Step Functions API Reference, "DescribeStateMachine" (a machine that is
being deleted is DELETING).
"""

from stacksets.doctor.checks import Check, Place, Verdict, ill, well
from stacksets.inspection.installation import Installation
from stacksets.inspection.parts import PartSeen, parts
from stacksets.inspection.rendered import Rendered

_WORKS = ("ACTIVE", "INACTIVE")


def read_parts(installation: Installation, place: Place) -> list[PartSeen]:
    """What the template names, and what there is of it."""
    desired = Rendered(installation.hub_text, place, installation.partition)
    return parts(lambda service: installation.client(place, service), desired)


def judge_parts(seen: list[PartSeen]) -> Verdict:
    """A recording needs every one of them, from its onset to its report."""
    gone = [str(each) for each in seen if each.state is None]
    if gone:
        return ill(
            f"of the hub's stack {len(gone)} {'is' if len(gone) == 1 else 'are'} gone: {', '.join(gone)}",
            "See `natrec plan`, then `natrec apply`: it puts them back.",
        )
    idle = [each for each in seen if each.state not in _WORKS]
    if idle:
        told = "; ".join(
            f"{each.kind} {each.name} is {each.state}{f': {each.reason}' if each.reason else ''}"
            for each in idle
        )
        return ill(told, "Ask again in a minute; where it stays so, see it in AWS's console.")
    return well(f"all {len(seen)} functions, state machines and topics are there")


CHECKS = (Check("hub parts", "hub", read_parts, judge_parts),)
