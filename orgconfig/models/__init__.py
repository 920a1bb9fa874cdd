"""The model of the config; `OrgConfig` is the whole."""

from orgconfig.models.config import OrgConfig
from orgconfig.models.recording import Recording, Tier

__all__ = ["OrgConfig", "Recording", "Tier"]
