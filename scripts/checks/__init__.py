"""What `./scripts/check` asks of the templates and of the state machine, beyond format, lint and types.

Each check is a function that answers with findings, one sentence each; none is good.
"""
