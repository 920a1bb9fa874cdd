"""`./scripts/demo [--json]`: exits 0 when everything happened, 1 when anything did not."""

import argparse
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from orgconfig.errors import NatrecError
from scripts.demonstration.milestones import Observer, letters_of
from scripts.demonstration.screen import Screen
from scripts.demonstration.story import MissedError, Seen, tell
from scripts.sandbox import world as sandbox

FAILED, INTERRUPTED = 1, 130
DOCUMENT, PAGE = "report.json", "report.html"
KEPT = Path(__file__).resolve().parents[2] / ".sandbox"


def main() -> int:
    """Start a sandbox, make a spike, watch the recording, stop everything."""
    parser = argparse.ArgumentParser(prog="demo", description=main.__doc__)
    parser.add_argument("--json", action="store_true", help="print timeline and recording as one document")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="keep what was shown as an SVG picture")
    options = parser.parse_args()
    as_json: bool = options.json
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A picture would have every frame of what moves, so with one nothing moves.
    picture = options.picture is not None
    console = Console(
        stderr=as_json, highlight=False, record=picture, force_terminal=False if picture else None
    )
    screen = Screen(console, {})
    try:
        world = sandbox.up(say=screen.doing)
        screen.prepared()
    except (NatrecError, OSError) as problem:
        screen.failure(str(problem))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    try:
        return _run(world, console, as_json=as_json)
    except MissedError as missed:
        screen.failure(f"did not happen: {missed}")
        return FAILED
    except KeyboardInterrupt:
        screen.failure("interrupted; everything is stopped")
        return INTERRUPTED
    finally:
        world.stop()
        if options.picture:
            console.save_svg(str(options.picture), title="./scripts/demo")


def _run(world: sandbox.World, console: Console, *, as_json: bool) -> int:
    place = world.organization
    names = {place.hub: "security-hub", place.archive: "log-archive", place.management: "management"}
    screen = Screen(console, names | {member.account: member.name for member in place.members})
    timeline = screen.timeline(tell(world))
    letters = letters_of(world)
    recording = Observer(world, place.gateways[0]).recording()
    kept = _keep(world, recording)
    screen.mail(letters)
    screen.result(recording, kept / PAGE)
    if as_json:
        mail = [asdict(letter) for letter in letters]
        files = {"report": str(kept / DOCUMENT), "page": str(kept / PAGE)}
        document = {**_document(timeline, recording), "notices": mail, **files}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 0 if recording["state"] == "closed" else FAILED


def _document(timeline: list[Seen], recording: Mapping[str, Any]) -> dict[str, object]:
    return {"timeline": [asdict(seen) for seen in timeline], "recording": dict(recording)}


def _keep(world: sandbox.World, recording: Mapping[str, Any]) -> Path:
    """The sandbox's buckets end with it, so document and page are kept beside the code, in one folder."""
    hub = world.config.organization.hub
    s3 = world.engine.client(hub.account, hub.region, "s3")
    bucket, key = recording["report"].removeprefix("s3://").split("/", 1)
    folder = KEPT / str(recording["id"])
    folder.mkdir(parents=True, exist_ok=True)
    for name in (DOCUMENT, PAGE):
        found = s3.get_object(Bucket=bucket, Key=f"{key.rpartition('/')[0]}/{name}")
        (folder / name).write_bytes(found["Body"].read())
    return folder


if __name__ == "__main__":
    sys.exit(main())
