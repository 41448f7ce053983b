"""Counters with a limit and an expiry, stored in a table (requirement A04).

They are exact with any number of processes, because one conditional update counts each attempt
before it is made.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.database.transactions import retried
from portal.models import AttemptCount, KnownAddress, locks

KEEP_KNOWN = timedelta(days=180)
SEEN_AGAIN = timedelta(days=1)  # how often `seen_at` of a known address is updated
TOGETHER = 1000  # rows that one statement of the sweep removes


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts within `within` of the first one."""

    name: str
    most: int
    within: timedelta


@retried
def take(limit: Limit, *subject: object) -> bool:
    """Count an attempt; False if the limit is reached. `subject` is the account, address or
    mailbox.

    One query, three for the first attempt. Locks and writes the AttemptCount. Source: A04.
    """
    key, now = _digest(limit.name, *subject), timezone.now()
    counted = AttemptCount.objects.filter(key=key, ends_at__gt=now)
    if counted.filter(count__lt=limit.most).update(count=F("count") + 1):
        return True
    with transaction.atomic():
        row = _locked(key, now)
        if row.ends_at <= now:
            row.count, row.ends_at = 0, now + limit.within
        if row.count >= limit.most:
            return False
        row.count += 1
        row.save()
    return True


def _locked(key: str, now: datetime) -> AttemptCount:
    """The row, created if necessary: the cleaning job may delete an old one just before it is
    locked."""
    while True:
        new = AttemptCount(key=key, ends_at=now)
        AttemptCount.objects.bulk_create([new], ignore_conflicts=True)
        row = locks.attempt_count(key)
        if row:
            return row


def give_back(limit: Limit, *subject: object) -> None:
    """Undo the count of one attempt. One query. Writes the AttemptCount."""
    counted = AttemptCount.objects.filter(key=_digest(limit.name, *subject), count__gt=0)
    counted.update(count=F("count") - 1)


def clear(limit: Limit, *subject: object) -> None:
    """Reset the count. One query. Deletes the AttemptCount."""
    AttemptCount.objects.filter(key=_digest(limit.name, *subject)).delete()


def is_known(user_id: int, *, address: str) -> bool:
    """Whether this user has signed in from this address before: one query."""
    return KnownAddress.objects.filter(user_id=user_id, digest=_digest(user_id, address)).exists()


def remember(user_id: int, *, address: str) -> None:
    """Store that this user has signed in from this address. Writes KnownAddress.

    At most two queries. It is kept for 180 days after the last sign-in, and only as a digest.
    """
    now = timezone.now()
    digest = _digest(user_id, address)
    known = KnownAddress.objects.filter(user_id=user_id, digest=digest)
    seen = known.values_list("seen_at", flat=True).first()
    if seen is None:
        new = KnownAddress(user_id=user_id, digest=digest, seen_at=now)
        KnownAddress.objects.bulk_create([new], ignore_conflicts=True)
    elif seen < now - SEEN_AGAIN:
        known.update(seen_at=now)


def forget(*, by: None) -> None:
    """Delete expired counts and addresses that were not used for long, in small statements."""
    now = timezone.now()
    _remove(AttemptCount.objects.filter(ends_at__lt=now))
    _remove(KnownAddress.objects.filter(seen_at__lt=now - KEEP_KNOWN))


def _remove(rows: QuerySet) -> None:
    """Deletes in small statements, so that no sign-in has to wait long."""
    while keys := list(rows.order_by().values_list("pk", flat=True)[:TOGETHER]):
        rows.filter(pk__in=keys).delete()


def _digest(*parts: object) -> str:
    return salted_hmac("portal.attempts", repr(parts), algorithm="sha256").hexdigest()
