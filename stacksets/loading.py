"""From `natrec.yaml` to the config, or to every reason why not."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from orgconfig.errors import ConfigError, NatrecError, Problem
from orgconfig.models import OrgConfig
from orgconfig.models.schema import Fields
from orgconfig.origin import Origin, dotted
from stacksets import documents, wording
from stacksets.regions import strange_regions


@dataclass(frozen=True)
class Loaded:
    """A config, and where in its file each value stands."""

    config: OrgConfig
    origin: Origin


def load_config(path: Path) -> OrgConfig:
    """Read a config file; raises as `load` does."""
    return load(path).config


def load(path: Path) -> Loaded:
    """Read a config file, and remember its lines.

    Raises:
        ConfigError: It is not a valid config; all its problems, each with its line.
        NatrecError: The file is not there or cannot be read.

    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise NatrecError(
            "there is no such config", str(path), f"Name one with -c, or write one: natrec init {path}"
        ) from None
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise ConfigError(str(path), [Problem(line, "", "must be text in UTF-8")]) from None
    except OSError as problem:
        raise NatrecError(f"cannot be read: {problem.strerror}", str(path), "Name another with -c.") from None
    return parse(text, str(path))


def parse_config(text: str, file: str = "natrec.yaml") -> OrgConfig:
    """Read a config from its text; raises as `parse` does."""
    return parse(text, file).config


def parse(text: str, file: str = "natrec.yaml") -> Loaded:
    """Read a config from its text, and remember its lines; `file` is what errors call it.

    Raises:
        ConfigError: It is not a valid config; all its problems, each with its line.

    """
    document = documents.read(text)
    fields = Fields()
    if document.value is None and not document.problems:
        raise ConfigError(file, [Problem(1, "", "is empty; `natrec init` writes a config to begin with")])
    if not isinstance(document.value, dict):
        whole = Problem(1, "", f"must be a mapping with {', '.join(fields.names(()))}")
        raise ConfigError(file, document.problems or [whole])
    config: OrgConfig | None = None
    try:
        config = OrgConfig.model_validate(document.value)
    except ValidationError as problem:
        document.problems += wording.problems(problem.errors(include_url=False), document, fields)
    told = {each.field for each in document.problems}
    document.problems += [
        Problem(document.line(path), dotted(path), what)
        for path, what in strange_regions(document.value)
        if dotted(path) not in told
    ]
    if config is not None and not document.problems:
        return Loaded(config, Origin(Path(file).name, document.lines))
    raise ConfigError(file, document.problems)


def dump_config(config: OrgConfig) -> str:
    """The config as YAML that `parse_config` reads back to an equal one; comments are not kept."""
    return documents.write(config.document())
