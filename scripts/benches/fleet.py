"""A large organization and its stack instances, at botocore's wire: the pages that a plan reads.

Everything else that a plan asks goes on to the sandbox, where natrec is deployed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from scripts.benches.canned import answer, given

# The most that the API references of Organizations and CloudFormation allow for a page.
ACCOUNTS_A_PAGE, INSTANCES_A_PAGE = 20, 100
_UNITS = 20
_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


@dataclass(frozen=True)
class Fleet:
    """Accounts below a root, most of them in units, and a current stack instance in each region of each.

    Attributes:
        root: Its id.
        central: Accounts right below the root, which the sandbox has too.
        accounts: How many others there are.
        regions: Of the targets.
        never: The management account, which has no instance.

    """

    root: str
    central: tuple[str, ...]
    accounts: int
    regions: tuple[str, ...]
    never: str

    @property
    def units(self) -> list[str]:
        """Of the root."""
        return [f"ou-{self.root.removeprefix('r-')}-{number:08x}" for number in range(_UNITS)]

    def below(self, parent: str) -> list[str]:
        """Accounts right below the root or a unit."""
        if parent == self.root:
            return list(self.central)
        unit = self.units.index(parent)
        return [f"{700_000_000_000 + number}" for number in range(unit, self.accounts, _UNITS)]

    @property
    def instances(self) -> list[tuple[str, str, str]]:
        """Account, unit and region of each."""
        return [
            (account, unit, region)
            for unit in (self.root, *self.units)
            for account in self.below(unit)
            if account != self.never
            for region in self.regions
        ]


class Answers:
    """What a plan is told of a fleet; counts pages."""

    def __init__(self, fleet: Fleet) -> None:
        """Cut the instances into pages once, for AWS's time is not the plan's."""
        self._fleet = fleet
        self.calls = 0
        every = fleet.instances
        starts = range(0, len(every), INSTANCES_A_PAGE)
        self._pages = [
            _page(every[first : first + INSTANCES_A_PAGE], number, len(starts))
            for number, first in enumerate(starts)
        ]

    def before_send(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
        """Answer; None where the call goes on to the sandbox."""
        self.calls += 1
        asked = given(request)
        match event_name.split(".", 1)[1]:
            case "organizations.ListRoots":
                root = {"Id": self._fleet.root, "Name": "Root", "PolicyTypes": []}
                return answer({"Roots": [root]})
            case "organizations.ListOrganizationalUnitsForParent":
                units = self._fleet.units if asked["ParentId"] == self._fleet.root else []
                return answer({"OrganizationalUnits": [{"Id": each, "Name": each} for each in units]})
            case "organizations.ListAccountsForParent":
                return self._accounts(asked)
            case "cloudformation.ListStackInstances":
                return answer(self._pages[int(asked.get("NextToken") or 0)])
            case "cloudformation.ListStackSetAutoDeploymentTargets":
                return answer(_aimed(self._fleet))
            case _:
                return None

    def _accounts(self, asked: Mapping[str, Any]) -> AWSResponse:
        every, first = self._fleet.below(asked["ParentId"]), int(asked.get("NextToken") or 0)
        last = first + ACCOUNTS_A_PAGE
        accounts = [
            {
                "Id": each,
                "Arn": f"arn:aws:organizations::111111111111:account/o-exampleorgid/{each}",
                "Email": f"{each}@example.com",
                "Name": f"workload-{each[-5:]}",
                "Status": "ACTIVE",
                "State": "ACTIVE",
                "JoinedMethod": "CREATED",
                "JoinedTimestamp": 1_700_000_000,
            }
            for each in every[first:last]
        ]
        return answer({"Accounts": accounts, **({"NextToken": str(last)} if last < len(every) else {})})


def _page(instances: Sequence[tuple[str, str, str]], number: int, of: int) -> str:
    members = "".join(
        f"<member><StackSetId>natrec-spoke:1</StackSetId><Region>{region}</Region><Account>{account}</Account>"
        f"<StackId>arn:aws:cloudformation:{region}:{account}:stack/StackSet-natrec-spoke/1</StackId>"
        f"<Status>CURRENT</Status><StackInstanceStatus><DetailedStatus>SUCCEEDED</DetailedStatus>"
        f"</StackInstanceStatus><OrganizationalUnitId>{escape(unit)}</OrganizationalUnitId>"
        "<DriftStatus>NOT_CHECKED</DriftStatus></member>"
        for account, unit, region in instances
    )
    more = f"<NextToken>{number + 1}</NextToken>" if number + 1 < of else ""
    return _cloudformation("ListStackInstances", f"<Summaries>{members}</Summaries>{more}")


def _aimed(fleet: Fleet) -> str:
    regions = "".join(f"<member>{each}</member>" for each in fleet.regions)
    unit = f"<OrganizationalUnitId>{fleet.root}</OrganizationalUnitId><Regions>{regions}</Regions>"
    return _cloudformation(
        "ListStackSetAutoDeploymentTargets", f"<Summaries><member>{unit}</member></Summaries>"
    )


def _cloudformation(operation: str, inner: str) -> str:
    return (
        f'<{operation}Response xmlns="{_NAMESPACE}"><{operation}Result>{inner}</{operation}Result>'
        f"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation}Response>"
    )
