"""Whom a user looks after, and who looks after a patient (requirement A14)."""

from portal.enums import ProxyState
from portal.models import Patient, ProxyAccess, User

_CHOSEN = (ProxyState.OPEN, ProxyState.PAUSED)


def looked_after_by(user: User) -> list[ProxyAccess]:
    """Open and paused, by the patient's name: one query."""
    found = ProxyAccess.objects.filter(user=user, state__in=_CHOSEN)
    return list(found.select_related("patient").order_by("patient__search_name", "pk"))


def looking_after(patient: Patient) -> list[ProxyAccess]:
    """Offered, open and paused, the oldest first: one query."""
    found = patient.proxy_accesses.standing().exclude(state=ProxyState.ASKED)
    return list(found.select_related("user").order_by("pk"))
