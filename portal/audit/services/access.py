"""Records who got in, who did not, who opened a patient's page, and who was refused (F01)."""

from datetime import timedelta

from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.audit.services import audit
from portal.models import AuditEvent, Patient, User

MOST_DENIALS = 20  # of one user in a minute; a program that tries all ids would fill the table
MINUTE = timedelta(minutes=1)
TYPED_LENGTH = 16  # hexadecimal digits


def opened(thing: Model, *, by: User, patient: Patient) -> None:
    """Somebody opened a page about a patient who is not themself: one query, none for themself.

    Writes an AuditEvent. If the database cannot write it, the page is not shown.
    """
    if by.pk != patient.user_id:
        audit.record("read", thing, by=by, patient=patient)


def denied(*, by: User, page: str, object_id: int, method: str, status: int) -> bool:
    """A signed-in user was refused (403), or asked for an object outside their scope (404).

    `page` is the URL's name, `object_id` the id in it or 0; it is not known whether an object with
    that id exists. At most MOST_DENIALS a minute are recorded; False beyond that. Two queries.
    """
    since = timezone.now() - MINUTE
    recent = AuditEvent.objects.filter(actor_id=by.pk, verb="denied", at__gt=since).order_by()
    if len(recent.values_list("pk")[:MOST_DENIALS]) == MOST_DENIALS:
        return False
    changes = {"page": page, "method": method, "status": status}
    audit.insert("denied", by=by, object_type="page", object_id=object_id, changes=changes)
    return True


def sign_in_failed(user_id: int | None, *, typed: str, by: None) -> None:
    """A wrong password, or no such account: one query either way.

    Of an unknown account only a keyed hash of what was typed is kept: equal ones can be seen to be
    equal, and what was typed, which may be a password, cannot be read.
    """
    if user_id:
        audit.insert("sign_in_failed", by=by, object_type="user", object_id=user_id, changes={})
        return
    key = salted_hmac("portal.audit.typed", typed.strip().lower(), algorithm="sha256").hexdigest()
    changes = {"typed": key[:TYPED_LENGTH]}
    audit.insert("sign_in_failed", by=by, object_type="user", changes=changes)
