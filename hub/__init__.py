"""The running service: decides, records and tells, from the hub account."""
