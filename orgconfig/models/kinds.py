"""The kinds of value in a config, each with its own words for what is allowed."""

from typing import Annotated, Literal

from orgconfig import units
from orgconfig.models.base import Text, Written
from orgconfig.units import Datapoints, shown

UNTIL_RECOVERY: Literal["until_recovery"] = "until_recovery"


def duration(*examples: str, least: int = 1, most: int | None = None, step: int = 1) -> Written:
    """A duration between `least` and `most` seconds, a multiple of `step`."""

    def parse(text: object) -> int:
        seconds = units.parse_duration(text)
        if seconds < least:
            raise ValueError(f"must be at least {units.format_duration(least)}; this is {shown(text)}")
        if most is not None and seconds > most:
            raise ValueError(f"must be at most {units.format_duration(most)}; this is {shown(text)}")
        if seconds % step:
            raise ValueError(f"must be a multiple of {units.format_duration(step)}; this is {shown(text)}")
        return seconds

    return Written(parse, units.format_duration, ("string",), examples)


def _write_size(size: int) -> str | int:
    return units.format_size(size) if size else 0  # 0 is unlimited, not a size


def _above_zero(text: object) -> int:
    size = units.parse_size(text)
    if size == 0:
        raise ValueError(f"must be more than 0: {units.SIZES}")
    return size


def _longest(text: object) -> object:
    if text == UNTIL_RECOVERY:
        return text
    try:
        return duration(least=1).parse(text)
    except units.UnitError as problem:
        raise ValueError(f"{problem} (or {UNTIL_RECOVERY})") from None


def _write_longest(value: int | str) -> str:
    return value if isinstance(value, str) else units.format_duration(value)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**9:
        raise ValueError(f"must be a whole number, 0 for unlimited; this is {shown(value)}")
    return value


def _hour(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LAST_HOUR:
        raise ValueError(f"must be an hour of the day, UTC, from 0 to {_LAST_HOUR}; this is {shown(value)}")
    return value


def _usd(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST_USD:
        raise ValueError(f"must be a number of US dollars from 0 to below {MOST_USD}; this is {shown(value)}")
    return float(value)


MOST_USD = 10_000
_LAST_HOUR = 23
_HEX = "[0-9a-f]"
_OU = r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"
_ROOT = r"r-[0-9a-z]{4,32}"
_EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+"

# Forms of ids: AWS Organizations API Reference (DescribeOrganization, CreateAccount, ListParents) and
# the EC2 API Reference (short and long resource ids).
AccountId = Annotated[str, Text(r"\d{12}", "an account id of 12 digits", "111111111111")]
OrganizationId = Annotated[str, Text(r"o-[a-z0-9]{10,32}", "an organization id", "o-exampleorgid")]
OuOrRootId = Annotated[str, Text(f"{_OU}|{_ROOT}", "the id of an OU (ou-...) or root (r-...)", "r-ab12")]
GatewayId = Annotated[
    str, Text(f"nat-(?:{_HEX}{{17}}|{_HEX}{{8}})", "a NAT gateway id", "nat-0123456789abcdef0")
]
Region = Annotated[str, Text(r"[a-z]{2,5}(?:-[a-z]+){1,2}-\d{1,2}", "a region's name", "eu-west-1")]
Namespace = Annotated[
    str,
    Text(
        r"(?!aws)[a-z][a-z0-9-]{1,19}",
        "2 to 20 lower-case letters, digits or hyphens, beginning with a letter and not with `aws`",
        "natrec",
    ),
]
TierName = Annotated[
    str,
    Text(
        r"(?!custom(?:-|$))[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?",
        "1 to 30 lower-case letters, digits or hyphens, beginning with a letter, and not `custom`",
        "standard",
    ),
]
# General purpose bucket naming rules, without dots: TLS certificates do not cover names with dots.
BucketName = Annotated[
    str,
    Text(
        r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?<!-s3alias)(?<!--ol-s3)(?<!--x-s3)",
        "a bucket name of 3 to 63 lower-case letters, digits or hyphens",
        "acme-natrec-archive",
    ),
]
Email = Annotated[str, Text(_EMAIL, "an email address", "security@example.com")]
SecretName = Annotated[
    str,
    Text(
        r"[A-Za-z0-9/_+=.@-]{1,512}|arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+",
        "the name or ARN of a Secrets Manager secret in the hub account",
        "natrec/slack",
    ),
]
RolePath = Annotated[
    str, Text(r"/|/(?:[A-Za-z0-9_+=,.@-]+/)+", "an IAM path that begins and ends with /", "/natrec/")
]
# IAM User Guide, "IAM and AWS STS quotas": 64 characters; AssumeRole takes the path before it too.
RoleName = Annotated[
    str,
    Text(
        r"(?:[A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}",
        "a role's name, with its path where it has one",
        "OrganizationAccountAccessRole",
    ),
]
ProfileName = Annotated[
    str, Text(r"[^\x00-\x1f\[\]]{1,128}", "the name of a profile of the SDK, or null", "acme-hub")
]
PolicyArn = Annotated[
    str,
    Text(
        r"arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy/[!-~]+",
        "the ARN of an IAM policy, or null",
        "arn:aws:iam::111111111111:policy/boundary",
    ),
]
Kms = Annotated[
    str,
    Text(
        r"managed|none|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+",
        "managed, none or the ARN of a KMS key",
        "managed",
    ),
]
TagText = Annotated[str, Text(r"[^\x00-\x1f]{0,256}", "a tag's text of at most 256 characters", "team")]
Sentence = Annotated[str, Text(r"[^\x00-\x1f]{1,200}", "one line of at most 200 characters", "maintenance")]
Count = Annotated[int, Written(_count, int, ("integer",), (0, 3))]
Hour = Annotated[int, Written(_hour, int, ("integer",), (7,))]
Usd = Annotated[float, Written(_usd, float, ("number",), (0.045,))]
Size = Annotated[int, Written(units.parse_size, _write_size, ("string", "integer"), ("500 GB", 0))]
Threshold = Annotated[int, Written(_above_zero, units.format_size, ("string", "integer"), ("1 GB",))]
MaxDuration = Annotated[
    int | Literal["until_recovery"], Written(_longest, _write_longest, ("string",), ("15m", UNTIL_RECOVERY))
]
DatapointsToAlarm = Annotated[Datapoints, Written(units.parse_datapoints, str, ("string",), ("3 of 5",))]
# CloudWatch User Guide, "Metrics Insights quotas": no datapoints below a minute.
Period = Annotated[int, duration("1m", "5m", least=units.MINUTE, most=units.HOUR, step=units.MINUTE)]
HardLimit = Annotated[int, duration("6h", most=7 * units.DAY)]
Cooldown = Annotated[int, duration("30m", least=0, most=30 * units.DAY)]
DeliveryWait = Annotated[int, duration("12m", least=0, most=units.DAY)]
Retention = Annotated[int, duration("90d", least=units.DAY, most=36500 * units.DAY, step=units.DAY)]
WindowLength = Annotated[int, duration("4h", least=units.MINUTE, most=31 * units.DAY)]
