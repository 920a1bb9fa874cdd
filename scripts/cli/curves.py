"""The picture of `natrec cost`: a month of both, by traffic, as an SVG for light and dark themes."""

from dataclasses import replace

from orgconfig.models import OrgConfig
from stacksets.break_even import compare
from stacksets.spending import Usage

WIDTH, HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 40, 44
_PARTS = 4
_REACH = 3  # times the break-even, or the traffic asked for
_STYLE = """
.paper{fill:#fff}.ink{fill:#16202b}.soft{fill:#5b6876}.line{stroke:#dde3ea}
.always{stroke:#c2410c}.ours{stroke:#1f6feb}
.always-name{fill:#c2410c}.ours-name{fill:#1f6feb}.mark{stroke:#5b6876;stroke-dasharray:4 4}
@media (prefers-color-scheme:dark){.paper{fill:#0f151c}.ink{fill:#e6edf3}.soft{fill:#9aa7b4}
.line{stroke:#2b3541}.always{stroke:#ff9a57}.ours{stroke:#58a6ff}.always-name{fill:#ff9a57}.ours-name{fill:#58a6ff}.mark{stroke:#9aa7b4}}
text{font:13px system-ui,sans-serif}.head{font-size:15px;font-weight:600}.curve{fill:none;stroke-width:3}
"""


def curves(config: OrgConfig, usage: Usage) -> str:
    """The picture; all that is in it are numbers, and words of natrec's own."""
    found = compare(config, usage)
    most = _REACH * max(found.traffic, 1.0)
    end = compare(config, replace(usage, traffic=most))
    top = max(end.always_on_usd, found.natrec_usd) or 1.0

    def x(traffic: float) -> float:
        return round(_LEFT + traffic / most * (WIDTH - _LEFT - _RIGHT), 1)

    def y(usd: float) -> float:
        return round(HEIGHT - _BOTTOM - usd / top * (HEIGHT - _TOP - _BOTTOM), 1)

    right, level = WIDTH - _RIGHT, y(found.natrec_usd)
    head = f"A month, {usage.gateways} NAT gateways, {usage.recordings:,.0f} recordings"
    parts = [
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        _text("ink head", _LEFT, 24, head),
    ]
    for part in range(_PARTS + 1):
        usd, traffic = top * part / _PARTS, most * part / _PARTS
        anchor = "end" if part == _PARTS else "middle"
        parts += [
            f'<line class="line" x1="{_LEFT}" x2="{right}" y1="{y(usd)}" y2="{y(usd)}"/>',
            _text("soft", _LEFT - 8, y(usd) + 4, f"${usd:,.0f}", "end"),
            _text("soft", x(traffic), HEIGHT - 24, _traffic(traffic), anchor),
        ]
    meet, bottom = x(found.traffic), HEIGHT - _BOTTOM
    near = (x(most * 0.72), y(end.always_on_usd * 0.72) - 12)
    parts += [
        f'<path class="curve always" d="M{x(0)} {y(0)}L{right} {y(end.always_on_usd)}"/>',
        f'<path class="curve ours" d="M{x(0)} {level}L{right} {level}"/>',
        f'<line class="mark" x1="{meet}" x2="{meet}" y1="{level}" y2="{bottom}"/>',
        _text("soft", right, HEIGHT - 6, "traffic through all gateways", "end"),
        _text("always-name", *near, "flow logs always on", "end"),
        _text("ours-name", right, level - 8, f"natrec, ${found.natrec_usd:,.2f}", "end"),
        _text("soft", meet + 6, bottom - 8, f"cheaper from {_traffic(found.traffic)} on"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{found.sentence}"><style>{_STYLE.strip()}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _traffic(gigabytes: float) -> str:
    return f"{gigabytes / 1000:,.1f} TB" if gigabytes >= 1000 else f"{gigabytes:,.0f} GB"  # noqa: PLR2004 - decimal


def _text(kind: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'
