"""The CloudFormation of one account and region, as data; rendered at deploy time."""
