"""How much recording there may be; 0 is unlimited everywhere."""

from pydantic import Field

from orgconfig.models.base import Model
from orgconfig.models.kinds import Count, Size
from orgconfig.models.recording import MaxPer


class AccountQuota(Model):
    """Limits on each account."""

    active: Count = Field(default=5, description="Recordings open at once in one account; 0 = unlimited.")
    max_per: MaxPer = Field(default=MaxPer(day=20), description="Recordings one account may have opened.")


class Delivered(Model):
    """How many bytes of records may be delivered in a calendar period, UTC."""

    day: Size = Field(default=0, description="Bytes a day; 0 = unlimited.")
    month: Size = Field(default=0, description="Bytes a month; 0 = unlimited.")


class OrganizationQuota(Model):
    """Limits on the organization as a whole."""

    active: Count = Field(default=25, description="Recordings open at once; 0 = unlimited.")
    max_per: MaxPer = Field(default=MaxPer(day=200), description="Recordings that may be opened.")
    delivered: Delivered = Field(
        default=Delivered(month=500 * 10**9), description="Bytes of records; log delivery is charged by them."
    )


class Quotas(Model):
    """Limits of the accounts and of the organization; a gateway's own are in `recording.max_per`."""

    account: AccountQuota = Field(default=AccountQuota(), description="Limits on each account.")
    organization: OrganizationQuota = Field(
        default=OrganizationQuota(), description="Limits on the organization."
    )
