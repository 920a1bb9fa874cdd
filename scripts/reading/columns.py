"""The columns that the query reads, and how a file's own columns become them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orgconfig.errors import NatrecError

# The query's columns with their types in DuckDB (VPC User Guide, "Flow log records"; parquet writes
# underscores for hyphens).
WANTED = {
    "region": "VARCHAR",
    "interface_id": "VARCHAR",
    "resource_id": "VARCHAR",
    "srcaddr": "VARCHAR",
    "dstaddr": "VARCHAR",
    "srcport": "INTEGER",
    "dstport": "INTEGER",
    "protocol": "INTEGER",
    "packets": "BIGINT",
    "bytes": "BIGINT",
    "start": "BIGINT",
    "end": "BIGINT",
    "action": "VARCHAR",
    "pkt_srcaddr": "VARCHAR",
    "pkt_dstaddr": "VARCHAR",
    "pkt_src_aws_service": "VARCHAR",
    "pkt_dst_aws_service": "VARCHAR",
    "flow_direction": "VARCHAR",
    "log_status": "VARCHAR",
}
_NEEDED = ("srcaddr", "dstaddr", "bytes")
# A format without these says nothing of them: its records are taken as good and accepted.
_ASSUMED = {"log_status": "'OK'", "action": "'ACCEPT'"}
# The default format, version 2 (VPC User Guide, "Flow log records").
DEFAULT_FORMAT = (
    "version", "account_id", "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol",
    "packets", "bytes", "start", "end", "action", "log_status",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """The columns of some files, in order, by their names in parquet."""

    columns: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """Whether the packets' own addresses are missing, so that no record tells both true ends."""
        return not {"pkt_srcaddr", "pkt_dstaddr"} <= set(self.columns)

    def check(self, where: str) -> None:
        """Raise where something is missing without which nothing can be told.

        Raises:
            NatrecError: It names what is missing.

        """
        missing = [name for name in _NEEDED if name not in self.columns]
        if missing:
            raise NatrecError(
                f"the records have no field {' and no '.join(missing)}",
                where,
                "Flow logs need at least srcaddr, dstaddr and bytes to tell who talked with whom.",
            )

    def selection(self) -> str:
        """What stands between SELECT and FROM: the wanted columns, those that are missing as NULL."""
        return ", ".join(self._column(name, kind) for name, kind in WANTED.items())

    def _column(self, name: str, kind: str) -> str:
        if name in self.columns:
            return f'CAST("{name}" AS {kind}) AS "{name}"'
        return f'{_ASSUMED.get(name, f"CAST(NULL AS {kind})")} AS "{name}"'


def layout_of(words: Iterable[str]) -> Layout:
    """The layout that a header or a format string describes, as in `srcaddr` or `${pkt-srcaddr}`."""
    return Layout(tuple(word.strip("${}").replace("-", "_").lower() for word in words))


def is_header(words: Sequence[str]) -> bool:
    """Whether a line names fields; a record has addresses there."""
    return bool({"srcaddr", "dstaddr"} & set(layout_of(words).columns))
