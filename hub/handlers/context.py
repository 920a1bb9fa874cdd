"""What every handler shares: one structured logger."""

from aws_lambda_powertools import Logger

logger = Logger(service="natrec")
