import json
import zlib
from textwrap import dedent

import pytest

from orgconfig.compiling import compile_policy
from orgconfig.policy import Policy, read_policy
from orgconfig.sources import where
from stacksets.loading import parse

HEAD = """\
version: 1
organization:
  id: o-exampleorgid
  management_account: "111111111111"
  hub: {account: "222222222222", region: eu-west-1}
  archive: {account: "333333333333", bucket: acme-natrec-archive}
targets:
  ous: [r-ab12]
  regions: [eu-west-1]
tiers:
  standard: {threshold: 1 GB}
  heavy: {threshold: 20 GB}
"""
TEXT = HEAD + dedent("""\
    quotas:
      account:
        max_per:
          day: 4
      organization: {active: 9}
    overrides:
      - match: {ou: r-ab12}
        set:
          tier: heavy
      - {match: {account: "444444444444"}, set: {cooldown: 1h}}
    mute:
      - {cron: 0 2 * * 6, duration: 4h, reason: backup}
    """)


def document(text: str) -> str:
    loaded = parse(text, "conf/acme.yaml")
    return json.dumps(compile_policy(loaded.config, loaded.origin), separators=(",", ":"))


def policy(text: str = TEXT) -> Policy:
    return read_policy(document(text))


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("quotas.organization.active", "acme.yaml:17 quotas.organization.active"),
        ("quotas.account.max_per.day", "acme.yaml:16 quotas.account.max_per.day"),
        ("quotas.account.max_per.month", "acme.yaml:15 quotas.account.max_per"),
        ("quotas.account.active", "default"),
        ("quotas.organization.max_per.day", "default"),
        ("tiers.heavy.threshold", "acme.yaml:12 tiers.heavy.threshold"),
        ("tiers.heavy.period", "default"),
        ("targets.regions", "acme.yaml:9 targets.regions"),
        ("recording.tier", "default"),
        ("mute[0]", "acme.yaml:24 mute[0]"),
        ("overrides[0]", "acme.yaml:19 overrides[0]"),
        ("overrides[0].set.tier", "acme.yaml:21 overrides[0].set.tier"),
        ("nothing.at.all", "default"),
        ("", "default"),
    ],
)
def test_every_field_that_the_file_says_has_its_line(field: str, place: str) -> None:
    assert where(policy(), field) == place


def test_lines_that_move_are_no_new_version_but_are_told() -> None:
    before, after = policy(), policy("# a comment\n" + TEXT)
    assert before.version == after.version
    assert where(after, "targets.regions") == "acme.yaml:10 targets.regions"


def test_500_overrides_and_their_lines_fit_beside_the_members() -> None:
    entries = "".join(
        f"  - match: {{account: '{at:012}'}}\n    set:\n      tier: heavy\n      max_duration: 1h\n"
        for at in range(500)
    )
    raw = document(f"{HEAD}overrides:\n{entries}")
    assert len(raw) < 150_000
    assert len(zlib.compress(raw.encode())) < 20_000
