"""Which recording policy applies."""

from typing import TYPE_CHECKING

from orgconfig.policy import Policy, RecordingPolicy

if TYPE_CHECKING:
    from orgconfig.models import OrgConfig


def recording_policy(config: "OrgConfig") -> RecordingPolicy:
    """The defaults for every gateway, as the config says them."""
    return RecordingPolicy.model_validate(config.recording.model_dump())


def resolve(policy: Policy) -> RecordingPolicy:
    """The policy of a gateway: the defaults."""
    return policy.recording
