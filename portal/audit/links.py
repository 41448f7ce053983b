"""One link of the chain of seals, as the worker makes it and the check computes it again."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from portal.audit.spans import Spans

MARK = 4  # bytes of each row's hash that a seal keeps
# How long after a higher id was sealed a row may still appear: its transaction was open that long.
LATE = timedelta(hours=6)


def digest(
    number: int, *, sealed_at: datetime, spans: Spans, hashes: Iterable[bytes], previous: str
) -> str:
    """SHA-256 over the seal's own values, the digest of the seal before, and its rows' hashes in
    the order of their ids, in hexadecimal."""
    head = json.dumps(
        [number, sealed_at.astimezone(UTC).isoformat(), spans, previous], separators=(",", ":")
    )
    return hashlib.sha256(head.encode() + b"\n" + b"".join(hashes)).hexdigest()


def marks(hashes: Iterable[bytes]) -> bytes:
    return b"".join(one[:MARK] for one in hashes)
