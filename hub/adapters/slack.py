"""Slack, through webhooks whose URLs are secrets: read when needed, never logged, never in an error.

Sources: Slack, "Sending messages using incoming webhooks" and "Rate limits" (429 with Retry-After); the
answers that a person must mend (`no_service`, `channel_is_archived`, `action_prohibited`) are 403, 404 and
410; Secrets Manager API Reference, "GetSecretValue".
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from slack_sdk.webhook import WebhookClient, WebhookResponse

from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.adapters.sessions import Sessions
from hub.domain.deliveries import Delivery
from hub.domain.errors import Busy, RecordingFault, Transient, Unacceptable
from hub.ports import Clock
from orgconfig.webhooks import is_local, takes, webhook_fault

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SECONDS = 10
# A webhook that was replaced works soon; meanwhile a container asks for it once.
FRESH = timedelta(minutes=5)
# The client writes URLs into its log.
_SILENT = logging.getLogger("hub.adapters.slack.silent")
_SILENT.setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True)
class Slack:
    """The channels' webhooks, each by the name of its secret."""

    sessions: Sessions
    clock: Clock
    _urls: dict[str, tuple[datetime, str]] = field(default_factory=dict, repr=False)

    @calls("webhooks", "secretsmanager:GetSecretValue")
    def send(self, delivery: Delivery) -> None:
        """Post it once; the queue is what tries again.

        Raises:
            Busy: Slack, or whoever owns the secret, must mend something first.
            Unacceptable: Slack finds fault with the message itself.

        """
        secret = delivery.destination.name
        url = self._url(secret)
        message = delivery.payload[takes(url)]
        try:
            self._post(secret, url, message)
        except Unacceptable:
            if "blocks" not in message:
                raise
            # a notice without its looks is better than none
            self._post(secret, url, {"text": message["text"]})

    def _post(self, secret: str, url: str, message: Mapping[str, Any]) -> None:
        client = WebhookClient(url, timeout=SECONDS, logger=_SILENT, retry_handlers=[])
        try:
            answer = client.send_dict(dict(message))
        except Exception as problem:  # noqa: BLE001 - whatever it is, its words may hold the URL
            raise Busy(f"Slack does not answer ({type(problem).__name__}), secret {secret}") from None
        self._judge(secret, answer)

    def _judge(self, secret: str, answer: WebhookResponse) -> None:
        status, said = answer.status_code, f"Slack answers {answer.status_code} {answer.body[:200]!r}"
        if status == HTTPStatus.OK:
            return
        if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            raise Unacceptable(f"{said}, secret {secret}")
        self._urls.pop(secret, None)
        raise Busy(f"{said}, secret {secret}", _seconds(answer.headers.get("retry-after")))

    def _url(self, secret: str) -> str:
        now = self.clock.now()
        kept = self._urls.get(secret)
        if kept and now < kept[0] + FRESH:
            return kept[1]
        client: SecretsManagerClient = self.sessions.hub("secretsmanager")
        try:
            with told_as(RecordingFault, f"reading the secret {secret}"):
                text = client.get_secret_value(SecretId=secret).get("SecretString", "")
        except (Transient, RecordingFault) as fault:
            raise Busy(str(fault)) from fault
        fault_found = webhook_fault(text, local=is_local(client.meta.endpoint_url))
        if fault_found:
            raise Busy(f"the secret {secret} {fault_found}")
        self._urls[secret] = (now, text)
        return text


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.strip().isdigit() else None
