"""Pure decisions: standard library only, the time is always an argument."""
