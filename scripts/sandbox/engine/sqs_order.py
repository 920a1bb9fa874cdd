"""Which messages of a queue may be given out now. Pure.

Source: Amazon SQS Developer Guide, page "FIFO queue delivery logic in Amazon SQS": as many messages of one
group as possible, then of the next; none of a group of which one is in flight; in a group as they were sent.
"""

from collections.abc import Sequence

from moto.sqs.models import Message


def next_messages(messages: Sequence[Message], now: float, count: int, *, fifo: bool) -> list[Message]:
    """Up to `count` messages that may be given out, in their order.

    Args:
        messages: All of the queue, in the order of sending.
        now: Milliseconds since the epoch.
        count: At most so many.
        fifo: Whether groups have an order.

    """
    if not fifo:
        return [each for each in messages if settled_at(each) <= now][:count]
    groups: dict[str | None, list[Message]] = {}
    for each in messages:
        groups.setdefault(each.group_id, []).append(each)
    found: list[Message] = []
    for group in groups.values():
        if all(each.visible_at <= now for each in group):
            for each in group:
                if each.delayed_until > now:
                    break  # those behind it wait with it
                found.append(each)
    return found[:count]


def next_change(messages: Sequence[Message], now: float) -> float | None:
    """Milliseconds until a message becomes visible by time alone; None when none will."""
    times = [at - now for each in messages if (at := settled_at(each)) > now]
    return min(times, default=None)


def settled_at(message: Message) -> float:
    """When neither a delay nor a visibility timeout hides a message any more."""
    return max(message.visible_at, message.delayed_until)
