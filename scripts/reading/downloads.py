"""Records in S3, brought here for as long as they are read."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orgconfig.errors import NatrecError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SCHEME = "s3://"
_THREADS = 16


@contextmanager
def fetched(sources: Iterable[str], say: Callable[[str], None]) -> Iterator[list[str]]:
    """The sources, those in S3 as folders on this machine that are gone afterwards.

    Raises:
        NatrecError: There is no such object, or it may not be read.

    """
    local = [each for each in sources if not each.startswith(_SCHEME)]
    remote = [each for each in sources if each.startswith(_SCHEME)]
    if not remote:
        yield local
        return
    with tempfile.TemporaryDirectory(prefix="natrec-") as folder:
        for number, source in enumerate(remote):
            into = Path(folder) / str(number)
            into.mkdir()
            count = _fetch(source, into)
            say(f"fetched {count} objects of {source}")
            local.append(str(into))
        yield local


def _fetch(source: str, into: Path) -> int:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to import

    from scripts.cli.accounts import own_session  # noqa: PLC0415 - slow to import

    place = urlsplit(source)
    session = own_session("us-east-1")  # buckets are found from any region
    client: S3Client = session.client("s3", region_name=session.region_name or "us-east-1")
    try:
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=place.netloc, Prefix=place.path.lstrip("/")
        )
        keys = [item["Key"] for page in pages for item in page.get("Contents", []) if item["Size"]]
        with ThreadPoolExecutor(_THREADS) as threads:
            list(threads.map(lambda each: _save(client, place.netloc, each, into), enumerate(keys)))
    except (ClientError, BotoCoreError) as problem:
        raise NatrecError(
            f"it cannot be read: {problem}", source, "Check the bucket's name, AWS_PROFILE and its rights."
        ) from problem
    if not keys:
        raise NatrecError("there is no object below this prefix", source)
    return len(keys)


def _save(client: Any, bucket: str, numbered: tuple[int, str], into: Path) -> None:  # noqa: ANN401 - S3's
    """A key may hold anything; of its name only what a file may be called is kept."""
    number, key = numbered
    client.download_file(bucket, key, str(into / f"{number:06}-{Path(key).name}"))
