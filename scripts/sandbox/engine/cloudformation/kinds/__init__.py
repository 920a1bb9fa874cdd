"""The resource types of the engine's own; every other type is moto's."""

from scripts.sandbox.engine.cloudformation.kinds import (
    alarms,
    buckets,
    buses,
    catalog,
    dashboards,
    functions,
    keys,
    logs,
    machines,
    queues,
    roles,
    schedules,
    tables,
    topics,
)
from scripts.sandbox.engine.cloudformation.kinds.base import Kind

_ALL: tuple[Kind, ...] = (
    alarms.Alarm(),
    buckets.Bucket(),
    buckets.BucketPolicy(),
    buses.EventBus(),
    buses.EventBusPolicy(),
    buses.Rule(),
    catalog.Database(),
    catalog.Table(),
    catalog.WorkGroup(),
    dashboards.Dashboard(),
    functions.EventInvokeConfig(),
    functions.EventSourceMapping(),
    functions.Function(),
    functions.Permission(),
    keys.Alias(),
    keys.Key(),
    logs.LogGroup(),
    machines.StateMachine(),
    queues.Queue(),
    queues.QueuePolicy(),
    roles.Role(),
    schedules.Schedule(),
    schedules.ScheduleGroup(),
    tables.Table(),
    topics.Subscription(),
    topics.Topic(),
    topics.TopicPolicy(),
)

KINDS: dict[str, Kind] = {kind.type: kind for kind in _ALL}
