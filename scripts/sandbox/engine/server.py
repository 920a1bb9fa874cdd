"""Starts the engine: moto's server on this machine only, with every adapter in place."""

import logging
import os
import socket
from collections.abc import Callable

from moto.core.config import default_user_config
from moto.moto_api._internal import mock_random
from moto.server import ThreadedMotoServer

from scripts.sandbox.engine import (
    access_log,
    alarm_api,
    athena,
    bucket_policies,
    cloudformation,
    control,
    dashboards,
    dynamodb,
    events,
    flow_logs,
    gateways,
    lambda_mappings,
    lambda_runtime,
    log_metrics,
    mail,
    network_interfaces,
    organization_events,
    organizations,
    quotas,
    region_access,
    regions,
    roles,
    scheduler,
    service_control,
    service_metrics,
    serving,
    sns_filters,
    sqs,
    stacksets,
    stepfunctions,
)
from scripts.sandbox.engine.core import Engine

LOOPBACK = "127.0.0.1"

# One `install(engine)` for each thing moto lacks; the order is the order of their seams.
ADAPTERS: tuple[Callable[[Engine], None], ...] = (
    serving.install,
    sqs.install,
    events.install,
    alarm_api.install,
    dashboards.install,
    scheduler.install,
    gateways.install,
    network_interfaces.install,
    flow_logs.install,
    mail.install,
    sns_filters.install,
    bucket_policies.install,
    dynamodb.install,
    athena.install,
    lambda_runtime.install,
    lambda_mappings.install,
    log_metrics.install,
    stepfunctions.install,
    service_metrics.install,
    cloudformation.install,
    organizations.install,
    service_control.install,
    organization_events.install,
    stacksets.install,
    control.install,
    quotas.install,
    regions.install,
    region_access.install,
    roles.install,
    access_log.install,
)


def start(port: int = 0, *, seed: int = 42) -> Engine:
    """Start the one engine of this process.

    Args:
        port: Where to listen on the loopback address; 0 takes a free port.
        seed: Makes moto's random ids (accounts, gateways) the same in every run.

    Returns:
        The running engine; `stop()` ends it.

    Raises:
        OSError: The port is taken.

    """
    os.environ.pop("MOTO_ACCOUNT_ID", None)  # it would make every request one account's
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # every account would load its own
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    mock_random.seed(seed)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it writes a line for every request
    _claim(port)
    server = ThreadedMotoServer(ip_address=LOOPBACK, port=port, verbose=False)
    server.start()
    _, taken = server.get_host_and_port()
    engine = Engine(f"http://{LOOPBACK}:{taken}")
    engine.at_stop(server.stop)
    for install in ADAPTERS:
        install(engine)
    return engine


def _claim(port: int) -> None:
    """Fail at once where a port is taken; moto's thread would die of it, and its starter wait for ever."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((LOOPBACK, port))
