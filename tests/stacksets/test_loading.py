from pathlib import Path
from textwrap import dedent

import pytest

from orgconfig.errors import ConfigError, NatrecError, Problem
from orgconfig.models import OrgConfig
from stacksets import documents
from stacksets.loading import dump_config, load_config, parse_config
from tests.orgconfig.documents import config

EXAMPLE = Path(__file__).parents[2] / "orgconfig" / "example.yaml"


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as refused:
        parse_config(text)
    return list(refused.value.problems)


def changed(before: str, after: str) -> tuple[int, list[Problem]]:
    """The example with one piece of text changed: on which line, and what is said."""
    text = EXAMPLE.read_text()
    assert text.count(before) == 1, before
    return text[: text.index(before)].count("\n") + 1, problems(text.replace(before, after))


def test_the_example_is_a_valid_config_with_every_field_in_it() -> None:
    loaded = load_config(EXAMPLE)
    said = documents.read(EXAMPLE.read_text()).value
    assert set(said) == set(loaded.document())
    assert loaded.overrides[0].change.tier == "heavy"


def test_the_examples_of_mute_windows_in_its_comments_are_valid() -> None:
    text = EXAMPLE.read_text()
    section = text[text.index("# Windows in which") : text.index("mute: []")]
    commented = [line.removeprefix("#") for line in section.splitlines() if line.startswith("#   ")]
    assert len(parse_config(text.replace("mute: []", "mute:\n" + "\n".join(commented))).mute) == 2


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ("region: eu-west-1\n", "regoin: eu-west-1\n", "organization.hub.regoin", "did you mean `region`?"),
        ("region: eu-west-1\n", "region: Ireland\n", "organization.hub.region", "as in eu-west-1"),
        ('management_account: "111111111111"', "management_account: 111111111111",
         "organization.management_account", 'must be text, in quotes: "111111111111"'),
        ('management_account: "111111111111"', "management_account: 012345670123",
         "organization.management_account", 'must be text, in quotes: "012345670123"'),
        ('management_account: "111111111111"', "management_account: 099999999999",
         "organization.management_account", 'must be text, in quotes: "099999999999"'),
        ('management_account: "111111111111"', "management_account:",
         "organization.management_account", "this is empty"),
        ("threshold: 20 GB", "threshold: 20 Gb", "tiers.heavy.threshold", "write `GB`"),
        ("exclude_accounts: []", "exclude_accounts: none", "targets.exclude_accounts", "must be a list"),
        ("include_management_account: false", "include_management_account: never",
         "targets.include_management_account", "must be true or false; this is `never`"),
        ("ous: [r-ab12]", "ous: []", "targets.ous", "must have at least 1"),
        ("set: {tier: heavy}", "set: {tier: hevy}", "overrides[0].set.tier", "the tiers: standard, heavy"),
        ("set: {max_duration: 1h}", "set: heavy", "overrides[1].set", "must be a mapping with enabled, tier"),
        ("{gateway: nat-0123456789abcdef0}", "{}", "overrides[2].match", "exactly one of ou, account"),
        ("max_duration: 15m", "max_duration: 15", "recording.max_duration", "write 15s for seconds"),
        ("email: [security@example.com]", "email: [a@b.com, security]", "notify.email[1]", "an email"),
        ("mute: []", "mute: {}", "mute", "must be a list"),
        ("version: 1", "version: 2", "version", "must be 1; this is `2`"),
        ("version: 1", "1: 1\nversion: 1", "1", 'quote it, as in "1"'),
        ("namespace: natrec", "namespace: !Ref natrec", "namespace", "tags such as !Ref"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_its_field_and_what_is_allowed(
    before: str, after: str, field: str, said: str
) -> None:
    line, found = changed(before, after)
    assert any((each.line, each.field) == (line, field) and said in each.message for each in found)


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        EXAMPLE.read_text()
        .replace("20 GB", "0")
        .replace("namespace: ", "namesapce: ")
        .replace("role_path", "rolepath")
    )
    found = problems(text)
    assert [each.field for each in found] == ["namesapce", "tiers.heavy.threshold", "iam.rolepath"]
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_a_misspelt_field_is_not_reported_as_missing_too() -> None:
    _, found = changed("  regions: [", "  regoins: [")
    assert [each.field for each in found] == ["targets.regoins"]


def test_a_missing_field_is_told_at_the_line_of_what_it_is_missing_in() -> None:
    found = problems("version: 1\ntargets:\n  regions: [eu-west-1]\ntiers: {standard: {threshold: 1 GB}}\n")
    assert [(each.line, each.field) for each in found] == [(1, "organization"), (2, "targets.ous")]
    assert found[1].message == "missing. Roots and OUs; their children are included."


def test_an_unknown_field_that_resembles_none_is_told_what_is_allowed() -> None:
    _, (found,) = changed("  allow_tier: true ", "  colour: blue\n  allow_tier: true ")
    assert found.message == "unknown field `colour`; allowed here: allow_opt_out, allow_tier, owner"


def test_a_field_that_stands_twice_is_told_with_both_lines() -> None:
    line, (found,) = changed("mute: []", "mute: []\nmute: []")
    assert found == Problem(line + 1, "mute", f"stands here a second time; the first is on line {line}")


def test_a_field_that_stands_twice_on_one_line_is_told_too() -> None:
    _, (found,) = changed("set: {tier: heavy}", "set: {tier: heavy, tier: standard}")
    assert "second time" in found.message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "is empty; `natrec init`"),
        ("# only a comment\n", 1, "is empty"),
        ("- a\n- b\n", 1, "must be a mapping with version, namespace"),
        ("version: 1\nversion", 2, "a `:` is missing"),
        ("a:\n\tb: 1\n", 2, "a tab stands here: indent with spaces"),
        ("a: b: c\n", 1, "a `:` stands where none may"),
        ("a: [1, 2\nb: 3\n", 2, "a bracket is opened"),
        ("a: 'text\n\n", 3, "a quote is opened and never closed"),
        ("a:\n  b: 1\n c: 2\n", 3, "the indentation does not fit"),
        ("a: 1\n---\nb: 2\n", 2, "one file holds one config"),
        ("a: *b\n", 1, "has no anchor"),
        ("a: &a\n  - *a\n", 1, "an alias (*) contains itself"),
        ("a: \x01\n", 1, "an unprintable character"),
        ("[a]: b\n", 1, "the name of a field must be text"),
        ("[" * 3000, 1, "nested too deeply"),
    ],
)
def test_what_is_not_yaml_or_not_a_config_is_told_at_its_line(text: str, line: int, said: str) -> None:
    found = problems(text)
    assert any(each.line == line and said in each.message for each in found), found


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    assert any("too many values" in each.message for each in problems(bomb))


def test_anchors_and_merge_keys_are_understood() -> None:
    text = dedent("""
        version: 1
        organization:
          id: o-exampleorgid
          management_account: "111111111111"
          hub: {account: "222222222222", region: eu-west-1}
          archive: {account: "333333333333", bucket: acme-natrec-archive}
        targets: {ous: [r-ab12], regions: &regions [eu-west-1]}
        tiers:
          standard: &standard {threshold: 1 GB, period: 1m}
          heavy: &heavy {<<: *standard, threshold: 20 GB}
          heavier: *heavy
    """)
    tiers = parse_config(text).tiers
    assert (tiers["heavy"].threshold, tiers["heavier"].threshold) == (20 * 10**9, 20 * 10**9)


def test_the_line_ends_and_the_mark_of_another_system_do_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "natrec.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.read_bytes().replace(b"\n", b"\r\n"))
    assert load_config(file) == load_config(EXAMPLE)


def test_a_config_in_another_encoding_is_told_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "natrec.yaml"
    file.write_bytes(b"version: 1\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"natrec\.yaml:2: must be text in UTF-8"):
        load_config(file)


def test_a_missing_config_is_told_with_what_to_do_next(tmp_path: Path) -> None:
    with pytest.raises(NatrecError, match="natrec init"):
        load_config(tmp_path / "natrec.yaml")


def test_a_folder_is_not_a_config(tmp_path: Path) -> None:
    with pytest.raises(NatrecError, match="cannot be read: Is a directory"):
        load_config(tmp_path)


def test_a_config_is_read_back_as_it_was_written() -> None:
    loaded = load_config(EXAMPLE)
    assert parse_config(dump_config(loaded)) == loaded


def test_account_ids_are_written_in_quotes_whatever_their_digits() -> None:
    ids = ["099999999999", "012345670123", "111111111111"]
    loaded = OrgConfig.model_validate(config(targets__exclude_accounts=ids))
    assert parse_config(dump_config(loaded)).targets.exclude_accounts == tuple(ids)
