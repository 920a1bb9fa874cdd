"""CloudFormation and the state machine, as data; rendered at deploy time."""
