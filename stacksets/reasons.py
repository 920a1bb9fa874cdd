"""Why an instance of the stack set is not there, in words, and what to do about it.

CloudFormation has no codes for it, only the text of StatusReason. Each pattern's source stands beside it:
CloudFormation User Guide, "Troubleshooting StackSets" (common reasons) and "Prepare to perform StackSet
operations in Regions that are disabled by default"; IAM User Guide, "Troubleshoot access denied error
messages"; public issues of systems that use stack sets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

Kind = Literal["failed", "skipped"]
_AGAIN = "Then run `natrec apply` again."
_REMNANT = f"If it is a remnant of an earlier installation delete it, else use another `namespace`. {_AGAIN}"


@dataclass(frozen=True)
class Reason:
    """One reason.

    Attributes:
        kind: `skipped` where natrec has no business there: nothing is wrong with the roll-out.
        what: What it is, without account and region.
        advice: What to do about it.
        told: CloudFormation's own text; empty where it gave none.

    """

    kind: Kind
    what: str
    advice: str
    told: str = ""

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True)
class _Known:
    pattern: re.Pattern[str]
    kind: Kind
    what: str
    advice: str


def _known(pattern: str, kind: Kind, what: str, advice: str) -> _Known:
    return _Known(re.compile(pattern, re.IGNORECASE | re.DOTALL), kind, what, advice)


# The first that matches counts. `{name}` is a named group of the pattern.
_TABLE = (
    # StackInstanceComprehensiveStatus, SKIPPED_SUSPENDED_ACCOUNT.
    _known(
        r"SKIPPED_SUSPENDED_ACCOUNT|account (\d+ )?is suspended",
        "skipped",
        "the account is suspended",
        "Nothing: it is covered when it is active again and `natrec apply` is run.",
    ),
    # User Guide, opt-in regions: the target account must have the region enabled. Requests into a region that
    # is not enabled are answered as if their token were invalid (STS, "Activating and deactivating STS").
    _known(
        r"region[^.]{0,60}(disabled|not enabled|not opted)|opt(ed)?[- ]in|not subscribed|OptInRequired"
        r"|InvalidClientTokenId|UnrecognizedClientException|token included in the request is invalid",
        "skipped",
        "the region is not enabled in this account",
        "Enable it there (Account Management, EnableRegion) if gateways run in it, then run "
        "`natrec apply --retry-skipped`.",
    ),
    # superwerker #291, aws-control-tower-customizations #109.
    _known(
        r"should have '(?P<role>[^']+)' role with trust relationship",
        "skipped",
        "the account is not enrolled: it lacks the role {role}",
        "Enrol it (Control Tower), or leave it out with targets.exclude_accounts; then run "
        "`natrec apply --retry-skipped`.",
    ),
    _known(
        r"StackSet was cancelled|Cancelled since failure tolerance|CANCELLED|operation (was )?stopped",
        "failed",
        "not tried: the operation was stopped",
        "Run `natrec apply` again.",
    ),
    _known(
        r"explicit deny in a service control policy",
        "failed",
        "a service control policy (SCP) denies {action}",
        "Exempt the principals arn:*:iam::*:role/stacksets-exec-* in that policy. " + _AGAIN,
    ),
    _known(
        r"explicit deny in a (permissions boundary|resource control policy)",
        "failed",
        "a permissions boundary or resource control policy denies {action}",
        "Let arn:*:iam::*:role/stacksets-exec-* do it. " + _AGAIN,
    ),
    # IAM API reference, CreateRole: NoSuchEntity for a boundary that is not there.
    _known(
        r"(scope ARN|boundary)[^.]*(does not exist|not attachable|not found)|NoSuchEntity[^.]*polic",
        "failed",
        "the permissions boundary is missing in this account",
        "Create the policy that iam.permissions_boundary names there. " + _AGAIN,
    ),
    _known(
        r"(ResourceType:\w+::\w+::(?P<type>\w+).*?)?(?<![\w./+=@-])(?P<name>[\w./+=@-]++) already exists",
        "failed",
        "a {type} of natrec's name exists there already: {name}",
        _REMNANT,
    ),
    _known(r"AlreadyExists", "failed", "something of natrec's name exists there already", _REMNANT),
    _known(
        r"LimitExceeded|limit exceeded|quota|maximum number|cannot exceed",
        "failed",
        "a quota of the account is used up",
        "Ask for more (Service Quotas), or remove what is not needed there. " + _AGAIN,
    ),
    _known(
        r"(UPDATE_ROLLBACK_FAILED|DELETE_FAILED|ROLLBACK_FAILED)",
        "failed",
        "its stack is stuck in {0}",
        "In that account and region: continue the update rollback, or delete the stack. " + _AGAIN,
    ),
    _known(
        r"ROLLBACK_COMPLETE",
        "failed",
        "its stack could not be made and was rolled back",
        "Look at the stack's first failed event there. " + _AGAIN,
    ),
    # superwerker #171: StackSets makes stacksets-exec-* just before it uses it, and IAM is slow.
    _known(
        r"assumed-role/stacksets-exec-[^ ]+ is not authorized to perform: (?P<action>[\w-]+:\w+)",
        "failed",
        "the role of StackSets in the account may not call {action} (yet)",
        "Run `natrec apply` again: a new role takes effect within minutes. If it stays, look for an SCP.",
    ),
    _known(
        r"AccessDenied|not authorized to perform|UnauthorizedOperation",
        "failed",
        "{action} is denied in this account",
        "Look for an SCP or a permissions boundary that denies it to stacksets-exec-*. " + _AGAIN,
    ),
    _known(
        r"Throttling|Rate exceeded|TooManyRequests",
        "failed",
        "AWS was too busy",
        "Run `natrec apply` again.",
    ),
    # StackInstanceSummary, INOPERABLE: excluded from updates.
    _known(
        r"INOPERABLE",
        "failed",
        "its stack could not be deleted",
        "Delete the stack by hand in that account and region. " + _AGAIN,
    ),
)
_ACTION = re.compile(r"(?:perform|action):? ?'?(?P<action>[a-z0-9-]+:[A-Za-z]+)")
_STATUSES = "Look at the stack's events in that account and region. " + _AGAIN


@lru_cache(maxsize=1 << 16)  # a plan asks several times about each of its instances
def explain(told: str, detailed: str = "") -> Reason:
    """Put a reason of CloudFormation's into words.

    Args:
        told: StatusReason of an instance, of an operation's result or of a stack.
        detailed: DetailedStatus of the instance, which some reasons are only told by.

    """
    for known in _TABLE:
        found = known.pattern.search(told) or known.pattern.search(detailed)
        if found:
            return Reason(known.kind, _filled(known.what, found, told), known.advice, told)
    return Reason("failed", told or "CloudFormation gave no reason", _STATUSES, told)


def explain_instance(instance: Mapping[str, Any]) -> Reason:
    """Put into words why an instance, as ListStackInstances has it, is not current."""
    detailed = str((instance.get("StackInstanceStatus") or {}).get("DetailedStatus") or "")
    return explain(str(instance.get("StatusReason") or ""), detailed or str(instance.get("Status") or ""))


def _filled(what: str, found: re.Match[str], told: str) -> str:
    action = _ACTION.search(told)
    named = {name: text for name, text in found.groupdict().items() if text}
    given = {"action": action["action"] if action else "a call", **named}
    return what.format(found[0], **{**given, "type": _kind(found)})


def _kind(found: re.Match[str]) -> str:
    """The last part of a resource type, as in `role`."""
    return str(found.groupdict().get("type") or "resource").lower()
