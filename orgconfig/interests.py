"""What people may want to be told of; each notice belongs to one of these, but a test, which all are told."""

from typing import Literal, get_args

Interest = Literal["started", "closed", "failed", "quota", "spoke", "digest"]
INTERESTS: tuple[Interest, ...] = get_args(Interest)
# Whoever owns some gateways is told of them; the installation is the central team's.
ROUTED: tuple[Interest, ...] = ("started", "closed", "failed", "quota")
