"""Whoever is told is told once and in order, though Slack is away for a while."""

import json

from scripts.stories import ledgers
from scripts.stories.events import contributor_change, now
from scripts.stories.places import Gateway, Organization, eventually
from scripts.stories.running import natrec
from tests.profiles import many
from tests.scenarios.channels import mail_stories, slack_goes_wrong, slack_posts, slack_stories
from tests.scenarios.vocabulary import (
    Document,
    alarm_fires,
    alarm_recovers,
    closed,
    opened,
)

RECORDINGS = many(20, 50)
ALARM = "natrec-standard-download-zonal"


def _all_alarm(fleet: list[Gateway], state: str) -> None:
    entries = [contributor_change(each, ALARM, state, now()) for each in fleet]
    for first in range(0, len(entries), 10):
        answer = fleet[0].client("events").put_events(Entries=entries[first : first + 10])
        assert answer["FailedEntryCount"] == 0, answer


def test_every_notice_of_many_recordings_arrives_once_and_in_order_though_slack_was_away(
    organization: Organization,
) -> None:
    account, region = organization.line["accounts"][0], organization.line["regions"][0]
    fleet = organization.gateways(account, region, RECORDINGS)
    slack_goes_wrong(organization, times=1, status=429, retry_after=2)
    slack_goes_wrong(organization, times=2, status=500)
    _all_alarm(fleet, "ALARM")
    eventually(lambda: len(_recorded(organization, fleet)) == RECORDINGS, 120, every=1)
    _all_alarm(fleet, "OK")
    eventually(lambda: all(map(is_over, _recorded(organization, fleet).values())), 180, every=1)
    ended = list(_recorded(organization, fleet))
    eventually(lambda: all(len(mail_stories(organization).get(each, ())) > 1 for each in ended), 60, every=1)
    organization.notices_are_delivered()
    by_slack, by_mail = slack_stories(organization), mail_stories(organization)
    assert [by_slack[each] for each in ended] == [["Recording", "Recorded"]] * RECORDINGS
    assert [by_mail[each] for each in ended] == [["recording", "recorded"]] * RECORDINGS
    refused_posts = [post["status"] for post in slack_posts(organization) if not post["accepted"]]
    assert refused_posts[-3:] == [429, 500, 500]


def _recorded(organization: Organization, fleet: list[Gateway]) -> dict[str, Document]:
    """The recordings of these gateways, by their ids."""
    ours = {gateway.id for gateway in fleet}
    return {each["id"]: each for each in ledgers.read(organization).recordings if each["gateway"] in ours}


def is_over(recording: Document) -> bool:
    return recording["state"] == "closed" and "report" in recording


def test_slack_holds_up_neither_recordings_nor_mail(organization: Organization, gateway: Gateway) -> None:
    slack_goes_wrong(organization, status=503)
    try:
        alarm_fires(on=gateway)
        recording = opened(on=gateway)["id"]
        alarm_recovers(on=gateway)
        assert closed(on=gateway)["state"] == "closed"
        eventually(lambda: mail_stories(organization).get(recording) == ["recording", "recorded"], 30)
        assert recording not in slack_stories(organization)
    finally:
        slack_goes_wrong(organization, clear=True)
    organization.notices_are_delivered()
    assert slack_stories(organization)[recording] == ["Recording", "Recorded"]


def test_a_team_with_a_route_is_told_what_it_wants_of_its_gateways_only(
    organization: Organization, gateway: Gateway
) -> None:
    gateway.client("ec2").create_tags(Resources=[gateway.id], Tags=[{"Key": "team", "Value": "payments"}])
    other = organization.gateway()
    for each in (gateway, other):
        alarm_fires(on=each)
    ours, theirs = opened(on=gateway)["id"], opened(on=other)["id"]
    for each in (gateway, other):
        alarm_recovers(on=each)
        closed(on=each)
    organization.notices_are_delivered()
    for told in (
        slack_stories(organization, "natrec/slack-payments"),
        mail_stories(organization, "payments@example.com"),
    ):
        assert [word.lower() for word in told[ours]] == ["recorded"]
        assert theirs not in told
    assert mail_stories(organization)[ours] == ["recording", "recorded"]


def test_a_test_reaches_everybody_through_the_deployed_path(organization: Organization) -> None:
    asked = ("notify", "--test", "--json", "-c", organization.line["config"])
    done = natrec(*asked, AWS_ENDPOINT_URL=organization.line["endpoint"])
    assert done.returncode == 0, done.stderr
    told = {each["destination"]: each["delivered"] for each in json.loads(done.stdout)["deliveries"]}
    channels = {"slack:natrec/slack": True, "slack:natrec/slack-payments": True}
    assert told == {"mail:central": True, "mail:routes": True, **channels}
    last = {post["path"] for post in slack_posts(organization)[-2:]}
    assert last == {"/services/natrec/slack", "/services/natrec/slack-payments"}
