"""Two judges that have nothing in common say the same of what the hub's functions may do."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from scripts.checks.apart import UnavailableError
from stacksets.functions import FUNCTIONS
from tests.privilege.attempts import (
    EVERYTHING_DOCUMENT,
    FOREIGN,
    Attempt,
    Keys,
    Other,
    Role,
    documents,
    request,
    role_of,
    told,
)
from tests.privilege.deployed import MEMBER, Document
from tests.privilege.installations import examined
from tests.privilege.places import Places
from tests.privilege.second import KEY, Caller, HubAccount, Ministack, allows, running
from tests.privilege.simulator import ALLOWED, Request, judge
from tests.privilege.simulator import UnavailableError as NoSimulatorError

INSTALLATION = examined("no key").installation
AT = Places(INSTALLATION)
ROLES = {each.name: role_of(each) for each in FUNCTIONS}


@dataclass(frozen=True)
class Probe:
    """One call: as IAM is asked about it, and made."""

    action: str
    resource: str
    service: str
    act: Callable[[Any], object]
    keys: Keys
    tls: bool = True


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    try:
        with running(tmp_path_factory.mktemp("ministack"), AT.region) as found:
            yield found
    except UnavailableError as reason:
        pytest.skip(f"there is no second judge: {reason}")


@pytest.fixture(scope="module")
def hub(ministack: Ministack) -> HubAccount:
    account = HubAccount(ministack, INSTALLATION)
    queues = map(AT.of_hub, ("Notices", "DeadNotices", "DeadLetters"))
    arns = {each.rpartition(":")[2]: each for each in queues}
    account.guard(arns)
    return account


@pytest.fixture(scope="module")
def callers(ministack: Ministack) -> Mapping[str, Caller]:
    return {
        name: ministack.become(AT.hub_account, role.key.partition("/")[2], INSTALLATION.documents[role.key])
        for name, role in ROLES.items()
    }


def probes(hub: HubAccount) -> Iterator[Probe]:
    yield from _of_table(hub)
    yield from _of_bucket(hub)
    for logical_id in ("Notices", "DeadNotices", "DeadLetters"):
        arn = AT.of_hub(logical_id)
        url = hub.queues[arn.rpartition(":")[2]]
        fifo = {"MessageGroupId": "g", "MessageDeduplicationId": "d"} if url.endswith(".fifo") else {}
        for tls in (True, False):

            def send(sqs: Any, url: str = url, fifo: dict[str, str] = fifo) -> object:  # noqa: ANN401 - a client
                return sqs.send_message(QueueUrl=url, MessageBody="x", **fifo)

            keys: Keys = {} if tls else {"aws:SecureTransport": "false"}
            yield Probe("sqs:SendMessage", arn, "sqs", send, keys, tls)
    topic = AT.of_hub("Topic")
    yield Probe("sns:Publish", topic, "sns", lambda sns: sns.publish(TopicArn=hub.topic, Message="x"), {})
    yield Probe(
        "secretsmanager:GetSecretValue",
        hub.secret,
        "secretsmanager",
        lambda secrets: secrets.get_secret_value(SecretId=hub.secret),
        {},
    )


def _of_table(hub: HubAccount) -> Iterator[Probe]:
    def probe(action: str, resource: str, act: Callable[[Any], object]) -> Probe:
        return Probe(f"dynamodb:{action}", resource, "dynamodb", act, {})

    name, table = hub.table, AT.table
    yield probe("GetItem", table, lambda db: db.get_item(TableName=name, Key=KEY))
    yield probe("PutItem", table, lambda db: db.put_item(TableName=name, Item=KEY))
    yield probe("UpdateItem", table, lambda db: db.update_item(TableName=name, Key=KEY))
    yield probe("DeleteItem", table, lambda db: db.delete_item(TableName=name, Key=KEY))
    batch = {name: {"Keys": [KEY]}}
    yield probe("BatchGetItem", table, lambda db: db.batch_get_item(RequestItems=batch))
    yield probe("Scan", table, lambda db: db.scan(TableName=name))
    other = AT.in_hub("dynamodb", "table/somebody-elses")
    yield probe("GetItem", other, lambda db: db.get_item(TableName="somebody-elses", Key=KEY))
    for index, key in (("open", "watched"), ("history", "month")):

        def query(db: Any, index: str = index, key: str = key) -> object:  # noqa: ANN401 - a client
            return db.query(
                TableName=name,
                IndexName=index,
                KeyConditionExpression="#key = :value",
                ExpressionAttributeNames={"#key": key},
                ExpressionAttributeValues={":value": {"S": "x"}},
            )

        yield probe("Query", f"{table}/index/{index}", query)


def _of_bucket(hub: HubAccount) -> Iterator[Probe]:
    bucket = hub.reports
    for arn in (AT.report, AT.answer):
        key = arn.partition("/")[2]

        def put(s3: Any, key: str = key) -> object:  # noqa: ANN401 - a client
            return s3.put_object(Bucket=bucket, Key=key, Body=b"x")

        def get(s3: Any, key: str = key) -> object:  # noqa: ANN401 - as above
            return s3.get_object(Bucket=bucket, Key=key)

        yield Probe("s3:PutObject", arn, "s3", put, {})
        yield Probe("s3:GetObject", arn, "s3", get, {})
    yield Probe("s3:ListBucket", AT.reports, "s3", lambda s3: s3.list_objects_v2(Bucket=bucket), {})


def test_both_judges_say_the_same_of_every_function(
    ministack: Ministack, hub: HubAccount, callers: Mapping[str, Caller], measured: Callable[[str], None]
) -> None:
    tried = [(name, each) for name in ROLES for each in probes(hub)]
    asked = [Attempt("is tried", ROLES[name], each.action, each.resource, each.keys) for name, each in tried]
    first = verdicts(documents(INSTALLATION), [request(INSTALLATION, each) for each in asked])

    def second(name: str, probe: Probe) -> bool:
        return allows(probe.act, ministack.client(callers[name], probe.service, tls=probe.tls))

    found = [second(*each) for each in tried]
    apart = [
        f"{one} and {other}: {told(each)} {dict(each.keys)}"
        for each, one, other in zip(asked, first, found, strict=True)
        if one != other
    ]
    assert not apart, "\n".join(apart)
    assert 20 < sum(found) < len(found)
    measured(f"privilege: two judges agree on {len(found)} calls of functions, {sum(found)} of them allowed")


def verdicts(known: Mapping[str, Document], asked: list[Request]) -> list[bool]:
    try:
        return [each == ALLOWED for each in judge(known, asked).verdicts]
    except NoSimulatorError as reason:
        pytest.skip(f"there is no first judge: {reason}")


TRUSTS: Mapping[str, Document] = {
    "the hub's account": {},
    "with an external id": {"StringEquals": {"sts:ExternalId": "natrec"}},
    "of no account": {"StringEquals": {"sts:ExternalId": "nobody-knows"}},
}


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize("caller", [AT.hub_account, FOREIGN])
@pytest.mark.parametrize("external_id", [None, "natrec"])
def test_both_judges_say_the_same_of_a_trust(
    ministack: Ministack, trust: str, caller: str, external_id: str | None
) -> None:
    name = f"{len(trust)}-{caller}-{external_id}"
    principal = {"AWS": f"arn:aws:iam::{AT.hub_account}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": TRUSTS[trust]}]}
    arn = ministack.role(MEMBER, f"trusting-{name}", policy)
    who = ministack.become(caller, f"caller-{name}", EVERYTHING_DOCUMENT)
    given = {"ExternalId": external_id} if external_id else {}
    told_too: Keys = {"sts:ExternalId": external_id} if external_id else {}
    attempt = Attempt("assumes", Other(f"arn:aws:iam::{caller}:role/any"), "sts:AssumeRole", arn, told_too)
    asked = replace(request(INSTALLATION, attempt), resource_policy="trust")
    first = verdicts({**documents(INSTALLATION), "trust": policy}, [asked])

    def assume(sts: Any) -> object:  # noqa: ANN401 - a client
        return sts.assume_role(RoleArn=arn, RoleSessionName="judged", **given)

    assert [allows(assume, ministack.client(who, "sts"))] == first


@pytest.mark.parametrize(("tag", "allowed"), [("222222222222", True), ("999999999999", False), (None, False)])
def test_both_judges_say_the_same_of_a_tag_that_must_come_along(
    ministack: Ministack, tag: str | None, *, allowed: bool
) -> None:
    condition = {"StringEquals": {"aws:RequestTag/natrec:hub": AT.hub_account}}
    statement = {"Effect": "Allow", "Action": "sqs:CreateQueue", "Resource": "*", "Condition": condition}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    name = f"tagged-{tag}"
    who = ministack.become(AT.hub_account, name, policy)
    told_too: Keys = {"aws:RequestTag/natrec:hub": tag} if tag else {}
    attempt = Attempt("tags", Role("hub/TellRole"), "sqs:CreateQueue", AT.in_hub("sqs", name), told_too)
    asked = replace(request(INSTALLATION, attempt), identity=("own",))
    first = verdicts({**documents(INSTALLATION), "own": policy}, [asked])
    tags = {"tags": {"natrec:hub": tag}} if tag else {}

    def create(sqs: Any) -> object:  # noqa: ANN401 - a client
        return sqs.create_queue(QueueName=name, **tags)

    assert [allows(create, ministack.client(who, "sqs"))] == first == [allowed]
