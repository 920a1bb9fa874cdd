"""Write the report of a closed recording."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hub import report_wiring
from hub.calls import Reporting, reported_answer
from hub.domain.measures import of_report
from hub.handlers.context import about, logged, logger
from hub.handlers.metering import emit


@logged
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, object]:
    """Answer the recording with its report, and whether to look once more."""
    answered = answer(report_wiring.hub(), event)
    logger.info("reported", extra={"answer": answered})
    return answered


def answer(hub: report_wiring.ReportingHub, event: dict[str, Any]) -> dict[str, object]:
    """The same, with a hub at hand."""
    call = Reporting.read(event)
    about(call.recording)
    recording, more_in = hub.write_report(call.recording, call.query, call.retried)
    about(recording.id, recording.gateway)
    if not more_in:
        emit(hub.settings.namespace, [of_report(recording)])
    return reported_answer(recording, more_in)
