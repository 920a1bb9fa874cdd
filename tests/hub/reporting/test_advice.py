"""What would have avoided the spike is said where it is worth it, with what it saves."""

from dataclasses import replace

import pytest

from hub.reporting.advice import Advice, advice
from hub.reporting.findings import Findings
from hub.reporting.names import Named
from orgconfig.prices import Prices
from tests.hub.reporting.found import GB, found, talker

PRICES = Prices(nat_gb=0.05, interface_endpoint_hour=0.01, interface_endpoint_gb=0.01)


def kinds(seen: Findings, **known: str) -> list[str]:
    return [each.kind for each in advice(seen, {}, PRICES, **known)]


def first(seen: Findings) -> Advice:
    return advice(seen, {}, PRICES)[0]


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("S3", "gateway_endpoint"),
        ("DYNAMODB", "gateway_endpoint"),
        ("AMAZON", "interface_endpoint"),
        ("CLOUDFRONT", "registry"),
        ("EC2", "registry"),
    ],
)
def test_each_kind_of_far_end_has_its_remedy(service: str, kind: str) -> None:
    assert kinds(found(talker(100 * GB, service=service))) == [kind, "one_client"]


def test_traffic_to_the_internet_has_no_remedy_but_its_client() -> None:
    assert kinds(found(talker())) == ["one_client"]


def test_a_recording_of_ten_minutes_tells_the_saving_of_a_month() -> None:
    """12 GB in a quarter of an hour are 48 GB an hour, at 5 cents each, for 730 hours."""
    told = first(found(talker(12 * GB, service="S3")))
    assert told.saves_usd == 1752
    assert told.saving == "Saves $1,752.00 a month at this rate."
    assert "month" in str(first(found(talker(service="S3"), seconds=600)).saving)


def test_a_shorter_one_tells_the_saving_of_an_hour_and_never_speaks_of_months() -> None:
    told = first(found(talker(12 * GB, service="S3"), seconds=300))
    assert told.saving == "Saves $7.20 for each hour of such traffic."
    assert told.saves_usd == 5256
    assert "month" not in str(first(found(talker(service="S3"), seconds=599)).saving)


def test_a_few_seconds_count_as_a_minute() -> None:
    brief, minute = (found(talker(12 * GB, service="S3"), seconds=each) for each in (13, 60))
    assert first(brief) == first(minute)


def test_records_without_times_tell_no_rate() -> None:
    told = first(replace(found(talker(service="S3")), began=None, ended=None))
    assert (told.kind, told.saves_usd, told.saving) == ("gateway_endpoint", None, None)


def test_an_interface_endpoint_is_advised_only_where_it_pays_for_itself() -> None:
    """Two zones cost 2 cents an hour; a gigabyte saves 4."""
    assert kinds(found(talker(GB, service="AMAZON"), seconds=3 * 3600)) == ["one_client"]
    told = first(found(talker(10 * GB, service="AMAZON"), seconds=3600))
    assert told.saves_usd == pytest.approx(730 * (10 * 0.04 - 0.02))


def test_a_part_below_a_twentieth_is_not_worth_a_word() -> None:
    far = talker(950, client="10.0.1.6")
    assert kinds(found(far, talker(50, service="S3"))) == ["gateway_endpoint", "one_client"]
    assert kinds(found(far, talker(49, service="S3"))) == ["one_client"]


def test_the_largest_saving_comes_first() -> None:
    seen = found(talker(2 * GB, service="S3"), talker(3 * GB, service="DYNAMODB", client="10.0.1.6"))
    assert [each.text.split(".")[0] for each in advice(seen, {}, PRICES)][:2] == ["3", "2"]


def test_clients_in_another_zone_are_told_by_what_crosses() -> None:
    names = {
        "10.0.1.5": Named("instance", "i-1", zone="eu-west-1a"),
        "10.0.2.5": Named("instance", "i-2", zone="eu-west-1b"),
    }
    seen = found(talker(GB), talker(2 * GB, client="10.0.2.5"))
    told = [each for each in advice(seen, names, PRICES, "eu-west-1a") if each.kind == "other_zone"]
    assert [each.text.split(" crossed")[0] for each in told] == ["2.0 GB"]
    assert [each.saves_usd for each in told] == [pytest.approx(2 * 0.02 * 4 * 730)]
    paid = advice(seen, names, replace(PRICES, zone_gb=0.03), "eu-west-1a")
    assert [each.text for each in paid if "at $0.03 a GB in each direction" in each.text]
    assert "other_zone" not in [each.kind for each in advice(seen, names, PRICES)]


def test_the_only_client_is_told_to_have_received_all() -> None:
    (told,) = advice(found(talker(), talker(GB, remote="203.0.113.9")), {}, PRICES)
    assert told == Advice("one_client", "10.0.1.5 received all of the download: begin there.")


def test_a_client_with_nearly_everything_did_not_receive_all() -> None:
    (told,) = advice(found(talker(99_999), talker(1, client="10.0.1.6")), {}, PRICES)
    assert told.text == "10.0.1.5 received 99% of the download: begin there."


def test_half_of_the_traffic_is_not_more_than_everybody_elses() -> None:
    assert kinds(found(talker(100), talker(100, client="10.0.1.6"))) == []


def test_only_the_main_direction_has_a_culprit() -> None:
    seen = found(talker(10), talker(1000, client="10.0.1.6", direction="upload"))
    (told,) = advice(seen, {"10.0.1.6": Named("instance", "i-1", "web", "shop")}, PRICES)
    assert told.text == "i-1 web (team shop) sent all of the upload: begin there."


def test_nothing_found_has_no_advice() -> None:
    assert kinds(found()) == []
