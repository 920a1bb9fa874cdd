"""CloudFormation stacks: made when missing, updated when changed, whatever state they were left in.

Every change goes through a change set, so that CloudFormation itself says beforehand what it would do.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from stacksets import drift
from stacksets.change_sets import Operations, StackError, Template
from stacksets.differences import difference, of_new_stack
from stacksets.failing import Operation
from stacksets.recovering import cure
from stacksets.steps import UNCHANGED, Change
from stacksets.taking_over import Kept, template_of_kept
from stacksets.templates import defaults

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

__all__ = ["StackError", "Stacks", "Template"]

_RUNNING: tuple[tuple[str, Operation], ...] = (
    ("CREATE", "CREATE"),
    ("ROLLBACK", "CREATE"),
    ("IMPORT", "IMPORT"),
    ("DELETE", "DELETE"),
    ("UPDATE", "UPDATE"),
)


def _nothing(_: str) -> None:
    """Tell nobody."""


def _nothing_lost(_: str) -> Sequence[str]:
    """Nobody looked."""
    return ()


def _nothing_kept() -> Sequence[Kept]:
    """Nothing was kept."""
    return ()


@dataclass(frozen=True)
class Stacks:
    """The stacks of one account and region.

    Attributes:
        client: CloudFormation there.
        place: Account and region, for messages.
        poll: Seconds between two looks at a running operation.
        say: Where progress is told.

    """

    client: "CloudFormationClient"
    place: str
    poll: float = 5
    say: Callable[[str], None] = _nothing

    def ensure(
        self,
        name: str,
        text: str,
        parameters: Mapping[str, str],
        *,
        template: Template | None = None,
        kept: Callable[[], Sequence[Kept]] = _nothing_kept,
        lost: Callable[[str], Sequence[str]] = _nothing_lost,
    ) -> dict[str, str]:
        """Make the stack what the template says.

        Args:
            name: Its name.
            text: The template.
            parameters: Values; the rest are the template's defaults.
            template: How it is given to CloudFormation where not as text.
            kept: Asked where there is no stack: what an earlier one left behind, to be taken over.
            lost: Told the stack's template: what of it is gone, as far as others can tell.

        Returns:
            Its outputs.

        Raises:
            StackError: It failed; the message has CloudFormation's own reasons.

        """
        given = {**defaults(text), **parameters}
        try:
            exists = self._ready(name)
            found = () if exists else tuple(kept())
            if found:
                listed = [each.listed() for each in found]
                part = Template(body=template_of_kept(text, found))
                self._operations.change(name, "IMPORT", part, given, ResourcesToImport=listed)
            # A first creation that fails leaves nothing behind but what is retained.
            more = {} if exists or found else {"OnStackFailure": "DELETE"}
            kind: Operation = "UPDATE" if exists or found else "CREATE"
            if exists and (self._has_drifted(name) or lost(self._deployed(name))):
                more = {**drift.REVERT}
            self._operations.change(name, kind, template or Template(body=text), given, **more)
        except (ClientError, WaiterError) as error:
            raise StackError(str(error), self._operations.where(name)) from error
        return self.outputs(name)

    def change(
        self,
        name: str,
        text: str,
        parameters: Mapping[str, str],
        kept: Callable[[], Sequence[Kept]] = _nothing_kept,
        lost: Callable[[str], Sequence[str]] = _nothing_lost,
    ) -> Change:
        """How the stack differs from this template and these parameters; it is only read."""
        stack = self.find(name)
        state = cure(stack)
        if stack is None or state.anew:
            there = tuple(kept())
            lines = of_new_stack(text, [each.logical_id for each in there])
            found = "".join(f"; takes over the {each.words} that is there" for each in there)
            why = state.words or "there is no such stack yet"
            return Change("create", f"{why}: {len(lines)} resources{found}", lines)
        deployed = self._deployed(name)
        was = {each["ParameterKey"]: each.get("ParameterValue", "") for each in stack.get("Parameters", ())}
        differs = difference(deployed, text, was, {**defaults(text), **parameters})
        drifted = drift.last_known(self.client, stack)
        gone = lost(deployed)
        missing = f"{', '.join(gone)} {'is' if len(gone) == 1 else 'are'} gone and made again" if gone else ""
        words = [*filter(None, [state.words, differs.words, drifted.words, missing])]
        if not words:
            return UNCHANGED
        return Change("update", "; ".join(words), (*differs.lines, *drifted.lines))

    def delete(self, name: str) -> None:
        """Delete a stack, and wait until it is gone; one that is not there is gone already.

        Raises:
            StackError: Something in it could not be deleted, with the first reason.

        """
        try:
            stack = self._settled(name)
            if stack is not None:
                self._operations.delete(name, str(stack["StackId"]))
        except (ClientError, WaiterError) as error:
            raise StackError(str(error), self._operations.where(name)) from error

    def _has_drifted(self, name: str) -> bool:
        stack = self.find(name)
        return stack is not None and bool(drift.last_known(self.client, stack).words)

    def find(self, name: str) -> Mapping[str, Any] | None:
        """The stack as CloudFormation describes it, or None."""
        try:
            return self.client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return None

    def outputs(self, name: str) -> dict[str, str]:
        """The outputs of a stack."""
        stack = self.find(name) or {}
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def _deployed(self, name: str) -> str:
        """The template as the stack has it; the SDK reads one that is JSON."""
        body: object = self.client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
        return body if isinstance(body, str) else json.dumps(body)

    @property
    def _operations(self) -> Operations:
        return Operations(self.client, self.place, self.poll, self.say)

    def _ready(self, name: str) -> bool:
        """Whether there is a stack to update, once it has left whatever state it is stuck in."""
        stack = self._settled(name)
        todo = cure(stack)
        if stack is None:
            return False
        if todo.words:
            self.say(f"{self._operations.where(name)}: {todo.words}")
        if todo.anew:
            self._operations.delete(name, str(stack["StackId"]))
            return False
        if todo.resume:
            self._operations.resume_rollback(str(stack["StackId"]))
        return True

    def _settled(self, name: str) -> Mapping[str, Any] | None:
        """The stack, once the operation that runs on it has ended, well or badly."""
        stack = self.find(name)
        if stack is None or not cure(stack).wait:
            return stack
        status = str(stack["StackStatus"])
        self.say(f"{self._operations.where(name)}: waiting, it is in {status}")
        operation = next(each for begin, each in _RUNNING if status.startswith(begin))
        try:
            self._operations.wait(name, str(stack["StackId"]), operation)
        except StackError as ended:
            self.say(str(ended))
        return self.find(name)
