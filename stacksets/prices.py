"""What AWS charges, in one table: US dollars in us-east-1 as of November 2026.

Other regions differ. Free tiers are left out, for an organization uses them up elsewhere. Each price has its
source beside it.
"""

from typing import NamedTuple

AS_OF = "2026-11"
REGION = "us-east-1"
HOURS_A_MONTH = 730


class Price(NamedTuple):
    """One price.

    Attributes:
        usd: US dollars.
        unit: For what.
        source: Where it is written.

    """

    usd: float
    unit: str
    source: str


# Amazon CloudWatch pricing, "Alarms": a Metrics Insights alarm is charged by the metrics it analyses, by the
# hour, so that no gateway costs nothing; a metric math alarm by the metrics it refers to.
INSIGHTS_METRIC = Price(0.10, "metric analysed and month", "aws.amazon.com/cloudwatch/pricing")
ALARM_METRIC = Price(0.10, "alarm metric and month", "aws.amazon.com/cloudwatch/pricing")
KMS_KEY = Price(1.00, "key and month", "aws.amazon.com/kms/pricing")
STATE_TRANSITION = Price(0.025 / 1000, "state transition", "aws.amazon.com/step-functions/pricing")
LAMBDA_REQUEST = Price(0.20 / 1_000_000, "request", "aws.amazon.com/lambda/pricing")
LAMBDA_GB_SECOND = Price(0.0000133334, "GB-second on arm64", "aws.amazon.com/lambda/pricing")
