"""Threads that do something again and again until the engine stops."""

import logging
import threading
from collections.abc import Callable

from scripts.sandbox.engine.core import Engine

logger = logging.getLogger(__name__)


def every(engine: Engine, seconds: float, action: Callable[[], None], name: str) -> None:
    """Run `action` every so many seconds on a thread of its own; a failure is logged and not the end."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(seconds):
            try:
                action()
            except Exception:
                logger.exception("%s: tick failed", name)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(timeout=5)

    engine.at_stop(stop)
