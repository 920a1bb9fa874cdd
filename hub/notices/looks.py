"""How each kind looks at first sight, the same in every channel."""

from dataclasses import dataclass

from hub.domain.notices import Kind

# How a paragraph begins that says what to do; channels that have a place for it put it there.
TO_DO = "What to do"


@dataclass(frozen=True)
class Look:
    """One kind.

    Attributes:
        emoji: One sign, whose colour says how it stands.
        label: What happened, standing alone.
        gist: The same, before a place.

    """

    emoji: str
    label: str
    gist: str


LOOKS: dict[Kind, Look] = {
    "started": Look("🔴", "Recording", "recording"),
    "closed": Look("🔵", "Recorded", "recorded"),
    "failed": Look("❌", "Could not record", "could not record"),
    "unreported": Look("⚠️", "No report", "no report of"),
    "stuck": Look("🚨", "Cannot close the recording", "CANNOT CLOSE recording of"),
    "undelivered": Look("⚠️", "No records arrive", "no records arrive from"),
    "lost": Look("⚠️", "Closed by the sweep", "closed by the sweep:"),
    "quota": Look("⛔", "Quota used up", "quota used up by"),
    "unreachable": Look("🔌", "Kept from work", "kept from work in"),
    "reachable": Look("🟢", "Works again", "works again in"),
    "found": Look("🧹", "Mended by the sweep", "mended in"),
    "digest": Look("📊", "Daily digest", "digest of"),
    "test": Look("🔔", "Test", "test"),
}
