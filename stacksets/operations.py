"""Operations of a stack set: begun when nothing else runs, and followed to their end.

A stack set does one operation at a time, or queues them (CloudFormation API reference, ManagedExecution).
Whoever began one, this or an earlier run, the console or auto-deployment: it is waited for.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orgconfig.errors import NatrecError
from stacksets.outcomes import Tally, Watch, of_results

Document = Mapping[str, Any]

UNENDED = frozenset({"RUNNING", "QUEUED", "STOPPING"})
# API reference, errors of CreateStackInstances: another operation runs, or has run since the set was read.
_BUSY = frozenset({"OperationInProgressException", "StaleRequestException"})
# The SDK tries again for seconds; an operation of an hour is asked about a thousand times.
_THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}
)
_PATIENCE = 60
# A page holds 100 accounts and regions, and is a call: the more pages, the less often they are read.
_PAGES_A_POLL = 4


class StackSetError(NatrecError):
    """An operation on the stack set was refused, or instances failed."""


@dataclass(frozen=True)
class Operations:
    """The operations of one stack set.

    Attributes:
        client: CloudFormation of its administrator.
        who: `StackSetName` and `CallAs` of every call.
        sleep: Waits between two looks.
        poll: For how many seconds.
        watch: Who is told.

    """

    client: Any
    who: Mapping[str, str]
    sleep: Callable[[float], None]
    poll: float
    watch: Watch

    def run(self, begin: Callable[..., Document], arguments: Document) -> None:
        """Begin an operation when none runs, and wait for its end. Instances may have failed then.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        while True:
            self.settle()
            try:
                started = self.patiently(begin, arguments)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _BUSY:
                    raise self._refused(error) from error
                self.watch.tell(f"{self._place}: {error.response['Error']['Message']}; waiting for it")
                self.sleep(self.poll)
            else:
                return self.follow(started["OperationId"])

    def settle(self) -> None:
        """Wait for every operation that runs or is queued, the first begun first."""
        for each in reversed(self.running()):
            self.watch.tell(f"{self._place}: waiting for {described(each)}")
            self.follow(each["OperationId"])

    def running(self) -> list[Document]:
        """Those that have not ended, the latest first."""
        found = []
        for page in self.pages(self.client.list_stack_set_operations):
            unended = [each for each in page if each["Status"] in UNENDED]
            found += unended
            if page and not unended:  # older ones have ended too
                break
        return found

    def follow(self, operation: str) -> None:
        """Tell how an operation goes on until it has ended."""
        wait = 0
        while True:
            answer = self.call(self.client.describe_stack_set_operation, {"OperationId": operation})
            state = answer["StackSetOperation"]
            ended = state["Status"] not in UNENDED
            if ended or not wait:
                pages = list(self.pages(self.client.list_stack_set_operation_results, OperationId=operation))
                outcomes = of_results(each for page in pages for each in page)
                self.watch.tally(Tally(state["Action"], operation, outcomes))
                wait = 1 + len(pages) // _PAGES_A_POLL
            if ended:
                return
            wait -= 1
            self.sleep(self.poll)

    def pages(self, ask: Callable[..., Document], **asked: object) -> Iterator[list[Document]]:
        """Every page of a list.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        token: object = None
        while True:
            answer = self.call(ask, {**asked, **({"NextToken": token} if token else {})})
            yield list(answer.get("Summaries", ()))
            token = answer.get("NextToken")
            if not token:
                return

    def call(self, call: Callable[..., Document], arguments: Document) -> Document:
        """Make one call on the stack set, again where AWS is too busy.

        Raises:
            StackSetError: CloudFormation refused it.

        """
        try:
            return self.patiently(call, arguments)
        except ClientError as error:
            raise self._refused(error) from error

    def patiently(self, call: Callable[..., Document], arguments: Document) -> Document:
        """Make one call, again where AWS is too busy; what else it refuses is raised as it is."""
        for left in reversed(range(_PATIENCE)):
            try:
                return call(**self.who, **arguments)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _THROTTLED or not left:
                    raise
                self.sleep(self.poll)
        raise AssertionError("the last attempt answers or raises")

    @property
    def _place(self) -> str:
        return f"stack set {self.who['StackSetName']}"

    def _refused(self, error: ClientError) -> StackSetError:
        return StackSetError(error.response["Error"].get("Message") or str(error), self._place)


def described(operation: Document) -> str:
    """An operation that somebody began, in words."""
    begun = operation.get("CreationTimestamp")
    since = f", begun {begun:%Y-%m-%d %H:%M} UTC" if begun else ""
    name = f"the {operation['Action']} operation {operation['OperationId']}"
    return f"{name} of somebody else or an earlier run{since}"
