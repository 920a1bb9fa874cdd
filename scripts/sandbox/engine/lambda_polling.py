"""Lambda's pollers: one for each mapping of a queue to a function, asleep until there is something to do.

Sources: AWS Lambda Developer Guide, pages "Using Lambda with Amazon SQS" (invoked synchronously with a batch,
whose messages are deleted on success), "Configuring scaling behavior for SQS event source mappings" (five at
once to begin with, or the maximum concurrency) and "Handling errors for an SQS event source in Lambda" (after
a failure the messages appear again when their visibility timeout is over).
"""

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.awslambda.models import EventSourceMapping, LambdaBackend
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Message, Queue, sqs_backends

from scripts.sandbox.engine import lambda_batches, sqs_queues

LOG = logging.getLogger(__name__)
AT_ONCE = 5
REPORTS = "ReportBatchItemFailures"


class Poller:
    """Feeds one function from one queue until `stop`."""

    def __init__(
        self, backend: LambdaBackend, mapping: EventSourceMapping, workers: ThreadPoolExecutor
    ) -> None:
        self._backend, self._mapping, self._workers = backend, mapping, workers
        self._running = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"poller-{mapping.uuid}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more messages; a batch at work is finished."""
        self._stopped.set()
        sqs_queues.BELL.ring()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopped.is_set():
            known, queue = sqs_queues.BELL.rung, self._queue()
            open_ = queue is not None and self._mapping.enabled and self._running < self._at_once()
            if queue is None or not open_:
                sqs_queues.BELL.wait(known)
            elif messages := self._take(queue):
                self._begin(queue, messages)
            else:
                sqs_queues.BELL.wait(known, sqs_queues.pause(queue))

    def _queue(self) -> Queue | None:
        region, account, name = self._mapping.event_source_arn.split(":")[3:]
        return sqs_backends[account][region].queues.get(name)

    def _at_once(self) -> int:
        return int((self._mapping.scaling_config or {}).get("MaximumConcurrency") or AT_ONCE)

    def _take(self, queue: Queue) -> list[Message]:
        hidden = int(queue.visibility_timeout)  # type: ignore[attr-defined]  # set by name
        return sqs_queues.take(queue, self._mapping.batch_size, hidden)

    def _begin(self, queue: Queue, messages: list[Message]) -> None:
        with self._lock:
            self._running += 1
        try:
            self._workers.submit(self._process, queue, messages)
        except RuntimeError:  # the workers are gone: the engine stops
            self._stopped.set()

    def _process(self, queue: Queue, messages: list[Message]) -> None:
        try:
            failed = self._failed(messages)
            for each in messages:
                if each.id not in failed:
                    self._delete(queue, each)
        except Exception:
            if not self._stopped.is_set():
                LOG.exception("a batch of %s failed", queue.queue_arn)
        finally:
            with self._lock:
                self._running -= 1
            sqs_queues.BELL.ring()

    def _failed(self, messages: list[Message]) -> frozenset[str]:
        ids = frozenset(each.id for each in messages)
        function = self._backend.get_function(self._mapping.function_arn)
        event = lambda_batches.event(messages, self._mapping.event_source_arn)
        headers: dict[str, Any] = {}
        answer = function.invoke(json.dumps(event), {}, headers)
        if "x-amz-function-error" in headers:
            return ids
        reports = REPORTS in (self._mapping.function_response_types or [])
        return lambda_batches.failures(answer, ids) if reports else frozenset()

    def _delete(self, queue: Queue, message: Message) -> None:
        try:
            sqs_queues.delete(queue, str(message.receipt_handle))
        except SQSException as refused:
            LOG.warning("%s: message %s was not deleted: %s", queue.queue_arn, message.id, refused)
