"""The worker's part of the chain: seals new rows, and makes room for the months to come (F01).

docs/decisions/audit-chain.md says why rows are sealed in batches, and what a seal proves.
"""

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from portal.audit import links
from portal.audit.spans import Spans, gaps, spans_of
from portal.database import audit_months
from portal.database.transactions import retried
from portal.models import AuditEvent, AuditSeal

MOST_ROWS = 5_000  # of one seal: what the check holds in memory
MOST_SEALS = 200  # in one run of the job
TOGETHER = 100  # gaps that one query asks for

Row = tuple[int, bytes | memoryview]  # id and hash


def seal(*, by: None) -> int:
    """Seal all rows that are in no seal; returns the number of new seals.

    Each is a transaction of its own: three queries, one more for each TOGETHER ids that were left
    out so far. Writes AuditSeals. If two workers try, one of them makes the next seal.
    """
    made = 0
    while made < MOST_SEALS:
        rows = _seal_next()
        made += bool(rows)
        if rows < MOST_ROWS:
            break
    return made


@retried
def _seal_next() -> int:
    """Seal one batch; returns how many rows, 0 if another worker was faster."""
    try:
        with transaction.atomic():
            last = AuditSeal.objects.first()
            rows = [*_late(last), *_new(last)] if last else _new(None)
            if rows:
                _write(last, sorted(rows))
    except IntegrityError:
        return 0
    return len(rows)


def _write(last: AuditSeal | None, rows: list[Row]) -> None:
    number, previous = (last.number + 1, last.digest) if last else (1, "")
    now, highest = timezone.now(), rows[-1][0]
    spans, hashes = spans_of(pk for pk, _hash in rows), [bytes(one) for _pk, one in rows]
    AuditSeal.objects.create(
        number=number,
        sealed_at=now,
        highest_id=max(highest, last.highest_id) if last else highest,
        count=len(rows),
        spans=spans,
        marks=links.marks(hashes),
        previous=previous,
        digest=links.digest(number, sealed_at=now, spans=spans, hashes=hashes, previous=previous),
    )


def _new(last: AuditSeal | None) -> list[Row]:
    """Those with ids above all sealed ones, in the order of their ids."""
    above = AuditEvent.objects.filter(pk__gt=last.highest_id) if last else AuditEvent.objects.all()
    return list(above.order_by("pk").values_list("pk", "row_hash")[:MOST_ROWS])


def _late(last: AuditSeal) -> Iterator[Row]:
    """Those with an id below sealed ones: they got it earlier, but were committed later."""
    missing = _left_out(last)
    for start in range(0, len(missing), TOGETHER):
        ids = reduce(or_, (Q(pk__range=gap) for gap in missing[start : start + TOGETHER]))
        yield from AuditEvent.objects.filter(ids).order_by().values_list("pk", "row_hash")


def _left_out(last: AuditSeal) -> Spans:
    """The ids that no seal of the last hours before `last` contains, below its highest id."""
    since = last.sealed_at - links.LATE
    recent = AuditSeal.objects.filter(sealed_at__gte=since)
    before = AuditSeal.objects.filter(sealed_at__lt=since).order_by("-sealed_at", "-number")
    lower = before.values_list("highest_id", flat=True).first() or 0
    spans = [span for one in recent.values_list("spans", flat=True) for span in one]
    return gaps(spans, after=lower)


def prepare_months(*, by: None) -> int:
    """On PostgreSQL, make the partitions of this month and the next two; returns how many of them
    there are. Writes no rows."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        if not audit_months.is_partitioned(cursor):
            return 0
    month, made = _this_month(), 0
    for _number in range(3):
        made += audit_months.make(month)
        month = audit_months.month_after(month)
    return made


def _this_month() -> date:
    """In UTC: it is how the trail is divided, and nobody's calendar."""
    moment = timezone.now()
    return moment.date().replace(day=1)
