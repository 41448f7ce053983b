"""The offices of an assistant, which an admin chooses (requirement A07)."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import PortalError
from portal.models import Assistant, Office, User, locks
from portal.permissions.authority import demand


@retried
def set_offices(
    user: User, *, all_offices: bool, offices: Collection[Office], by: User
) -> Assistant:
    """Let an assistant run the diaries of these offices, or of all. It holds from the next request.

    Locks the user. Writes Assistant and an AuditEvent with the ids before and after. Raises
    PortalError, also if the user is no assistant; Forbidden. Source: requirement A07.
    """
    demand(by, "portal.manage_people", None)
    if not user.is_assistant:
        raise PortalError(_("Only assistants have offices whose diaries they run."))
    if not (all_offices or offices):
        raise PortalError(_("Choose an office, or all."), field="offices")
    with transaction.atomic():
        locks.user(user.pk)
        assistant = Assistant.objects.get(user=user)
        before, after = _chosen(assistant), sorted(one.pk for one in offices)
        assistant.all_offices = all_offices
        assistant.save(update_fields=["all_offices"])
        assistant.offices.set(offices)
        audit.record("set_offices", user, by=by, offices=[before, after], all_offices=all_offices)
    return assistant


def _chosen(assistant: Assistant) -> list[int]:
    return sorted(assistant.offices.values_list("pk", flat=True))
