"""Every check, in the order in which they are told: what stops everybody first."""

from stacksets.doctor import (
    alarms,
    archive_bucket,
    archive_key,
    flow_logs,
    hub,
    hub_key,
    limits,
    notices,
    organization,
    parts,
    rules,
    spoke,
    stack,
)
from stacksets.doctor.checks import Check

CHECKS: tuple[Check, ...] = (
    *organization.CHECKS,
    *stack.CHECKS,
    *parts.CHECKS,
    *hub_key.CHECKS,
    *hub.CHECKS,
    *archive_bucket.CHECKS,
    *archive_key.CHECKS,
    *notices.CHECKS,
    *limits.CHECKS,
    *flow_logs.CHECKS,
    *spoke.CHECKS,
    *rules.CHECKS,
    *alarms.CHECKS,
)
