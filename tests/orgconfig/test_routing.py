from orgconfig.models import OrgConfig
from orgconfig.policy import Policy
from orgconfig.routing import audience, route_id, routed_tags
from orgconfig.subjects import Subject
from stacksets.recipients import routed, secret_arns
from tests.orgconfig.documents import Document, config
from tests.orgconfig.policies import ACCOUNT, PAYMENTS, WORKLOADS, policy

PLACE = Subject(
    ACCOUNT, "eu-west-1", ("r-ab12", WORKLOADS, PAYMENTS), "nat-0123456789abcdef0", {"team": "etl"}
)
OTHER = Subject("555555555555", "eu-west-1", ("r-ab12",))


def route(match: Document, *kinds: str, email: str = "", slack: str = "") -> Document:
    return {
        "match": match,
        **({"kinds": list(kinds)} if kinds else {}),
        **({"email": [email]} if email else {}),
        **({"slack": {"webhook_secret": slack}} if slack else {}),
    }


def told(**notify: object) -> Policy:
    return policy(notify=notify)


def test_the_central_team_is_told_what_it_wants_of_every_place() -> None:
    notify = told(
        email=["a@example.com"], slack={"webhook_secret": "central"}, kinds=["closed", "digest"]
    ).notify
    for subject in (PLACE, OTHER, None):
        assert audience(notify, "closed", subject).central
        assert audience(notify, "closed", subject).slack == ("central",)
        assert not audience(notify, "started", subject).central
        assert audience(notify, "started", subject).slack == ()


def test_a_route_is_told_of_its_places_by_ou_account_or_tag() -> None:
    for match in ({"ou": WORKLOADS}, {"account": ACCOUNT}, {"tag": {"team": "etl"}}):
        notify = told(routes=[route(match, slack="theirs", email="they@example.com")]).notify
        found = audience(notify, "closed", PLACE)
        assert (found.slack, len(found.routes)) == (("theirs",), 1)
        for subject in (OTHER, None):
            assert audience(notify, "closed", subject).routes == ()


def test_a_route_is_told_the_kinds_it_wants_and_by_default_nothing_of_the_installation() -> None:
    by_default = told(routes=[route({"account": ACCOUNT}, email="they@example.com")]).notify
    assert [bool(audience(by_default, kind, PLACE).routes) for kind in ("started", "quota", "spoke")] == [
        True,
        True,
        False,
    ]
    chosen = told(routes=[route({"account": ACCOUNT}, "spoke", email="they@example.com")]).notify
    assert [bool(audience(chosen, kind, PLACE).routes) for kind in ("started", "spoke")] == [False, True]


def test_a_test_is_sent_to_everybody_once() -> None:
    routes = [route({"account": "666666666666"}, slack="theirs"), route({"ou": PAYMENTS}, slack="theirs")]
    found = audience(told(slack={"webhook_secret": "central"}, routes=routes).notify, None, None)
    assert (found.central, found.slack) == (True, ("central", "theirs"))


def test_a_channel_that_is_reached_twice_is_told_once() -> None:
    routes = [route({"account": ACCOUNT}, slack="central"), route({"ou": WORKLOADS}, slack="central")]
    found = audience(told(slack={"webhook_secret": "central"}, routes=routes).notify, "closed", PLACE)
    assert found.slack == ("central",)


def test_only_tags_that_a_route_asks_for_are_remembered() -> None:
    notify = told(routes=[route({"tag": {"team": "etl"}}, slack="theirs")]).notify
    assert routed_tags(notify, {"team": "web", "secret": "of nobody's concern"}) == {"team": "web"}


def test_the_id_of_a_route_stays_as_long_as_it_means_the_same() -> None:
    assert route_id({"account": ACCOUNT}, ("closed", "started")) == route_id(
        {"account": ACCOUNT}, ("started", "closed")
    )
    assert route_id({"account": ACCOUNT}, ("closed",)) != route_id({"ou": WORKLOADS}, ("closed",))


def test_an_address_with_several_routes_has_one_subscription_that_filters_for_all() -> None:
    routes = [
        route({"account": ACCOUNT}, "closed", email="they@example.com"),
        route({"ou": WORKLOADS}, "failed", email="they@example.com"),
    ]
    org = OrgConfig.model_validate(config(notify={"routes": routes}))
    [subscription] = routed(org.notify)
    assert subscription.filter == {
        "route": [each.id for each in told(routes=routes).notify.routes],
        "interest": ["closed", "failed", "test"],
    }


def test_whoever_is_of_the_central_team_is_not_told_the_same_by_a_route() -> None:
    routes = [route({"account": ACCOUNT}, "closed", "started", email="they@example.com")]
    everything = OrgConfig.model_validate(config(notify={"email": ["they@example.com"], "routes": routes}))
    assert routed(everything.notify) == ()
    some = {"email": ["they@example.com"], "kinds": ["closed"], "routes": routes}
    [subscription] = routed(OrgConfig.model_validate(config(notify=some)).notify)
    assert subscription.filter is not None
    assert subscription.filter["interest"] == ["started", "test"]


def test_each_secret_is_read_by_its_own_arn_and_no_other() -> None:
    own = "arn:aws:secretsmanager:eu-west-1:222222222222:secret:natrec/slack-AbCdEf"
    routes = [route({"account": ACCOUNT}, slack=own), route({"ou": WORKLOADS}, slack="central")]
    org = OrgConfig.model_validate(config(notify={"slack": {"webhook_secret": "central"}, "routes": routes}))
    place = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
    assert secret_arns(org.notify) == (f"{place}central-??????", own)
