"""The specification of natrec."""
