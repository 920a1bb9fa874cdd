"""A day of the history, as the digest reads it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.adapters.browsing import Browser
from hub.domain.quotas import limits
from hub.domain.refusals import Refusal
from hub.domain.refused import RefusedOnset
from tests import factories
from tests.contract.tables import DynamoTable


def test_a_day_has_what_was_opened_and_refused_from_midnight_to_midnight(dynamo_table: DynamoTable) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    moments = [
        midnight - timedelta(seconds=1),
        midnight,
        midnight + timedelta(hours=23),
        midnight + timedelta(days=1),
    ]
    for number, at in enumerate(moments):
        gateway = factories.gateway_ref(gateway=f"nat-0000000000000000{number}")
        place = replace(
            factories.recording(), id=f"rec-{number}", execution=f"e{number}", gateway=gateway, opened_at=at
        )
        onset = factories.transition(gateway, at=at)
        assert dynamo_table.ledger.admit(place, onset, limits(gateway, factories.terms(), at)) is None
        for _ in range(number):
            refused = RefusedOnset(onset, Refusal("cooling_down", "-"), at)
            dynamo_table.recordings.note_refusal(refused)
    found = Browser(dynamo_table.client, dynamo_table.name).day(midnight.date())
    assert {each.id for each in found.recordings} == {"rec-1", "rec-2"}
    assert found.refused == {"cooling_down": 1 + 2}
