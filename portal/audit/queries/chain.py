"""Checks the chain of seals against the rows of the trail, in constant memory (requirement F01)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from portal.audit import links
from portal.audit.spans import ids_of
from portal.models import AuditEvent, AuditSeal
from portal.models.audit_hash import CONTENT, content_hash

ROWS, SEALS = 5_000, 50  # read together


class Broken(Exception):
    """The first row or seal that is not as it was written; the text says which and how."""


@dataclass
class Report:
    """What was checked; `fault` is empty if everything is as it was written."""

    seals: int = 0
    rows: int = 0
    unsealed: int = 0  # written since the last seal, or not sealed yet
    head: str = ""  # the digest of the last seal
    fault: str = ""


@dataclass
class _Walk:
    """How far the check has come. `left` has the rows that no seal contained yet: id → (hash,
    number of the seal that passed over them, its time)."""

    number: int = 0
    highest: int | None = None
    digest: str | None = None
    left: dict[int, tuple[bytes, int, datetime]] = field(default_factory=dict)
    before: int | None = None  # ids up to here were sealed before the start


def verify(
    since: datetime | None = None, *, progress: Callable[[Report], None] = lambda _report: None
) -> Report:
    """Check every row and seal, or those sealed from `since` on; stops at the first fault.

    Memory does not grow with the trail: it holds the rows of one seal. Two queries for each seal.
    """
    report, walk = Report(), _start(since)
    try:
        for seal in _seals(walk.number):
            _check_seal(seal, walk)
            report.seals, report.rows = report.seals + 1, report.rows + seal.count
            report.head = seal.digest
            progress(report)
        report.unsealed = len(walk.left) + _check_unsealed(walk)
    except Broken as error:
        report.fault = str(error)
    return report


def _start(since: datetime | None) -> _Walk:
    """A part of the chain is trusted to begin with what its first seal names as the one before."""
    if since is None:
        return _Walk()
    earlier = AuditSeal.objects.filter(sealed_at__lt=since).order_by("-sealed_at", "-number")
    last = earlier.first()
    if last is None:
        return _Walk()
    return _Walk(last.number, last.highest_id, last.digest, before=last.highest_id)


def _seals(after: int) -> Iterator[AuditSeal]:
    while True:
        found = list(AuditSeal.objects.filter(number__gt=after).order_by("number")[:SEALS])
        if not found:
            return
        yield from found
        after = found[-1].number


def _check_seal(seal: AuditSeal, walk: _Walk) -> None:
    if seal.number != walk.number + 1:
        raise Broken(f"Seal {walk.number + 1} was removed.")
    if walk.digest is not None and seal.previous != walk.digest:
        raise Broken(f"Seal {seal.number} does not follow seal {walk.number}: one was altered.")
    _read_on(seal, walk)
    hashes = [_claimed(pk, seal, walk) for pk in ids_of(seal.spans)]
    for place, (pk, one) in enumerate(zip(ids_of(seal.spans), hashes, strict=True)):
        mark = bytes(seal.marks[place * links.MARK : (place + 1) * links.MARK])
        if mark != one[: links.MARK]:
            raise Broken(f"Row {pk} was altered, and its hash with it.")
    digest = links.digest(
        seal.number,
        sealed_at=seal.sealed_at,
        spans=seal.spans,
        hashes=hashes,
        previous=seal.previous,
    )
    if digest != seal.digest or seal.count != len(hashes):
        raise Broken(f"Seal {seal.number} was altered.")
    walk.number, walk.highest, walk.digest = seal.number, seal.highest_id, seal.digest
    _refuse_strangers(seal, walk)


def _read_on(seal: AuditSeal, walk: _Walk) -> None:
    """Put all rows up to the seal's highest id among those that are left."""
    if walk.highest is not None and seal.highest_id <= walk.highest:
        return  # only rows that were late
    for pk, one in _rows(Q(pk__lte=seal.highest_id), after=walk.highest):
        if pk < 1:
            raise Broken(f"Row {pk} was inserted: the portal gives no such number.")
        walk.left[pk] = (one, seal.number, seal.sealed_at)


def _claimed(pk: int, seal: AuditSeal, walk: _Walk) -> bytes:
    """The hash of a row that the seal contains."""
    if pk in walk.left:
        return walk.left.pop(pk)[0]
    if walk.before is not None and pk <= walk.before:  # it was late, and passed over before
        for _pk, one in _rows(Q(pk=pk)):
            return one
    raise Broken(f"Row {pk} was removed; seal {seal.number} contains it.")


def _refuse_strangers(seal: AuditSeal, walk: _Walk) -> None:
    """A row that was only late is in one of the seals of the next hours."""
    for pk, (_hash, number, sealed_at) in walk.left.items():
        if number < seal.number - 1 and seal.sealed_at - sealed_at > links.LATE:
            raise Broken(f"Row {pk} was inserted later: no seal contains it.")


def _check_unsealed(walk: _Walk) -> int:
    return sum(1 for _row in _rows(Q(), after=walk.highest))


def _rows(which: Q, *, after: int | None = None) -> Iterator[tuple[int, bytes]]:
    """(id, hash) in the order of ids; each row is checked against its own hash."""
    while True:
        above = Q() if after is None else Q(pk__gt=after)
        found = AuditEvent.objects.filter(which & above).order_by("pk")
        rows = list(found.values_list("pk", "row_hash", *CONTENT)[:ROWS])
        for pk, one, *content in rows:
            if pk == after:
                raise Broken(f"Row {pk} is there twice: one was inserted later.")
            if bytes(one) != content_hash(content):
                raise Broken(f"Row {pk} is not what its hash says: it was altered or inserted.")
            yield pk, bytes(one)
            after = pk
        if len(rows) < ROWS:
            return
