"""Clients of the hub's own account, and of each spoke through its worker role.

One session makes every client: a second session would load botocore's models again, which costs more than
anything else a handler does. It is botocore's own: of what boto3 adds to it (resources, transfers) nothing is
used here, and every cold start would load it.
"""

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.session import Session

from hub.adapters.declared import calls
from hub.adapters.faults import told_as
from hub.domain.errors import SpokeUnreachable
from hub.ports import Clock
from orgconfig.names import Names

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

# The shortest session STS grants (API reference, AssumeRole); a recording's step takes seconds.
SESSION_SECONDS = 900
_RENEW_BEFORE = timedelta(minutes=2)
_TO_CONNECT, _TO_ANSWER = 3, 20  # seconds
_CONNECTIONS = 32  # to each host: the sweep's threads share them
# Fewer and shorter attempts than the state machine's own, which retries the whole step.
CLIENT = Config(
    connect_timeout=_TO_CONNECT,
    read_timeout=_TO_ANSWER,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=_CONNECTIONS,
)
# Clients of spokes kept at once: one takes about a megabyte, and a full sweep visits hundreds of spokes.
KEPT_CLIENTS = 96


class Sessions:
    """Makes and keeps clients; safe to use from several threads."""

    def __init__(self, *, partition: str, region: str, names: Names, clock: Clock) -> None:
        self._partition = partition
        self._region = region
        self._names = names
        self._clock = clock
        self._session: Any = Session()
        self._making = threading.RLock()  # sessions are not thread-safe, clients are
        self._hub: dict[str, Any] = {}
        self._credentials: dict[tuple[str, str], tuple[datetime, CredentialsTypeDef]] = {}
        self._spokes: dict[tuple[str, str, str, str], Any] = {}
        self._connections: dict[str, URLLib3Session] = {}

    def hub(self, service: str) -> Any:  # noqa: ANN401 - each adapter names its client's type
        """A client of the hub's own account and region."""
        with self._making:
            if service not in self._hub:
                self._hub[service] = self._session.create_client(
                    service, region_name=self._region, config=CLIENT
                )
            return self._hub[service]

    @calls("workers", "sts:AssumeRole")
    def spoke(self, account: str, region: str, service: str) -> Any:  # noqa: ANN401 - as above
        """A client of a spoke, as its worker.

        Raises:
            SpokeUnreachable: The worker role cannot be assumed.
            Transient: STS was throttled or did not answer.

        """
        credentials = self._assume(account, region)
        key = (account, region, service, credentials["AccessKeyId"])
        with self._making:
            if key not in self._spokes:
                while len(self._spokes) >= KEPT_CLIENTS:
                    del self._spokes[next(iter(self._spokes))]
                client = self._spokes[key] = self._session.create_client(
                    service,
                    region_name=region,
                    aws_access_key_id=credentials["AccessKeyId"],
                    aws_secret_access_key=credentials["SecretAccessKey"],
                    aws_session_token=credentials["SessionToken"],
                    config=CLIENT,
                )
                self._connect(client, region)
            return self._spokes[key]

    def _connect(self, client: Any, region: str) -> None:  # noqa: ANN401 - of any service
        """Have all spokes of a region asked over the same connections.

        Over connections of its own each client would read the SDK's certificates anew, a third of what a
        sweep costs. A request is signed by then, and `before-send` is where botocore lets others send it
        (botocore's endpoint.py: what a handler returns is the response).
        """
        if region not in self._connections:
            self._connections[region] = URLLib3Session(
                verify=self._session.get_config_variable("ca_bundle") or True,
                timeout=(_TO_CONNECT, _TO_ANSWER),  # type: ignore[arg-type]  # as botocore itself gives it
                max_pool_connections=_CONNECTIONS,
            )
        connections = self._connections[region]

        def send(request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
            answer: AWSResponse = connections.send(request)
            return answer

        client.meta.events.register("before-send", send)

    def _assume(self, account: str, region: str) -> "CredentialsTypeDef":
        expires, credentials = self._credentials.get((account, region), (None, None))
        if expires and credentials and self._clock.now() < expires - _RENEW_BEFORE:
            return credentials
        role = self._names.role_arn(self._partition, account, self._names.worker_role(region))
        sts: STSClient = self.hub("sts")
        with told_as(SpokeUnreachable, f"assuming {role}"):
            answer = sts.assume_role(
                RoleArn=role, RoleSessionName=f"{self._names.namespace}-hub", DurationSeconds=SESSION_SECONDS
            )
        with self._making:
            self._forget(account, region)
            self._credentials[account, region] = (answer["Credentials"]["Expiration"], answer["Credentials"])
        return answer["Credentials"]

    def _forget(self, account: str, region: str) -> None:
        """A warm function lives longer than its sessions; their clients must not pile up."""
        self._spokes = {key: client for key, client in self._spokes.items() if key[:2] != (account, region)}
