"""What an alarm does on a change of its state: it tells SNS topics.

Source: AWS docs "Using Amazon CloudWatch alarms", the message of an SNS alarm notification.
"""

import json
import logging
from datetime import UTC
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm
from moto.sns.models import sns_backends

from scripts.sandbox.engine import keys
from scripts.sandbox.engine.alarm_events import timestamp
from scripts.sandbox.engine.alarm_math import ALARM, OK
from scripts.sandbox.engine.core import Engine

_SERVICE, _ENCRYPT = "cloudwatch.amazonaws.com", "kms:GenerateDataKey"
logger = logging.getLogger(__name__)


def check(settings: dict[str, Any]) -> None:
    """Refuse actions that nothing here carries out.

    Raises:
        ValidationError: An action is no SNS topic.

    """
    for kind in ("alarm_actions", "ok_actions", "insufficient_data_actions"):
        for arn in settings.get(kind) or []:
            if not arn.startswith("arn:aws:sns:"):
                raise ValidationError(f"The sandbox carries out SNS actions only, not {arn}")


def run(engine: Engine, alarm: Alarm, account: str, previous: str) -> None:
    """Tell the topics of the state that the alarm is in now, in the background."""
    if not alarm.actions_enabled:
        return
    actions = {ALARM: alarm.alarm_actions, OK: alarm.ok_actions}
    for topic in actions.get(alarm.state_value, alarm.insufficient_data_actions):
        message = {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": account,
            "AlarmArn": alarm.alarm_arn,
            "NewStateValue": alarm.state_value,
            "NewStateReason": alarm.state_reason,
            "OldStateValue": previous,
            "StateChangeTime": timestamp(alarm.state_updated_timestamp.replace(tzinfo=UTC)),
            "Region": alarm.region_name,
        }
        subject = f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}'[:100]
        engine.workers.submit(_tell, engine, topic, subject, json.dumps(message))


def _tell(engine: Engine, topic: str, subject: str, message: str) -> None:
    _, _, _, region, account, _ = topic.split(":")
    found = sns_backends[account][region].topics.get(topic)
    # CloudWatch needs the topic's key itself (SNS Developer Guide, "Managing Amazon SNS encryption keys").
    if found and found.kms_master_key_id and not keys.lets(found.kms_master_key_id, _SERVICE, _ENCRYPT):
        logger.error("alarm action %s: CloudWatch may not use its key %s", topic, found.kms_master_key_id)
        return
    try:
        engine.client(account, region, "sns").publish(TopicArn=topic, Subject=subject, Message=message)
    except (BotoCoreError, ClientError):
        # CloudWatch notes a failed action in the alarm's history, and goes on.
        logger.exception("alarm action %s", topic)
