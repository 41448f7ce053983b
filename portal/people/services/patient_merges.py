"""Two patients who are one person are merged, and a merge is taken back (requirement A17).

Nothing is deleted: the one who goes keeps the row, hidden, with a reference to the one who stays.
docs/decisions/merging.md says why.
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import ProxyState
from portal.errors import (
    ErasedPatient,
    ErasureWaits,
    MergedPatient,
    Overlap,
    PortalError,
    StaleState,
)
from portal.models import ErasureRequest, Patient, PatientMerge, PatientPhone, User, locks
from portal.models.lengths import longest
from portal.notifications.services import notifications
from portal.people.queries import merges
from portal.people.queries.merge_values import (
    GROUPS,
    chosen_fields,
    fingerprint,
    plain,
    restored,
)
from portal.people.services import merged_rows
from portal.permissions.authority import demand


@retried
def merge(
    kept: Patient, gone: Patient, *, choices: Mapping[str, str], seen: str, reason: str, by: User
) -> PatientMerge:
    """Give all that is kept of `gone` to `kept`, who stays; `gone` is hidden, and its number leads
    to `kept`.

    `choices`: for each group of merge_values.GROUPS that differs, whether the value of "kept" or
    "gone" stays. `seen` is `fingerprint` of the two when the page was opened. A phone number that
    was not chosen stays as a further one. An access that nobody has checked pauses.

    Locks both patients, then gone's appointments, entries of the waiting list and messages. Writes
    them and whatever else refers to gone, a PatientMerge, AuditEvents, and Notifications if the one
    who stays has a login. Raises Overlap if live appointments of the two are at the same time,
    MergedPatient if one of them was merged before, StaleState if the data have changed since,
    PortalError, Forbidden. Source: requirement A17.
    """
    for one in (kept, gone):
        demand(by, "portal.merge_patients", one)
    if not reason.strip() or len(reason.strip()) > longest(PatientMerge, "reason"):
        raise PortalError(_("Say why, for the record."), field="reason")
    try:
        with transaction.atomic():
            both = locks.patients(kept.pk, gone.pk)
            kept, gone = both[kept.pk], both[gone.pk]
            check_mergeable(kept, gone)
            if fingerprint(kept, gone) != seen:
                raise StaleState
            return _merge(kept, gone, choices, reason=reason.strip(), by=by)
    except IntegrityError as error:
        raise _refusal(error) from error


@retried
def take_back(merge: PatientMerge, *, by: User) -> PatientMerge:
    """Undo a merge within 30 days: what was moved and still is with the one who stayed goes back,
    with the entries, notes and messages that have come to these appointments. What else was made
    since stays. Values are restored where nobody has changed them since.

    Locks both patients, then appointments, entries and messages. Writes as `merge`. Raises
    StaleState if it was taken back already, PortalError if it is too late or the one who stayed was
    merged into another since, Forbidden. Source: requirement A17.
    """
    demand(by, "portal.take_back_merge", merge)
    try:
        with transaction.atomic():
            both = locks.patients(merge.kept_id, merge.gone_id)
            merge = PatientMerge.objects.get(pk=merge.pk)
            kept, gone = both[merge.kept_id], both[merge.gone_id]
            _check_returnable(merge, kept)
            return _take_back(merge, kept, gone, by=by)
    except IntegrityError as error:
        raise _refusal(error) from error


def check_mergeable(kept: Patient, gone: Patient) -> None:
    """Nothing stands in the way: three queries. Raises PortalError."""
    if kept.pk == gone.pk:
        raise PortalError(_("Choose another patient: this is the same one."))
    _check_present(kept, gone)
    _check_people(kept, gone)
    if merges.overlapping(kept, gone):
        raise Overlap(_("Both have an appointment at the same time. Cancel or move one first."))
    if merges.waits_for_the_same(kept, gone):
        raise Overlap(
            _("Both wait for the same time. Take one of them from the waiting list first.")
        )


def _check_present(kept: Patient, gone: Patient) -> None:
    """Neither was merged or erased before, nor waits for it: one query."""
    if kept.merged_into_id or gone.merged_into_id:
        raise MergedPatient
    if kept.erased_at or gone.erased_at:
        raise ErasedPatient
    if ErasureRequest.objects.waiting().filter(patient__in=[kept.pk, gone.pk]).exists():
        raise ErasureWaits


def _check_people(kept: Patient, gone: Patient) -> None:
    if kept.user_id and gone.user_id:
        raise PortalError(
            _(
                "Both have an account. Take the chart from the account that is no longer used "
                "(“Not theirs?” on the patient’s page), then merge."
            )
        )
    if gone.user_id:
        raise PortalError(_("Keep the one who has an account."), field="stays")
    if bool(kept.deceased_on) != bool(gone.deceased_on):
        raise PortalError(_("One of the two is recorded as deceased. Correct that first."))


def _merge(
    kept: Patient, gone: Patient, choices: Mapping[str, str], *, reason: str, by: User
) -> PatientMerge:
    fields = chosen_fields(choices, kept, gone)
    before, numbers = plain(kept, fields), (kept.phone, gone.phone)
    # Who has entered a patient themself must not come to another's chart by it (A14).
    for one in (kept, gone):
        one.proxy_accesses.unchecked().update(state=ProxyState.PAUSED)
    moved = merged_rows.move_all(gone, kept)
    for name in fields:
        setattr(kept, name, getattr(gone, name))
    kept.save(update_fields=fields)
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    made = PatientMerge.objects.create(
        kept=kept,
        gone=gone,
        reason=reason,
        by=by,
        moved=moved,
        before=before,
        after=plain(kept, fields),
        added_phones=_keep_numbers(kept, numbers),
    )
    _record("merge", made, kept, gone, before=before, after=made.after, by=by, reason=reason)
    return made


def _keep_numbers(kept: Patient, numbers: tuple) -> list[int]:
    """Those that were main numbers and would be lost: ids of the rows made for them."""
    known = merged_rows.known_numbers(kept)
    lost = [number for number in numbers if number and number not in known]
    label = _("before the merge")
    return [
        PatientPhone.objects.create(patient=kept, label=label, number=number).pk for number in lost
    ]


def _check_returnable(merge: PatientMerge, kept: Patient) -> None:
    if kept.erased_at:
        raise ErasedPatient
    if ErasureRequest.objects.waiting().filter(patient=kept).exists():
        raise ErasureWaits
    if merge.taken_back_at:
        raise StaleState(_("This merge was taken back already."))
    if kept.merged_into_id:
        raise PortalError(
            _("The one who stayed was merged into another since. Take that merge back first.")
        )
    if PatientMerge.objects.standing().filter(kept=kept, pk__gt=merge.pk).exists():
        raise PortalError(
            _("Another patient was merged into the same chart since. Take that merge back first.")
        )
    if not merges.can_be_taken_back(merge):
        raise PortalError(_("A merge can be taken back within 30 days only."))


def _take_back(merge: PatientMerge, kept: Patient, gone: Patient, *, by: User) -> PatientMerge:
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    returned = merged_rows.move_back(merge.moved, kept, gone)
    PatientPhone.objects.filter(pk__in=merge.added_phones, patient=kept).delete()
    values = _unchanged_since(merge, kept)
    was = plain(kept, tuple(values))
    for name, value in values.items():
        setattr(kept, name, restored(name, value))
    kept.save(update_fields=list(values))
    merge.taken_back_at, merge.taken_back_by = timezone.now(), by
    merge.save(update_fields=["taken_back_at", "taken_back_by"])
    counts = {key: len(pks) for key, pks in returned.items()}
    _record("take_back_merge", merge, kept, gone, before=was, after=values, by=by, moved=counts)
    return merge


def _unchanged_since(merge: PatientMerge, kept: Patient) -> dict[str, Any]:
    """The values before the merge, of the groups that are as the merge has left them."""
    values: dict[str, Any] = {}
    for _label, fields in GROUPS.values():
        names = [name for name in fields if name in merge.after]
        now = plain(kept, tuple(names))
        if all(now[name] == merge.after[name] for name in names):
            values |= {name: merge.before[name] for name in names}
    return values


def _record(
    verb: str, merge: PatientMerge, kept: Patient, gone: Patient, *, by: User, **changes: Any
) -> None:
    """On both: each is looked up by its own number."""
    both = {"kept": kept.pk, "gone": gone.pk}
    for one in (kept, gone):
        audit.record(verb, merge, by=by, patient=one, **both, **changes)
    if kept.user_id:
        event = "charts_merged" if verb == "merge" else "charts_parted"
        notifications.tell(event, about=kept, by=by)


def _refusal(error: IntegrityError) -> PortalError:
    """The checks come before; the database's own are the last protection."""
    if "appointment" in str(error) or "wait" in str(error) or "patient" in str(error):
        return Overlap(_("Something was booked meanwhile that overlaps. Look at both again."))
    raise error
