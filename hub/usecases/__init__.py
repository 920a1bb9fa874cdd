"""One verb of the service per module, written against the ports."""
